// The nearest box in a direction: what an arrow key goes to.

import type { Box } from './types';

export type Way = 'left' | 'right' | 'up' | 'down';

/** What is straight ahead counts for more than what is aside; null if nothing lies that way. */
export function nearestBox(from: Box, others: Iterable<readonly [string, Box]>, way: Way): string | null {
  const [x, y] = [from.x + from.w / 2, from.y + from.h / 2];
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, box] of others) {
    const [dx, dy] = [box.x + box.w / 2 - x, box.y + box.h / 2 - y];
    const [ahead, aside] =
      way === 'left' ? [-dx, dy] : way === 'right' ? [dx, dy] : way === 'up' ? [-dy, dx] : [dy, dx];
    if (ahead <= 1) continue;
    const distance = ahead + 2.5 * Math.max(0, Math.abs(aside) - ahead * 0.3);
    if (distance < least) [best, least] = [id, distance];
  }
  return best;
}
