// Puts nodes in columns from left to right, so that links lead to the right and nothing overlaps.
//
// Layers by longest way, order in each layer by the middle of the neighbours (a few sweeps), heights by the neighbours
// as far as there is room. What is not linked to anything stands in rows below. Nodes are numbers here: there may be
// many, each looked at many times.

import type { Box, NodeId, Point } from './types';

const COLUMN_GAP = 80;
const ROW_GAP = 40;
const SWEEPS = 6;
const WIDEST = 4;

export type Edge = readonly [from: NodeId, to: NodeId];
type Size = Pick<Box, 'w' | 'h'>;

/** Where the top left of each box goes; the whole begins at `origin`. */
export function layered(
  boxes: ReadonlyMap<NodeId, Size>,
  edges: readonly Edge[],
  origin: Point = { x: 0, y: 0 },
): Map<NodeId, Point> {
  const ids = [...boxes.keys()];
  const sizes = [...boxes.values()];
  const [after, before] = neighbours(ids, edges);
  const isLinked = (node: number) => at(after, node).length + at(before, node).length > 0;
  const nodes = ids.map((_id, node) => node);
  const layers = layersOf(nodes.filter(isLinked), after, before);
  sortLayers(layers, after, before);
  const spots: Point[] = [];
  const bottom = placeLayers(layers, sizes, before, origin, spots);
  const alone = nodes.filter((node) => !isLinked(node));
  placeRows(alone, sizes, { x: origin.x, y: layers.length > 0 ? bottom + 2 * ROW_GAP : origin.y }, spots);
  return new Map(ids.map((id, node) => [id, spots[node] ?? origin]));
}

/** Of each node, those at the other ends of its links. */
type Neighbours = readonly (readonly number[])[];

const NONE: readonly number[] = [];

function at(all: Neighbours, node: number): readonly number[] {
  return all[node] ?? NONE;
}

function neighbours(ids: readonly NodeId[], edges: readonly Edge[]): [after: Neighbours, before: Neighbours] {
  const numbers = new Map(ids.map((id, node) => [id, node]));
  const [after, before] = [ids.map((): number[] => []), ids.map((): number[] => [])];
  for (const [start, end] of edges) {
    const [from, to] = [numbers.get(start), numbers.get(end)];
    if (from === undefined || to === undefined || from === to) continue;
    after[from]?.push(to);
    before[to]?.push(from);
  }
  return [after, before];
}

function layersOf(nodes: readonly number[], after: Neighbours, before: Neighbours): number[][] {
  const order = topological(nodes, before);
  const rank: number[] = new Array<number>(after.length).fill(0);
  for (const [place, node] of order.entries()) rank[node] = place;
  const isBack = (from: number, to: number) => (rank[from] ?? 0) >= (rank[to] ?? 0);
  const layer: number[] = new Array<number>(after.length).fill(0);
  for (const node of order) {
    let own = 0;
    for (const other of at(before, node))
      if (!isBack(other, node)) own = Math.max(own, (layer[other] ?? 0) + 1);
    layer[node] = own;
  }
  // What nothing feeds stands next to what it feeds, not far to the left.
  for (const node of order) {
    if (at(before, node).length > 0) continue;
    let nearest = Number.POSITIVE_INFINITY;
    for (const other of at(after, node))
      if (!isBack(node, other)) nearest = Math.min(nearest, layer[other] ?? 0);
    if (nearest !== Number.POSITIVE_INFINITY) layer[node] = Math.max(0, nearest - 1);
  }
  const layers = new Map<number, number[]>();
  for (const node of order) {
    const own = layer[node] ?? 0;
    const list = layers.get(own);
    if (list === undefined) layers.set(own, [node]);
    else list.push(node);
  }
  return [...layers].sort(([one], [other]) => one - other).map(([, list]) => list);
}

function topological(nodes: readonly number[], before: Neighbours): number[] {
  const order: number[] = [];
  const state = new Map<number, 'open' | 'done'>();
  for (const start of nodes) {
    const stack = [start];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const known = state.get(node);
      if (known === undefined) {
        state.set(node, 'open');
        for (const other of at(before, node)) if (!state.has(other)) stack.push(other);
        continue;
      }
      stack.pop();
      if (known === 'open') order.push(node);
      state.set(node, 'done');
    }
  }
  return order;
}

function sortLayers(layers: number[][], after: Neighbours, before: Neighbours): void {
  const rank: number[] = new Array<number>(after.length).fill(0.5);
  const weight: number[] = new Array<number>(after.length).fill(0.5);
  const note = (layer: readonly number[]) => {
    for (const [index, node] of layer.entries()) rank[node] = (index + 0.5) / layer.length;
  };
  for (const layer of layers) note(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const sides = isDown ? before : after;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      for (const node of layer) {
        const near = at(sides, node);
        let sum = 0;
        for (const other of near) sum += rank[other] ?? 0.5;
        weight[node] = near.length === 0 ? (rank[node] ?? 0.5) : sum / near.length;
      }
      layer.sort((one, other) => (weight[one] ?? 0) - (weight[other] ?? 0));
      note(layer);
    }
  }
}

/** Returns how far down it reaches. */
function placeLayers(
  layers: readonly (readonly number[])[],
  sizes: readonly Size[],
  before: Neighbours,
  origin: Point,
  spots: Point[],
): number {
  let { x } = origin;
  let bottom = origin.y;
  for (const layer of layers) {
    let [y, widest] = [origin.y, 0];
    for (const node of layer) {
      const { w, h } = sizes[node] ?? NOTHING;
      let [sum, count] = [0, 0];
      for (const other of at(before, node)) {
        const spot = spots[other];
        if (spot === undefined) continue;
        sum += spot.y;
        count += 1;
      }
      const top = Math.round(Math.max(y, count === 0 ? y : sum / count));
      spots[node] = { x: Math.round(x), y: top };
      y = top + h + ROW_GAP;
      bottom = Math.max(bottom, top + h);
      widest = Math.max(widest, w);
    }
    x += widest + COLUMN_GAP;
  }
  return bottom;
}

const NOTHING: Size = { w: 0, h: 0 };

function placeRows(nodes: readonly number[], sizes: readonly Size[], origin: Point, spots: Point[]): void {
  const columns = Math.max(WIDEST, Math.ceil(Math.sqrt(nodes.length)));
  let { y } = origin;
  for (let start = 0; start < nodes.length; start += columns) {
    let [x, highest] = [origin.x, 0];
    for (const node of nodes.slice(start, start + columns)) {
      const { w, h } = sizes[node] ?? NOTHING;
      spots[node] = { x: Math.round(x), y: Math.round(y) };
      x += w + ROW_GAP;
      highest = Math.max(highest, h);
    }
    y += highest + ROW_GAP;
  }
}
