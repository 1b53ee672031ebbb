import { expect, it } from 'vitest';
import { scaleFor } from './snapshot';

it('is as large as wanted, unless that is too large', () => {
  expect(scaleFor({ w: 1000, h: 500 }, 1)).toBe(1);
  expect(scaleFor({ w: 1000, h: 500 }, 2)).toBe(2);
  const [wide, square] = [scaleFor({ w: 60_000, h: 100 }, 1), scaleFor({ w: 50_000, h: 50_000 }, 2)];
  expect(wide * 60_080).toBeCloseTo(16_000);
  expect(square * square * 50_080 * 50_080).toBeCloseTo(48_000_000);
});
