import { describe, expect, it } from 'vitest';
import { overlaps } from './geometry';
import { SpatialIndex } from './spatial';
import type { Box } from './types';

/** Numbers that look like chance and are always the same. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('SpatialIndex', () => {
  it('finds what looking at every box finds, whatever their sizes, after moves and removals', () => {
    const next = chance(7);
    const box = (): Box => ({
      ...{ x: (next() - 0.5) * 20_000, y: (next() - 0.5) * 20_000 },
      ...{ w: 2 ** (next() * 16), h: 2 ** (next() * 16) },
    });
    const index = new SpatialIndex();
    const all = new Map<string, Box>();
    for (let step = 0; step < 600; step += 1) {
      const id = String(Math.floor(next() * 300));
      if (next() < 0.2) {
        index.remove(id);
        all.delete(id);
      } else {
        const put = box();
        index.put(id, put);
        all.set(id, put);
      }
      if (step % 20 !== 0) continue;
      const area = box();
      const wanted = [...all].filter(([, each]) => overlaps(each, area)).map(([each]) => each);
      expect([...index.query(area)].sort()).toEqual(wanted.sort());
      expect(index.size).toBe(all.size);
    }
  });

  it('takes boxes that are nowhere, endless, or farther away than numbers can count', () => {
    const index = new SpatialIndex();
    index.put('far', { x: 1e300, y: 0, w: 10, h: 10 });
    index.put('long', { x: -1e300, y: 0, w: 2e300, h: 10 });
    index.put('nowhere', { x: Number.NaN, y: 0, w: 10, h: 10 });
    index.put('endless', { x: 0, y: 0, w: Number.POSITIVE_INFINITY, h: 10 });
    index.put('here', { x: 0, y: 0, w: 10, h: 10 });
    expect([...index.query({ x: -5, y: -5, w: 20, h: 20 })].sort()).toEqual(['endless', 'here', 'long']);
    expect(index.query({ x: 9e299, y: -5, w: 2e299, h: 20 }).has('far')).toBe(true);
    for (const id of ['far', 'long', 'nowhere', 'endless', 'here']) index.remove(id);
    expect(index.size).toBe(0);
    expect(index.query({ x: -1e9, y: -1e9, w: 2e9, h: 2e9 }).size).toBe(0);
  });
});
