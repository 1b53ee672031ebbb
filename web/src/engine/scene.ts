// What of one graph is where: shapes, layouts and the ways of links, kept in step with the document. No DOM.

import type { Catalog } from '../core/catalog';
import type { Change, GraphDoc } from '../core/doc';
import { groupBox } from '../core/edit';
import { isController } from '../core/everywhere';
import { endsOf, type Layout, layoutOf, surrounding } from '../core/geometry';
import type { Graph } from '../core/graph';
import type { JsonObject } from '../core/json';
import { fedBy, giversIn } from '../core/primitive';
import {
  type FloatingLink,
  floatingLinks,
  lastReroutes,
  type Reroute,
  reroutesOf,
  wayOf,
} from '../core/reroutes';
import { type NodeShape, shapeOf } from '../core/slots';
import { SpatialIndex } from '../core/spatial';
import { boundsOf, type LinkStyle, middleOf, type Stretch, stretchesOf } from '../core/stretches';
import { boundaryLayout, boundaryNode, boundaryShape, INLETS, OUTLETS } from '../core/subgraph';
import { isGetter, isSetter, type Teleport, teleportsOf } from '../core/teleports';
import type { Box, Link, LinkId, NodeId, Patch, Point, Scope } from '../core/types';
import { LinkEnds } from './ends';
import { type Hit, hitIn } from './hit';
import { primitiveShape } from './node/primitive';

export type { Hit } from './hit';

interface Placed {
  readonly node: JsonObject;
  readonly shape: NodeShape;
  readonly layout: Layout;
  /** Place in `shape.inputs` of each entry of the file's `inputs`. */
  readonly inputAt: readonly number[];
}

const NOWHERE: readonly Stretch[] = [];
/** Nodes and links between two points where building may rest. */
const PART = 500;

export class Scene {
  readonly nodeIndex = new SpatialIndex();
  readonly linkIndex = new SpatialIndex();
  readonly groupIndex = new SpatialIndex();
  readonly rerouteIndex = new SpatialIndex();
  /** Links that carry a list, as their output declares. */
  readonly lists = new Set<LinkId>();
  /** Whether links are there for the eye, and so for the pointer. */
  showsLinks = true;
  readonly #placed = new Map<NodeId, Placed>();
  /** Of each link, its parts from point to point. */
  readonly #stretches = new Map<LinkId, readonly Stretch[]>();
  readonly #ends = new LinkEnds();
  #reroutes: ReadonlyMap<string, Reroute> = new Map();
  #lastReroutes: ReadonlyMap<LinkId, string> = new Map();
  /** Nodes from back to front. */
  #order: NodeId[] = [];
  readonly #ranks = new Map<NodeId, number>();
  #top = 0;
  #rerouteTypes: ReadonlyMap<string, string> | null = null;
  #floating: readonly FloatingLink[] | null = null;
  #teleports: readonly Teleport[] | null = null;
  #teleportsAt: ReadonlyMap<NodeId, readonly Teleport[]> = new Map();
  #doc: GraphDoc;
  #scope: Scope;
  #catalog: Catalog;
  #style: LinkStyle;

  /** With `later` nothing is there until it is built, by `buildInParts`. */
  constructor(
    doc: GraphDoc,
    scope: Scope,
    catalog: Catalog,
    style: LinkStyle = 'spline',
    build: 'now' | 'later' = 'now',
  ) {
    this.#doc = doc;
    this.#scope = scope;
    this.#catalog = catalog;
    this.#style = style;
    if (build === 'now') this.rebuild();
  }

