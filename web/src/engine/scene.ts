// What of one graph is where: shapes, layouts and curves, kept in step with the document. No DOM.

import type { Catalog } from '../core/catalog';
import type { Change, GraphDoc } from '../core/doc';
import { groupBox } from '../core/edit';
import {
  contains,
  curveOf,
  distanceToCurve,
  endsOf,
  type Layout,
  layoutOf,
  surrounding,
} from '../core/geometry';
import type { Graph } from '../core/graph';
import type { JsonObject } from '../core/json';
import { type NodeShape, shapeOf } from '../core/slots';
import { SpatialIndex } from '../core/spatial';
import type { Box, Link, LinkId, NodeId, Point, Scope } from '../core/types';

export type Curve = readonly [Point, Point, Point, Point];

export type Hit =
  | { readonly kind: 'input'; readonly node: NodeId; readonly index: number }
  | { readonly kind: 'output'; readonly node: NodeId; readonly index: number }
  | { readonly kind: 'corner'; readonly node: NodeId }
  | { readonly kind: 'title'; readonly node: NodeId }
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'link'; readonly link: LinkId; readonly at: Point }
  | { readonly kind: 'group'; readonly group: string; readonly isCorner: boolean }
  | { readonly kind: 'empty' };

interface Placed {
  readonly node: JsonObject;
  readonly shape: NodeShape;
  readonly layout: Layout;
  /** Place in `shape.inputs` of each entry of the file's `inputs`. */
  readonly inputAt: readonly number[];
}

const SLOT_REACH = 12;
const CORNER = 14;
/** Left of a widget there is room for its socket. */
const WIDGET_INSET = 15;
const LINK_REACH = 6;

export class Scene {
  readonly nodeIndex = new SpatialIndex();
  readonly linkIndex = new SpatialIndex();
  readonly #placed = new Map<NodeId, Placed>();
  readonly #curves = new Map<LinkId, Curve>();
  readonly #linksOf = new Map<NodeId, Set<LinkId>>();
  /** Nodes from back to front. */
  #order: NodeId[] = [];
  #ranks: Map<NodeId, number> | null = null;
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
    this.#order = [...this.graph.nodes.keys()];
    this.#ranks = null;
    for (const id of this.#order) this.#place(id);
    for (const link of this.graph.links.values()) this.#placeLink(link);
  }

  /** Take over what a change did to this graph; costs as much as the change. */
  update(change: Change): void {
    const touched = new Set<LinkId>();
    let isReordered = false;
    for (const patch of change.patches) {
      if (patch.scope !== this.#scope) continue;
      if (patch.kind === 'link') touched.add(patch.id);
      if (patch.kind !== 'node') continue;
      if ((patch.before === null) !== (patch.after === null)) isReordered = true;
      this.#place(patch.id);
      for (const link of this.#linksOf.get(patch.id) ?? []) touched.add(link);
    }
    if (isReordered) {
      this.#order = [...this.graph.nodes.keys()];
      this.#ranks = null;
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

  curve(id: LinkId): Curve | undefined {
    return this.#curves.get(id);
  }

  /** Links at a node. */
  linksOf(id: NodeId): Iterable<LinkId> {
    return this.#linksOf.get(id) ?? [];
  }

  /** Place from back to front. */
  rankOf(id: NodeId): number {
    this.#ranks ??= new Map(this.#order.map((each, place) => [each, place]));
    return this.#ranks.get(id) ?? 0;
  }

  /** Bring nodes to the front, on this screen only. */
  raise(ids: ReadonlySet<NodeId>): void {
    this.#ranks = null;
    this.#order = [...this.#order.filter((id) => !ids.has(id)), ...this.#order.filter((id) => ids.has(id))];
  }

  /** The box around nodes, or around everything. */
  bounds(ids?: Iterable<NodeId>): Box | null {
    const wanted =
      ids === undefined ? this.#placed.values() : [...ids].flatMap((id) => this.#placed.get(id) ?? []);
    return surrounding([...wanted].map((placed) => placed.layout.box));
  }

  /** What is under a point; `zoom` keeps small things reachable when far away. */
  hit(point: Point, zoom: number): Hit {
    const reach = SLOT_REACH / Math.min(1, Math.max(zoom, 0.3));
    const around = { x: point.x - reach, y: point.y - reach, w: 2 * reach, h: 2 * reach };
    const near = this.nodeIndex.query(around);
    for (let place = this.#order.length - 1; place >= 0 && near.size > 0; place -= 1) {
      const id = this.#order[place];
      if (id === undefined || !near.delete(id)) continue;
      const found = this.#hitNode(id, point, reach);
      if (found !== null) return found;
    }
    const slack = LINK_REACH / Math.min(1, zoom);
    for (const id of this.linkIndex.query(around)) {
      const curve = this.#curves.get(id);
      if (curve !== undefined && distanceToCurve(curve, point) <= slack)
        return { kind: 'link', link: id, at: point };
    }
    return this.#hitGroup(point);
  }

  #hitNode(id: NodeId, point: Point, reach: number): Hit | null {
    const placed = this.#placed.get(id);
    if (placed === undefined) return null;
    const { layout } = placed;
    const nearest = (points: readonly Point[]) =>
      points.findIndex((slot) => Math.hypot(slot.x - point.x, slot.y - point.y) <= reach * 0.75);
    const output = nearest(layout.outputs);
    if (output >= 0) return { kind: 'output', node: id, index: output };
    const input = nearest(layout.inputs);
    const isSocket =
      placed.shape.inputs[input]?.isWidget !== true || placed.shape.inputs[input]?.link !== null;
    if (input >= 0 && (isSocket || point.x < layout.body.x + WIDGET_INSET))
      return { kind: 'input', node: id, index: input };
    if (!contains(layout.box, point)) return null;
    const { body } = layout;
    if (!layout.isCollapsed && point.x > body.x + body.w - CORNER && point.y > body.y + body.h - CORNER)
      return { kind: 'corner', node: id };
    return point.y < body.y ? { kind: 'title', node: id } : { kind: 'node', node: id };
  }

  #hitGroup(point: Point): Hit {
    for (const [id, group] of [...this.graph.groups].reverse()) {
      const box = groupBox(group);
      if (box === null || !contains(box, point)) continue;
      const isCorner = point.x > box.x + box.w - CORNER && point.y > box.y + box.h - CORNER;
      if (isCorner || point.y < box.y + 30) return { kind: 'group', group: id, isCorner };
    }
    return { kind: 'empty' };
  }

  #place(id: NodeId): void {
    const node = this.graph.nodes.get(id);
    if (node === undefined) {
      this.#placed.delete(id);
      this.nodeIndex.remove(id);
      return;
    }
    const before = this.#placed.get(id);
    if (before?.node === node) return;
    const shape = shapeOf(node, this.#catalog);
    const layout = layoutOf(node, shape);
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
    const curve = curveOf(...ends);
    this.#curves.set(link.id, curve);
    const box = surrounding(curve.map((point) => ({ ...point, w: 0, h: 0 })));
    if (box !== null) this.linkIndex.put(link.id, { x: box.x - 2, y: box.y - 2, w: box.w + 4, h: box.h + 4 });
  }

  #dropLink(id: LinkId): void {
    this.#curves.delete(id);
    this.linkIndex.remove(id);
  }
}
