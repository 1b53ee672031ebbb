// Moving and resizing: everything that goes along with a drag, each drag one step.

import { copyNodes, cornerOf, type Pasted, pasteClip } from '../../core/clipboard';
import type { Transaction } from '../../core/doc';
import { groupBox, moveNodes, resizeNode } from '../../core/edit';
import { contains, isPinned, positionOf, readPoint } from '../../core/geometry';
import { type Alignment, alignmentOf, type Guide } from '../../core/guides';
import { insertOnLink, linkFor } from '../../core/insert';
import { asArray, type JsonObject } from '../../core/json';
import { moveReroutes } from '../../core/reroutes';
import { isBoundary } from '../../core/subgraph';
import { textEdges } from '../../core/texts';
import type { Box, LinkId, NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';
import type { GraphView } from '../GraphView';
import { editTextEdge } from '../node/edits';
import { BOXES } from '../paint';
import type { Scene } from '../scene';
import type { Moving, StateOf } from './state';

export const GRID = 10;
/** How near an edge must come to another one, on the screen. */
const GUIDE_REACH = 4;

/** What is selected, with what is in selected groups. */
export interface Contents {
  readonly nodes: ReadonlySet<NodeId>;
  readonly groups: ReadonlyMap<string, Box>;
  readonly reroutes: ReadonlySet<string>;
}

export function contentsOf(
  graph: Pick<GraphView, 'selected' | 'selectedGroups' | 'selectedReroutes'>,
  scene: Scene,
  isWanted: (group: JsonObject) => boolean = () => true,
): Contents {
  const groups = new Map<string, Box>();
  const nodes = new Set(graph.selected);
  const reroutes = new Set(graph.selectedReroutes);
  for (const id of graph.selectedGroups) {
    const group = scene.graph.groups.get(id) ?? {};
    const box = groupBox(group);
    if (box === null || !isWanted(group)) continue;
    groups.set(id, box);
    for (const node of membersOf(scene, box)) nodes.add(node);
    for (const point of scene.reroutes.values()) if (contains(box, point.at)) reroutes.add(point.id);
    for (const [inner, record] of scene.graph.groups) {
      const own = groupBox(record);
      if (own !== null && inner !== id && isInside(own, box)) groups.set(inner, own);
    }
  }
  return { nodes, groups, reroutes };
}

/** What goes along with a drag: everything selected but what is pinned. */
export function movable(
  graph: Pick<GraphView, 'selected' | 'selectedGroups' | 'selectedReroutes'>,
  scene: Scene,
): Moving {
  const { nodes, groups, reroutes: points } = contentsOf(graph, scene, (group) => !isPinned(group));
  const from = new Map<NodeId, Point>();
  for (const id of nodes) {
    const node = scene.node(id);
    if (node === undefined || isPinned(node)) continue;
    const boundary = isBoundary(id) ? readPoint(asArray(node['bounding'])?.slice(0, 2)) : null;
    from.set(id, boundary ?? positionOf(node));
  }
  const reroutes = new Map(
    [...points].flatMap((id): [string, Point][] => {
      const point = scene.reroutes.get(id);
      return point === undefined ? [] : [[id, point.at]];
    }),
  );
  return { from, groups, reroutes, box: scene.bounds(from.keys()) };
}

/**
 * Copies in the place of what is selected, to be dragged away; they are selected now. Of the same step as the drag.
 */
export function duplicate(graph: GraphView, scene: Scene, gesture: string): void {
  const { doc, scope } = graph;
  const { nodes, groups } = contentsOf(graph, scene);
  if (doc === null) return;
  let pasted: Pasted | null = null;
  doc.edit(
    t('edit.duplicate'),
    scope,
    (tx) => {
      const clip = copyNodes(doc, scope, nodes, new Set(groups.keys()));
      pasted = pasteClip(tx, clip, cornerOf(clip), { keepsIncoming: true });
    },
    gesture,
    Number.POSITIVE_INFINITY,
  );
  const made = pasted as Pasted | null;
  if (made !== null) graph.select(made.nodes, made.groups, false, made.reroutes);
}

/** Nodes whose middle is in a box. */
export function membersOf(scene: Scene, box: Box): NodeId[] {
  return [...scene.nodeIndex.query(box)].filter((id) => {
    const own = scene.layout(id)?.box;
    return own !== undefined && contains(box, { x: own.x + own.w / 2, y: own.y + own.h / 2 });
  });
}

function isInside(one: Box, other: Box): boolean {
  return contains(other, one) && contains(other, { x: one.x + one.w, y: one.y + one.h });
}

/** Put all that moves elsewhere. */
export function moveAll(tx: Transaction, moving: Moving, place: (point: Point) => Point): void {
  const { from, groups, reroutes } = moving;
  moveNodes(tx, new Map([...from].map(([id, point]) => [id, place(point)])));
  if (reroutes.size > 0) moveReroutes(tx, new Map([...reroutes].map(([id, point]) => [id, place(point)])));
  for (const [id, box] of groups) {
    const { x, y } = place(box);
    tx.patch('group', id, { bounding: [x, y, box.w, box.h] });
  }
}

/** Returns the lines that what is dragged has in common with others. */
export function drag(graph: GraphView, state: StateOf<'move'>, at: Point, snaps: boolean): readonly Guide[] {
  let [dx, dy] = [at.x - state.grab.x, at.y - state.grab.y];
  const alignment = snaps ? null : alignmentIn(graph, state, dx, dy);
  if (alignment !== null && graph.preferences.snapsToNodes) [dx, dy] = [dx + alignment.dx, dy + alignment.dy];
  const unit = snaps ? GRID : 1;
  const place = (point: Point): Point => ({
    x: Math.round((point.x + dx) / unit) * unit,
    y: Math.round((point.y + dy) / unit) * unit,
  });
  graph.doc?.edit(
    'move',
    graph.scope,
    (tx) => moveAll(tx, state.moving, place),
    state.gesture,
    Number.POSITIVE_INFINITY,
  );
  const link = insertable(graph, state);
  if (link !== graph.hoveredLink) {
    graph.hoveredLink = link;
    graph.invalidate();
  }
  return alignment?.guides ?? [];
}

/** What the dragged nodes are in line with, of those in sight; where nodes are too small to care, nothing. */
function alignmentIn(
  graph: GraphView,
  { moving }: StateOf<'move'>,
  dx: number,
  dy: number,
): Alignment | null {
  const { scene, view } = graph;
  if (scene === null || moving.box === null || view.zoom < BOXES) return null;
  const others = [...scene.nodeIndex.query(view.area)].flatMap((id) =>
    moving.from.has(id) ? [] : (scene.nodeIndex.box(id) ?? []),
  );
  const now = { ...moving.box, x: moving.box.x + dx, y: moving.box.y + dy };
  return alignmentOf(now, others, GUIDE_REACH / view.zoom);
}

/** The link that the one node being moved would go into, if it were let go here. */
export function insertable(graph: GraphView, state: StateOf<'move'>): LinkId | null {
  const scene = graph.scene;
  const [id] = state.moving.from.keys();
  if (
    scene?.showsLinks !== true ||
    id === undefined ||
    state.moving.from.size > 1 ||
    state.moving.groups.size > 0
  )
    return null;
  const box = scene.layout(id)?.box;
  if (box === undefined || [...scene.linksOf(id)].some((link) => scene.graph.links.has(link))) return null;
  return linkFor(scene, id, box, graph.catalog);
}

/** A node let go on a link goes into it, as part of the same step. */
export function dropOnLink(graph: GraphView, state: StateOf<'move'>): void {
  const link = insertable(graph, state);
  const [id] = state.moving.from.keys();
  graph.hoveredLink = null;
  if (link === null || id === undefined) return;
  graph.doc?.edit(
    'move',
    graph.scope,
    (tx) => void insertOnLink(tx, id, link, graph.catalog),
    state.gesture,
    Number.POSITIVE_INFINITY,
  );
}

export function dragCorner(graph: GraphView, state: StateOf<'resize'>, at: Point, snaps: boolean): void {
  const body = graph.scene?.layout(state.node)?.body;
  if (body === undefined) return;
  const unit = snaps ? GRID : 1;
  const size = {
    x: Math.max(140, Math.round((at.x - body.x) / unit) * unit),
    y: Math.max(0, Math.round((at.y - body.y) / unit) * unit),
  };
  graph.doc?.edit(
    'resize',
    graph.scope,
    (tx) => resizeNode(tx, state.node, size),
    state.gesture,
    Number.POSITIVE_INFINITY,
  );
}

/** Where a text of a node ends; null if the node has no such text. */
export function edgeOf(scene: Scene, node: NodeId, name: string): number | null {
  const [shape, layout] = [scene.shape(node), scene.layout(node)];
  if (shape === undefined || layout === undefined) return null;
  return textEdges(shape, layout).find((edge) => edge.name === name)?.y ?? null;
}

export function dragText(graph: GraphView, state: StateOf<'resizeText'>, at: Point, snaps: boolean): void {
  editTextEdge(graph, state.node, state.widget, at.y - state.grab, {
    unit: snaps ? GRID : 1,
    gesture: state.gesture,
    within: Number.POSITIVE_INFINITY,
  });
}

export function dragGroupCorner(graph: GraphView, state: StateOf<'resizeGroup'>, at: Point): void {
  const box = groupBox(graph.scene?.graph.groups.get(state.group) ?? {});
  if (box === null) return;
  const size = { x: Math.round(at.x - box.x), y: Math.round(at.y - box.y) };
  graph.doc?.edit(
    'resize group',
    graph.scope,
    (tx) => resizeGroup(tx, state.group, size),
    state.gesture,
    Number.POSITIVE_INFINITY,
  );
}

/** As near to a size as a group may have: one corner stays, and what is in it. */
export function resizeGroup(tx: Transaction, id: string, size: Point): void {
  const box = groupBox(tx.graph.groups.get(id) ?? {});
  if (box === null) return;
  tx.patch('group', id, { bounding: [box.x, box.y, Math.max(60, size.x), Math.max(40, size.y)] });
}

export function selectIn(graph: GraphView, box: Box, kept: ReadonlySet<NodeId>): void {
  const scene = graph.scene;
  if (scene === null) return;
  const groups = [...scene.groupIndex.query(box)].filter((id) => {
    const own = scene.groupIndex.box(id);
    return own !== undefined && isInside(own, box);
  });
  const points = scene.showsLinks
    ? [...scene.rerouteIndex.query(box)].filter((id) => {
        const at = scene.reroutes.get(id)?.at;
        return at !== undefined && contains(box, at);
      })
    : [];
  graph.select([...kept, ...scene.nodeIndex.query(box)], groups, false, points);
}
