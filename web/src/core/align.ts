// Boxes in line: aligned at an edge or a middle, spread evenly, put on the grid. Places are of boxes' top left.

import type { Box, NodeId, Point } from './types';

export type Edge = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

export function alignBoxes(boxes: ReadonlyMap<NodeId, Box>, edge: Edge): Map<NodeId, Point> {
  const all = [...boxes.values()];
  const left = Math.min(...all.map((box) => box.x));
  const right = Math.max(...all.map((box) => box.x + box.w));
  const top = Math.min(...all.map((box) => box.y));
  const bottom = Math.max(...all.map((box) => box.y + box.h));
  const place = (box: Box): Point => {
    switch (edge) {
      case 'left':
        return { x: left, y: box.y };
      case 'right':
        return { x: right - box.w, y: box.y };
      case 'centre':
        return { x: (left + right - box.w) / 2, y: box.y };
      case 'top':
        return { x: box.x, y: top };
      case 'bottom':
        return { x: box.x, y: bottom - box.h };
      case 'middle':
        return { x: box.x, y: (top + bottom - box.h) / 2 };
    }
  };
  return new Map([...boxes].map(([id, box]) => [id, place(box)]));
}

/** The same distance between one box and the next; the outermost stay. */
export function distributeBoxes(boxes: ReadonlyMap<NodeId, Box>, axis: 'x' | 'y'): Map<NodeId, Point> {
  const size = axis === 'x' ? 'w' : 'h';
  const sorted = [...boxes].sort(([, one], [, other]) => one[axis] - other[axis]);
  const [first, last] = [sorted[0]?.[1], sorted.at(-1)?.[1]];
  if (first === undefined || last === undefined || sorted.length < 3)
    return new Map(sorted.map(([id, { x, y }]) => [id, { x, y }]));
  const taken = sorted.reduce((sum, [, box]) => sum + box[size], 0);
  const gap = (last[axis] + last[size] - first[axis] - taken) / (sorted.length - 1);
  let at = first[axis];
  return new Map(
    sorted.map(([id, box]) => {
      const place = axis === 'x' ? { x: at, y: box.y } : { x: box.x, y: at };
      at += box[size] + gap;
      return [id, place];
    }),
  );
}

export function snapBoxes(boxes: ReadonlyMap<NodeId, Box>, grid: number): Map<NodeId, Point> {
  const snap = (value: number) => Math.round(value / grid) * grid;
  return new Map([...boxes].map(([id, box]) => [id, { x: snap(box.x), y: snap(box.y) }]));
}
