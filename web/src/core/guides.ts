// Guides while things are dragged: which edges and middles of others they are in line with, or nearly.

import type { Box } from './types';

/** A line that two or more have in common: upright at an x, or level at a y; from one end to the other. */
export interface Guide {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Alignment {
  readonly guides: readonly Guide[];
  /** How far to move to be exactly in line. */
  readonly dx: number;
  readonly dy: number;
}

/** What is no farther off than this counts as in line. */
const EXACT = 0.5;

/**
 * @param moving what is dragged, as it is now.
 * @param others what it may be in line with.
 * @param reach how far off it may be, in graph units.
 */
export function alignmentOf(moving: Box, others: readonly Box[], reach: number): Alignment {
  const across = nearest(linesOf(moving, 'x'), others, 'x', reach);
  const down = nearest(linesOf(moving, 'y'), others, 'y', reach);
  const moved = { ...moving, x: moving.x + (across ?? 0), y: moving.y + (down ?? 0) };
  const guides = [
    ...(across === null ? [] : guidesAlong(moved, others, 'x')),
    ...(down === null ? [] : guidesAlong(moved, others, 'y')),
  ];
  return { guides, dx: across ?? 0, dy: down ?? 0 };
}

/** Both edges and the middle. */
function linesOf(box: Box, axis: 'x' | 'y'): readonly [number, number, number] {
  return axis === 'x' ? [box.x, box.x + box.w / 2, box.x + box.w] : [box.y, box.y + box.h / 2, box.y + box.h];
}

/** The least way to a line of another; null if none is near enough. */
function nearest(
  own: readonly number[],
  others: readonly Box[],
  axis: 'x' | 'y',
  reach: number,
): number | null {
  let best: number | null = null;
  for (const other of others) {
    for (const line of linesOf(other, axis)) {
      for (const at of own) {
        const way = line - at;
        if (Math.abs(way) <= Math.min(reach, Math.abs(best ?? reach))) best = way;
      }
    }
  }
  return best;
}

function guidesAlong(moved: Box, others: readonly Box[], axis: 'x' | 'y'): Guide[] {
  const span = (box: Box) => (axis === 'x' ? [box.y, box.y + box.h] : [box.x, box.x + box.w]);
  return [...new Set(linesOf(moved, axis))].flatMap((at): Guide[] => {
    const inLine = others.filter((other) =>
      linesOf(other, axis).some((line) => Math.abs(line - at) <= EXACT),
    );
    if (inLine.length === 0) return [];
    const ends = [moved, ...inLine].flatMap(span);
    return [{ axis, at, from: Math.min(...ends), to: Math.max(...ends) }];
  });
}
