import { describe, expect, it } from 'vitest';
import { overlaps } from './geometry';
import { freeSpot } from './place';

describe('freeSpot', () => {
  it('stays where nothing is in the way', () => {
    expect(freeSpot({ x: 5, y: 6, w: 10, h: 10 }, [{ x: 100, y: 0, w: 9, h: 9 }])).toEqual({ x: 5, y: 6 });
  });

  it('goes below what is in the way, and below what is there', () => {
    const others = [
      { x: 0, y: 300, w: 100, h: 50 },
      { x: 0, y: 0, w: 100, h: 280 },
    ];
    const box = { x: 10, y: 20, w: 80, h: 60 };
    const spot = freeSpot(box, others, 10);
    expect(spot).toEqual({ x: 10, y: 360 });
    for (const other of others) expect(overlaps({ ...box, ...spot }, other)).toBe(false);
  });
});
