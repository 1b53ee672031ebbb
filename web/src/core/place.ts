// A place for something new among what is there.

import { overlaps } from './geometry';
import type { Box, Point } from './types';

const MOST = 500;

/** The place nearest below where a box overlaps no other, `gap` around it; where it is, if it overlaps none. */
export function freeSpot(box: Box, others: Iterable<Box>, gap = 30): Point {
  const all = [...others];
  let { x, y } = box;
  for (let round = 0; round < MOST; round += 1) {
    const wide = { x: x - gap, y: y - gap, w: box.w + 2 * gap, h: box.h + 2 * gap };
    const hit = all.find((other) => overlaps(wide, other));
    if (hit === undefined) break;
    y = hit.y + hit.h + gap;
  }
  return { x, y };
}