  get graph(): Graph {
    return this.#doc.graph(this.#scope);
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  get order(): readonly NodeId[] {
    return this.#order;
  }

  get reroutes(): ReadonlyMap<string, Reroute> {
    return this.#reroutes;
  }

  setCatalog(catalog: Catalog): void {
    this.#catalog = catalog;
    this.rebuild();
  }

  get linkStyle(): LinkStyle {
    return this.#style;
  }

  setLinkStyle(style: LinkStyle): void {
    if (style === this.#style) return;
    this.#style = style;
    for (const link of this.graph.links.values()) this.#placeLink(link);
  }

  rebuild(): void {
    const parts = this.buildInParts();
    while (parts.next().done !== true);
  }

  /** Gives again and again how much is done, from 0 to 1. */
  *buildInParts(): Generator<number, void> {
    this.nodeIndex.clear();
    this.linkIndex.clear();
    this.groupIndex.clear();
    this.lists.clear();
    this.#teleports = null;
    this.#placed.clear();
    this.#stretches.clear();
    this.#reorder();
    const all = this.#order.length + this.graph.links.size;
    let done = 0;
    for (const id of this.#order) {
      this.#place(id);
      done += 1;
      if (done % PART === 0) yield done / all;
    }
    for (const id of this.graph.groups.keys()) this.#placeGroup(id);
    this.#readReroutes();
    for (const link of this.graph.links.values()) {
      this.#addLink(link);
      done += 1;
      if (done % PART === 0) yield done / all;
    }
    this.#ends.take(this.graph.links.values());
  }

  /**
   * Take over what a change did to this graph; costs as much as the change.
   *
   * Returns nodes that did not change and yet show something else: those that are handed something, or no longer are, and
   * those that give their value to another input.
   */
  update(change: Change): ReadonlySet<NodeId> {
    const patches = change.patches.filter((patch) => patch.scope === this.#scope);
    const isHandedOtherwise = patches.some((patch) => this.#changesHands(patch));
    const handed = isHandedOtherwise ? this.teleports.map(({ to }) => to) : [];
    const givers = giversIn(this.graph, patches, (id) => this.linksOf(id));
    const touched = new Set<LinkId>();
    const boundaries = new Set<NodeId>();
    let [isReordered, isRerouted, isRelinked] = [false, false, false];
    for (const patch of patches) {
      if (this.#movesTeleports(patch)) this.#teleports = null;
      if (patch.kind === 'link') {
        touched.add(patch.id);
        isRelinked = true;
      }
      if (patch.kind === 'reroute') isRerouted = true;
      if (patch.kind === 'group') this.#placeGroup(patch.id);
      if (patch.kind === 'key') {
        if (patch.id === 'extra' || patch.id === 'floatingLinks') isRerouted = true;
        if (patch.id === 'inputNode' || patch.id === 'inputs') boundaries.add(INLETS);
        if (patch.id === 'outputNode' || patch.id === 'outputs') boundaries.add(OUTLETS);
      }
      if (patch.kind === 'link' && this.#scope !== '') boundaries.add(OUTLETS);
      if (patch.kind !== 'node') continue;
      if ((patch.before === null) !== (patch.after === null)) isReordered = true;
      this.#place(patch.id);
      for (const link of this.linksOf(patch.id)) touched.add(link);
    }
    for (const id of [...boundaries, ...givers]) {
      this.#placed.delete(id);
      this.#place(id);
      for (const link of this.linksOf(id)) touched.add(link);
    }
    if (isReordered) this.#reorder();
    if (isRerouted || (isRelinked && this.graph.linksAreObjects)) {
      const before = this.#lastReroutes;
      const points = this.#reroutes;
      this.#readReroutes();
      if (isRerouted && (points.size > 0 || this.#reroutes.size > 0))
        for (const link of [...before.keys(), ...this.#lastReroutes.keys()]) touched.add(link);
    }
    for (const id of touched) {
      const link = this.graph.links.get(id);
      if (link === undefined) this.#dropLink(id);
      else this.#placeLink(link);
    }
    const now = isHandedOtherwise ? this.teleports.map(({ to }) => to) : [];
    return new Set([...givers, ...handed, ...now]);
  }

  layout(id: NodeId): Layout | undefined {
    return this.#placed.get(id)?.layout;
  }

  shape(id: NodeId): NodeShape | undefined {
    return this.#placed.get(id)?.shape;
  }

  /** The record of a node, or of the boundary of a subgraph. */
  node(id: NodeId): JsonObject | undefined {
    return this.#placed.get(id)?.node;
  }

  /** The parts of a link, from point to point; none where an end of it is missing. */
  stretches(id: LinkId): readonly Stretch[] {
    return this.#stretches.get(id) ?? NOWHERE;
  }

  /** Where the handle of a link is: about halfway. */
  middle(id: LinkId): Point | null {
    return middleOf(this.stretches(id));
  }

  /** Links at a node. */
  linksOf(id: NodeId): Iterable<LinkId> {
    return this.#ends.of(id);
  }

  /** Find out for some links at which nodes they are, before somebody waits for it. True if there are more. */
  readLinks(most: number): boolean {
    return this.#ends.read(most);
  }

  /** Higher is nearer to the front. Only what is raised gets another one. */
  rank(id: NodeId): number {
    return this.#ranks.get(id) ?? -1;
  }

  /** What each point carries, for its colour. */
  get rerouteTypes(): ReadonlyMap<string, string> {
    if (this.#rerouteTypes !== null) return this.#rerouteTypes;
    const types = new Map<string, string>();
    for (const id of this.#lastReroutes.keys()) {
      const link = this.graph.links.get(id);
      if (link === undefined) continue;
      for (const point of wayOf(id, this.#lastReroutes, this.#reroutes)) types.set(point.id, link.type);
    }
    for (const { way, type } of this.floating) for (const point of way) types.set(point.id, type);
    this.#rerouteTypes = types;
    return types;
  }

  /** Links that have no line: by name, and of use-everywhere nodes. */
  get teleports(): readonly Teleport[] {
    if (this.#teleports !== null) return this.#teleports;
    const found = teleportsOf(this.graph, this.#catalog);
    const at = new Map<NodeId, Teleport[]>();
    for (const teleport of found)
      for (const end of new Set([teleport.from, teleport.to]))
        at.set(end, [...(at.get(end) ?? []), teleport]);
    [this.#teleports, this.#teleportsAt] = [found, at];
    return found;
  }

  teleportsAt(id: NodeId): readonly Teleport[] {
    return this.teleports.length === 0 ? [] : (this.#teleportsAt.get(id) ?? []);
  }

  /** Place in the shape's inputs of an entry of the file's `inputs`; -1 if it is not there. */
  inputPlace(id: NodeId, slot: number): number {
    return this.#placed.get(id)?.inputAt[slot] ?? -1;
  }

  /** Whether a change may make or end a link without a line; moving a node does not. */
  #movesTeleports(patch: Patch): boolean {
    if (patch.kind === 'link') return true;
    if (patch.kind === 'key') return patch.id === 'extra';
    if (patch.kind !== 'node') return false;
    const isOne = (node: JsonObject | null) =>
      node !== null && [isSetter, isGetter, isController].some((is) => is(node, this.#catalog));
    const isEnd = patch.before === null || patch.after === null;
    return isEnd || isOne(patch.before) || isOne(patch.after);
  }

  /** Whether a use-everywhere node may hand out something else from now on. */
  #changesHands(patch: Patch): boolean {
    if (patch.kind === 'key') return patch.id === 'extra';
    if (patch.kind !== 'node') return false;
    const node = patch.after ?? patch.before;
    return node !== null && isController(node, this.#catalog);
  }

  /** Links of which one end is missing. */
  get floating(): readonly FloatingLink[] {
    this.#floating ??= floatingLinks(this.graph, this.#reroutes);
    return this.#floating;
  }

  /** The parts of such a link: from its slot over its points, or the other way round. */
  floatingStretches({ from, to, way }: FloatingLink): readonly Stretch[] {
    const points = way.map((point) => point.at);
    const [first, last] = [points[0], points.at(-1)];
    const start = from === null ? first : this.layout(from.node)?.outputs[from.slot];
    const end = to === null ? last : this.layout(to.node)?.inputs[this.inputPlace(to.node, to.slot)];
    if (start === undefined || end === undefined) return NOWHERE;
    const between = from === null ? points.slice(1) : points.slice(0, -1);
    return stretchesOf(this.#style, start, between, end);
  }

  /** Bring nodes to the front, on this screen only. */
  raise(ids: ReadonlySet<NodeId>): void {
    if (ids.size === 0) return;
    const raised = this.#order.filter((id) => ids.has(id));
    this.#order = [...this.#order.filter((id) => !ids.has(id)), ...raised];
    for (const id of raised) this.#ranks.set(id, this.#nextRank());
  }

  #nextRank(): number {
    this.#top += 1;
    return this.#top;
  }

  /** The box around nodes, or around everything. */
  bounds(ids?: Iterable<NodeId>): Box | null {
    const wanted =
      ids === undefined ? this.#placed.values() : [...ids].flatMap((id) => this.#placed.get(id) ?? []);
    return surrounding([...wanted].map((placed) => placed.layout.box));
  }

  /** What is under a point; `zoom` keeps small things reachable when far away. */
  hit(point: Point, zoom: number): Hit {
    return hitIn(this, point, zoom);
  }

  #reorder(): void {
    const known = new Set(this.#order);
    const nodes = [INLETS, OUTLETS, ...this.graph.nodes.keys()];
    const there = new Set(nodes);
    // What was raised stays raised.
    this.#order = [...this.#order.filter((id) => there.has(id)), ...nodes.filter((id) => !known.has(id))];
    for (const id of this.#order) if (!known.has(id)) this.#ranks.set(id, this.#nextRank());
  }

  #readReroutes(): void {
    this.#rerouteTypes = null;
    this.#floating = null;
    this.#reroutes = reroutesOf(this.graph);
    this.#lastReroutes = this.#reroutes.size === 0 ? new Map() : lastReroutes(this.graph);
    this.rerouteIndex.clear();
    for (const { id, at } of this.#reroutes.values()) this.rerouteIndex.put(id, { ...at, w: 1, h: 1 });
  }

  #placeGroup(id: string): void {
    const group = this.graph.groups.get(id);
    const box = group === undefined ? null : groupBox(group);
    if (box === null) this.groupIndex.remove(id);
    else this.groupIndex.put(id, box);
  }

  #place(id: NodeId): void {
    const node = this.graph.nodes.get(id) ?? (this.#scope === '' ? null : boundaryNode(this.graph, id));
    if (node === null) {
      this.#placed.delete(id);
      this.nodeIndex.remove(id);
      return;
    }
    const before = this.#placed.get(id);
    if (before?.node === node) return;
    const isInside = this.graph.nodes.has(id);
    const shape = isInside ? this.#shapeOf(node) : boundaryShape(this.graph, id);
    const layout = isInside ? layoutOf(node, shape) : boundaryLayout(node, shape);
    const inputAt: number[] = [];
    for (const [place, slot] of shape.inputs.entries()) if (slot.index >= 0) inputAt[slot.index] = place;
    this.#placed.set(id, { node, shape, layout, inputAt });
    this.nodeIndex.put(id, layout.box);
  }

  /** A primitive node shows, and has room for, what it gives its value to. */
  #shapeOf(node: JsonObject): NodeShape {
    const shape = shapeOf(node, this.#catalog);
    const fed = fedBy(this.graph, node, this.#catalog);
    return fed === null ? shape : primitiveShape(shape, fed);
  }

  #placeLink(link: Link): void {
    this.#dropLink(link.id);
    this.#addLink(link);
    this.#ends.note(link);
  }

  /** A link that is not placed yet. */
  #addLink(link: Link): void {
    const ends = endsOf(
      link,
      (id) => this.#placed.get(id)?.layout,
      (id, slot) => this.inputPlace(id, slot),
    );
    if (ends === null) return;
    const [from, to] = ends;
    const way = this.#lastReroutes.has(link.id) ? wayOf(link.id, this.#lastReroutes, this.#reroutes) : [];
    const points = way.map((point) => point.at);
    const stretches = stretchesOf(this.#style, from, points, to, link.fromSlot + link.toSlot);
    this.#stretches.set(link.id, stretches);
    if (this.#placed.get(link.from)?.shape.outputs[link.fromSlot]?.isList === true) this.lists.add(link.id);
    const box = boundsOf(stretches);
    if (box !== null) this.linkIndex.put(link.id, { x: box.x - 2, y: box.y - 2, w: box.w + 4, h: box.h + 4 });
  }

  #dropLink(id: LinkId): void {
    this.#stretches.delete(id);
    this.lists.delete(id);
    this.linkIndex.remove(id);
  }
}
