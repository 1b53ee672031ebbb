// What is under a point of the graph: slots before points of links, before nodes, before links, before groups.

import { contains, isPinned, type Layout, PITCH } from '../core/geometry';
import { groupTitleHeight } from '../core/groups';
import type { NodeShape } from '../core/slots';
import { distanceTo } from '../core/stretches';
import { isBoundary } from '../core/subgraph';
import { textEdges } from '../core/texts';
import type { LinkId, NodeId, Point } from '../core/types';
import { DETAIL } from './paint';
import type { Scene } from './scene';

export type Hit =
  | { readonly kind: 'input'; readonly node: NodeId; readonly index: number }
  | { readonly kind: 'output'; readonly node: NodeId; readonly index: number }
  | { readonly kind: 'corner'; readonly node: NodeId }
  | { readonly kind: 'text'; readonly node: NodeId; readonly name: string }
  | { readonly kind: 'title'; readonly node: NodeId }
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'reroute'; readonly reroute: string }
  | { readonly kind: 'middle'; readonly link: LinkId }
  | { readonly kind: 'link'; readonly link: LinkId; readonly at: Point; readonly segment: number }
  | { readonly kind: 'group'; readonly group: string; readonly isCorner: boolean }
  | { readonly kind: 'empty' };

const SLOT_REACH = 12;
const CORNER = 14;
/** Beside the lower edge of a text, in graph units; the same as of its element. */
const TEXT_EDGE = 5;
/** From the sides of a node to its widgets. */
const TEXT_INSET = 15;
const LINK_REACH = 6;
export const MIDDLE = 6;
export const REROUTE = 7;
/** Below this zoom links have no handles. */
export const HANDLES = 0.35;

export function hitIn(scene: Scene, point: Point, zoom: number): Hit {
  const reach = SLOT_REACH / Math.min(1, Math.max(zoom, 0.3));
  const around = { x: point.x - reach, y: point.y - reach, w: 2 * reach, h: 2 * reach };
  const reroute = scene.showsLinks ? hitReroute(scene, point, (REROUTE + 3) / Math.min(1, zoom)) : null;
  if (reroute !== null) return reroute;
  const near = [...scene.nodeIndex.query(around)].sort((one, other) => scene.rank(other) - scene.rank(one));
  for (const id of near) {
    const found = hitNode(scene, id, point, reach, zoom);
    if (found !== null) return found;
  }
  const link = scene.showsLinks ? hitLink(scene, point, zoom, around) : null;
  return link ?? hitGroup(scene, point);
}

function hitReroute(scene: Scene, point: Point, reach: number): Hit | null {
  const around = { x: point.x - reach - 1, y: point.y - reach - 1, w: 2 * reach + 2, h: 2 * reach + 2 };
  for (const id of scene.rerouteIndex.query(around)) {
    const at = scene.reroutes.get(id)?.at;
    if (at !== undefined && Math.hypot(at.x - point.x, at.y - point.y) <= reach)
      return { kind: 'reroute', reroute: id };
  }
  return null;
}

function hitNode(scene: Scene, id: NodeId, point: Point, reach: number, zoom: number): Hit | null {
  const [layout, shape] = [scene.layout(id), scene.shape(id)];
  if (layout === undefined || shape === undefined) return null;
  const nearest = (points: readonly Point[]) => {
    let [best, least] = [-1, reach * 0.75];
    for (const [index, slot] of points.entries()) {
      const distance = Math.hypot(slot.x - point.x, slot.y - point.y);
      if (distance <= least) [best, least] = [index, distance];
    }
    return best;
  };
  const output = nearest(layout.outputs);
  if (output >= 0) return { kind: 'output', node: id, index: output };
  const input = nearest(layout.inputs);
  // The dot of a widget that is not linked takes little room: the widget beside it wants the pointer, too.
  const isSocket = shape.inputs[input]?.isWidget !== true || shape.inputs[input]?.link !== null;
  const at = layout.inputs[input];
  if (at !== undefined && (isSocket || point.x < at.x + 4)) return { kind: 'input', node: id, index: input };
  if (!contains(layout.box, point)) return null;
  const { body } = layout;
  const isSizable = !layout.isCollapsed && !isBoundary(id) && !isPinned(scene.node(id) ?? {});
  if (isSizable && point.x > body.x + body.w - CORNER && point.y > body.y + body.h - CORNER)
    return { kind: 'corner', node: id };
  const isBetween = point.x > body.x + TEXT_INSET && point.x < body.x + body.w - TEXT_INSET;
  const edge =
    isSizable && isBetween && zoom >= DETAIL
      ? textEdges(shape, layout).find(({ y }) => Math.abs(y - point.y) <= TEXT_EDGE)
      : undefined;
  if (edge !== undefined) return { kind: 'text', node: id, name: edge.name };
  return point.y < body.y ? { kind: 'title', node: id } : { kind: 'node', node: id };
}

