// Puts nodes in columns from left to right, so that links lead to the right and nothing overlaps.
//
// Layers by longest way, order in each layer by the middle of the neighbours (a few sweeps), heights by the neighbours
// as far as there is room. What is not linked to anything stands in rows below.

import type { Box, NodeId, Point } from './types';

const COLUMN_GAP = 80;
const ROW_GAP = 40;
const SWEEPS = 6;
const WIDEST = 4;

export type Edge = readonly [from: NodeId, to: NodeId];

/** Where the top left of each box goes; the whole begins at `origin`. */
export function layered(
  boxes: ReadonlyMap<NodeId, Pick<Box, 'w' | 'h'>>,
  edges: readonly Edge[],
  origin: Point = { x: 0, y: 0 },
): Map<NodeId, Point> {
  const known = edges.filter(([from, to]) => from !== to && boxes.has(from) && boxes.has(to));
  const linked = new Set(known.flat());
  const [after, before] = neighbours(known);
  const layers = layersOf(
    [...boxes.keys()].filter((id) => linked.has(id)),
    after,
    before,
  );
  sortLayers(layers, after, before);
  const places = new Map<NodeId, Point>();
  const bottom = placeLayers(layers, boxes, before, origin, places);
  const alone = [...boxes.keys()].filter((id) => !linked.has(id));
  placeRows(alone, boxes, { x: origin.x, y: layers.length > 0 ? bottom + 2 * ROW_GAP : origin.y }, places);
  return places;
}

type Neighbours = ReadonlyMap<NodeId, readonly NodeId[]>;

function neighbours(edges: readonly Edge[]): [after: Neighbours, before: Neighbours] {
  const after = new Map<NodeId, NodeId[]>();
  const before = new Map<NodeId, NodeId[]>();
  const add = (map: Map<NodeId, NodeId[]>, one: NodeId, other: NodeId) => {
    const list = map.get(one);
    if (list === undefined) map.set(one, [other]);
    else list.push(other);
  };
  for (const [from, to] of edges) {
    add(after, from, to);
    add(before, to, from);
  }
  return [after, before];
}

function layersOf(ids: readonly NodeId[], after: Neighbours, before: Neighbours): NodeId[][] {
  const order = topological(ids, before);
  const rank = new Map(order.map((id, index) => [id, index]));
  const isBack = (from: NodeId, to: NodeId) => (rank.get(from) ?? 0) >= (rank.get(to) ?? 0);
  const layer = new Map<NodeId, number>();
  for (const id of order) {
    const earlier = (before.get(id) ?? []).filter((other) => !isBack(other, id));
    layer.set(id, Math.max(-1, ...earlier.map((other) => layer.get(other) ?? -1)) + 1);
  }
  // What nothing feeds stands next to what it feeds, not far to the left.
  for (const id of [...order].reverse()) {
    const later = (after.get(id) ?? [])
      .filter((other) => !isBack(id, other))
      .map((other) => layer.get(other) ?? 0);
    const own = layer.get(id) ?? 0;
    if ((before.get(id) ?? []).length === 0 && later.length > 0)
      layer.set(id, Math.max(own, Math.min(...later) - 1));
  }
  const layers: NodeId[][] = [];
  for (const id of order) {
    const index = layer.get(id) ?? 0;
    const list = layers[index];
    if (list === undefined) layers[index] = [id];
    else list.push(id);
  }
  return [...layers].map((each) => each ?? []).filter((each) => each.length > 0);
}

function topological(ids: readonly NodeId[], before: Neighbours): NodeId[] {
  const order: NodeId[] = [];
  const state = new Map<NodeId, 'open' | 'done'>();
  for (const start of ids) {
    const stack = [start];
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      if (!state.has(id)) {
        state.set(id, 'open');
        for (const other of before.get(id) ?? []) if (!state.has(other)) stack.push(other);
        continue;
      }
      stack.pop();
      if (state.get(id) === 'open') order.push(id);
      state.set(id, 'done');
    }
  }
  return order;
}

function sortLayers(layers: NodeId[][], after: Neighbours, before: Neighbours): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const rank = new Map<NodeId, number>();
    for (const layer of layers)
      for (const [index, id] of layer.entries()) rank.set(id, (index + 0.5) / Math.max(layer.length, 1));
    for (let place = 0; place < layers.length; place += 1) {
      const layer = layers[isDown ? place : layers.length - 1 - place];
      if (layer === undefined) continue;
      const weight = new Map(
        layer.map((id) => {
          const near = ((isDown ? before : after).get(id) ?? []).map((other) => rank.get(other) ?? 0.5);
          return [
            id,
            near.length === 0 ? (rank.get(id) ?? 0.5) : near.reduce((a, b) => a + b, 0) / near.length,
          ];
        }),
      );
      layer.sort((one, other) => (weight.get(one) ?? 0) - (weight.get(other) ?? 0));
      for (const [index, id] of layer.entries()) rank.set(id, (index + 0.5) / layer.length);
    }
  }
}

function placeLayers(
  layers: readonly (readonly NodeId[])[],
  boxes: ReadonlyMap<NodeId, Pick<Box, 'w' | 'h'>>,
  before: Neighbours,
  origin: Point,
  places: Map<NodeId, Point>,
): number {
  let { x } = origin;
  let bottom = origin.y;
  for (const layer of layers) {
    let y = origin.y;
    for (const id of layer) {
      const box = boxes.get(id) ?? { w: 0, h: 0 };
      const tops = (before.get(id) ?? []).flatMap((other) => places.get(other)?.y ?? []);
      const wanted = tops.length === 0 ? y : tops.reduce((a, b) => a + b, 0) / tops.length;
      const top = Math.round(Math.max(y, wanted));
      places.set(id, { x: Math.round(x), y: top });
      y = top + box.h + ROW_GAP;
      bottom = Math.max(bottom, top + box.h);
    }
    x += Math.max(...layer.map((id) => boxes.get(id)?.w ?? 0)) + COLUMN_GAP;
  }
  return bottom;
}

function placeRows(
  ids: readonly NodeId[],
  boxes: ReadonlyMap<NodeId, Pick<Box, 'w' | 'h'>>,
  origin: Point,
  places: Map<NodeId, Point>,
): void {
  const columns = Math.max(WIDEST, Math.ceil(Math.sqrt(ids.length)));
  let { y } = origin;
  for (let start = 0; start < ids.length; start += columns) {
    const row = ids.slice(start, start + columns);
    let { x } = origin;
    for (const id of row) {
      places.set(id, { x: Math.round(x), y: Math.round(y) });
      x += (boxes.get(id)?.w ?? 0) + ROW_GAP;
    }
    y += Math.max(...row.map((id) => boxes.get(id)?.h ?? 0)) + ROW_GAP;
  }
}
