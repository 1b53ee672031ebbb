// What of one graph is where: shapes, layouts and curves, kept in step with the document. No DOM.

import type { Catalog } from '../core/catalog';
import type { Change, GraphDoc } from '../core/doc';
import { curveOf, endsOf, type Layout, layoutOf, pointOnCurve, surrounding } from '../core/geometry';
import type { Graph } from '../core/graph';
import type { JsonObject } from '../core/json';
import { lastReroutes, type Reroute, reroutesOf, wayOf } from '../core/reroutes';
import { type NodeShape, shapeOf } from '../core/slots';
import { SpatialIndex } from '../core/spatial';
import { boundaryLayout, boundaryNode, boundaryShape, INLETS, OUTLETS } from '../core/subgraph';
import type { Box, Link, LinkId, NodeId, Point, Scope } from '../core/types';
import { type Hit, hitIn } from './hit';

export type { Hit } from './hit';
export type Curve = readonly [Point, Point, Point, Point];

interface Placed {
  readonly node: JsonObject;
  readonly shape: NodeShape;
  readonly layout: Layout;
  /** Place in `shape.inputs` of each entry of the file's `inputs`. */
  readonly inputAt: readonly number[];
}

const NO_CURVES: readonly Curve[] = [];

export class Scene {
  readonly nodeIndex = new SpatialIndex();
  readonly linkIndex = new SpatialIndex();
  readonly #placed = new Map<NodeId, Placed>();
  /** Of each link, its curves from point to point. */
  readonly #curves = new Map<LinkId, readonly Curve[]>();
  readonly #linksOf = new Map<NodeId, Set<LinkId>>();
  #reroutes: ReadonlyMap<string, Reroute> = new Map();
  #lastReroutes: ReadonlyMap<LinkId, string> = new Map();
  /** Nodes from back to front. */
  #order: NodeId[] = [];
  readonly #ranks = new Map<NodeId, number>();
  #top = 0;
  #rerouteTypes: ReadonlyMap<string, string> | null = null;
  #doc: GraphDoc;
  #scope: Scope;
  #catalog: Catalog;

  constructor(doc: GraphDoc, scope: Scope, catalog: Catalog) {
    this.#doc = doc;
    this.#scope = scope;
    this.#catalog = catalog;
    this.rebuild();
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

  rebuild(): void {
    this.nodeIndex.clear();
    this.linkIndex.clear();
    this.#placed.clear();
    this.#curves.clear();
    this.#linksOf.clear();
    this.#reorder();
    for (const id of this.#order) this.#place(id);
    this.#readReroutes();
    for (const link of this.graph.links.values()) this.#placeLink(link);
  }

  /** Take over what a change did to this graph; costs as much as the change. */
  update(change: Change): void {
    const touched = new Set<LinkId>();
    const boundaries = new Set<NodeId>();
    let [isReordered, isRerouted] = [false, false];
    for (const patch of change.patches) {
      if (patch.scope !== this.#scope) continue;
      if (patch.kind === 'link') touched.add(patch.id);
      if (patch.kind === 'reroute') isRerouted = true;
      if (patch.kind === 'key') {
        if (patch.id === 'extra') isRerouted = true;
        if (patch.id === 'inputNode' || patch.id === 'inputs') boundaries.add(INLETS);
        if (patch.id === 'outputNode' || patch.id === 'outputs') boundaries.add(OUTLETS);
      }
      if (patch.kind === 'link' && this.#scope !== '') boundaries.add(OUTLETS);
      if (patch.kind !== 'node') continue;
      if ((patch.before === null) !== (patch.after === null)) isReordered = true;
      this.#place(patch.id);
      for (const link of this.#linksOf.get(patch.id) ?? []) touched.add(link);
    }
    for (const id of boundaries) {
      this.#placed.delete(id);
      this.#place(id);
      for (const link of this.#linksOf.get(id) ?? []) touched.add(link);
    }
    if (isReordered) this.#reorder();
    if (isRerouted || (touched.size > 0 && this.graph.linksAreObjects)) {
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

  curves(id: LinkId): readonly Curve[] {
    return this.#curves.get(id) ?? NO_CURVES;
  }

  /** Where the handle of a link is: halfway. */
  middle(id: LinkId): Point | null {
    const curves = this.curves(id);
    const curve = curves[Math.floor(curves.length / 2)];
    return curve === undefined ? null : curves.length % 2 === 0 ? curve[0] : pointOnCurve(curve, 0.5);
  }

  /** Links at a node. */
  linksOf(id: NodeId): Iterable<LinkId> {
    return this.#linksOf.get(id) ?? [];
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
    this.#rerouteTypes = types;
    return types;
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
    this.#reroutes = reroutesOf(this.graph);
    this.#lastReroutes = this.#reroutes.size === 0 ? new Map() : lastReroutes(this.graph);
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
    const shape = isInside ? shapeOf(node, this.#catalog) : boundaryShape(this.graph, id);
    const layout = isInside ? layoutOf(node, shape) : boundaryLayout(node, shape);
    const inputAt: number[] = [];
    for (const [place, slot] of shape.inputs.entries()) if (slot.index >= 0) inputAt[slot.index] = place;
    this.#placed.set(id, { node, shape, layout, inputAt });
    this.nodeIndex.put(id, layout.box);
  }

  #placeLink(link: Link): void {
    this.#dropLink(link.id);
    for (const end of [link.from, link.to]) {
      const links = this.#linksOf.get(end);
      if (links === undefined) this.#linksOf.set(end, new Set([link.id]));
      else links.add(link.id);
    }
    const ends = endsOf(
      link,
      (id) => this.#placed.get(id)?.layout,
      (id, slot) => this.#placed.get(id)?.inputAt[slot] ?? -1,
    );
    if (ends === null) return;
    const curves = this.#curvesOf(link.id, ...ends);
    this.#curves.set(link.id, curves);
    const box = surrounding(curves.flatMap((curve) => curve.map((point) => ({ ...point, w: 0, h: 0 }))));
    if (box !== null) this.linkIndex.put(link.id, { x: box.x - 2, y: box.y - 2, w: box.w + 4, h: box.h + 4 });
  }

  #curvesOf(id: LinkId, from: Point, to: Point): readonly Curve[] {
    const way = this.#lastReroutes.has(id) ? wayOf(id, this.#lastReroutes, this.#reroutes) : [];
    if (way.length === 0) return [curveOf(from, to)];
    const points = [from, ...way.map((point) => point.at), to];
    return points.slice(1).map((point, index) => curveOf(points[index] ?? from, point));
  }

  #dropLink(id: LinkId): void {
    this.#curves.delete(id);
    this.linkIndex.remove(id);
  }
}