/** The input whose row a point of a node is on: its dot, its label, or all of its widget; -1 for none. */
export function inputRow(
  { inputs, widgets, body }: Layout,
  { inputs: slots, outputs }: NodeShape,
  point: Point,
): number {
  const place = widgets.find(({ y, h }) => point.y >= y && point.y <= y + h);
  if (place !== undefined) return slots.findIndex((slot) => slot.isWidget && slot.name === place.widget.name);
  const row = slots.findIndex((slot, index) => !slot.isWidget && isInRow(inputs[index], point));
  const sharesRow = rowNumber(slots, row) < outputs.length;
  return !sharesRow || point.x < body.x + body.w / 2 ? row : -1;
}

/** The output whose row a point of a node is on; -1 for none. */
export function outputRow({ outputs, body }: Layout, { inputs }: NodeShape, point: Point): number {
  const row = outputs.findIndex((at) => isInRow(at, point));
  const sharesRow = row < inputs.filter((slot) => !slot.isWidget).length;
  return !sharesRow || point.x >= body.x + body.w / 2 ? row : -1;
}

/** As a socket, which row it has. */
function rowNumber(slots: NodeShape['inputs'], index: number): number {
  return slots.slice(0, Math.max(0, index)).filter((slot) => !slot.isWidget).length;
}

function isInRow(slot: Point | undefined, point: Point): boolean {
  return slot !== undefined && Math.abs(slot.y - point.y) <= PITCH / 2;
}

function hitLink(
  scene: Scene,
  point: Point,
  zoom: number,
  around: { x: number; y: number; w: number; h: number },
): Hit | null {
  const slack = LINK_REACH / Math.min(1, zoom);
  let best: Hit | null = null;
  let least = slack;
  for (const id of scene.linkIndex.query(around)) {
    const middle = scene.middle(id);
    if (
      zoom >= HANDLES &&
      middle !== null &&
      Math.hypot(middle.x - point.x, middle.y - point.y) <= MIDDLE + 2
    )
      return { kind: 'middle', link: id };
    for (const [segment, stretch] of scene.stretches(id).entries()) {
      const distance = distanceTo(stretch, point);
      if (distance <= least) {
        least = distance;
        best = { kind: 'link', link: id, at: point, segment };
      }
    }
  }
  return best;
}

function hitGroup(scene: Scene, point: Point): Hit {
  let found: Hit = { kind: 'empty' };
  const near = scene.groupIndex.query({ ...point, w: 1e-6, h: 1e-6 });
  // Of several, the one that comes last in the file lies on top.
  const inOrder = near.size > 1 ? [...scene.graph.groups.keys()].filter((id) => near.has(id)) : near;
  for (const id of inOrder) {
    const box = scene.groupIndex.box(id);
    if (box === undefined || !contains(box, point)) continue;
    const record = scene.graph.groups.get(id) ?? {};
    const isAtCorner = point.x > box.x + box.w - CORNER && point.y > box.y + box.h - CORNER;
    const isCorner = isAtCorner && !isPinned(record);
    if (isCorner || point.y < box.y + groupTitleHeight(record))
      found = { kind: 'group', group: id, isCorner };
  }
  return found;
}
