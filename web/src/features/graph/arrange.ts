// Nodes in line and in columns: what is selected, or everything.

import { view } from '../../app/view';
import { alignBoxes, distributeBoxes, type Edge, snapBoxes } from '../../core/align';
import { moveNodes } from '../../core/edit';
import { isPinned } from '../../core/geometry';
import { layered } from '../../core/layout';
import { isBoundary } from '../../core/subgraph';
import type { Box, NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';

/** Boxes of what is selected, or of all nodes; with titles. Pinned ones stay where they are. */
function boxesOf(needed: number): Map<NodeId, Box> {
  const scene = view.scene;
  if (scene === null) return new Map();
  const ids = view.selected.size >= needed ? [...view.selected] : [...scene.graph.nodes.keys()];
  return new Map(
    ids.flatMap((id): [NodeId, Box][] => {
      const box = scene.layout(id)?.box;
      const stays = isPinned(scene.node(id) ?? {}) || isBoundary(id);
      return box === undefined || stays ? [] : [[id, box]];
    }),
  );
}

/** Move boxes to where they go; nodes stand a title lower than their boxes. */
function place(boxes: ReadonlyMap<NodeId, Box>, places: ReadonlyMap<NodeId, Point>): void {
  const scene = view.scene;
  const moved = new Map<NodeId, Point>();
  for (const [id, at] of places) {
    const [box, body] = [boxes.get(id), scene?.layout(id)?.body];
    if (box === undefined || body === undefined) continue;
    moved.set(id, { x: Math.round(at.x + body.x - box.x), y: Math.round(at.y + body.y - box.y) });
  }
  view.doc?.edit(t('graph.stepArrange'), view.scope, (tx) => moveNodes(tx, moved));
}

export function align(edge: Edge): void {
  const boxes = boxesOf(2);
  if (view.selected.size >= 2) place(boxes, alignBoxes(boxes, edge));
}

export function distribute(axis: 'x' | 'y'): void {
  const boxes = boxesOf(3);
  if (view.selected.size >= 3) place(boxes, distributeBoxes(boxes, axis));
}

export function snapToGrid(): void {
  const boxes = boxesOf(1);
  const scene = view.scene;
  const bodies = new Map(
    [...boxes.keys()].map((id): [NodeId, Box] => [id, scene?.layout(id)?.body ?? { x: 0, y: 0, w: 0, h: 0 }]),
  );
  const places = snapBoxes(bodies, 10);
  view.doc?.edit(t('graph.stepArrange'), view.scope, (tx) => moveNodes(tx, places));
}

export function arrange(): void {
  const scene = view.scene;
  const boxes = boxesOf(2);
  const bounds = scene?.bounds(boxes.keys()) ?? null;
  if (scene === null || bounds === null) return;
  const edges = [...scene.graph.links.values()].map((link): [NodeId, NodeId] => [link.from, link.to]);
  place(boxes, layered(boxes, edges, bounds));
}
