import { expect, it } from 'vitest';
import { comparePixels } from './pixels';

const data = (...values: number[]) => new Uint8ClampedArray(values);

it('counts pixels, not channels', () => {
  const a = data(0, 0, 0, 255, 10, 20, 30, 255);
  expect(comparePixels(a, a)).toEqual({ changed: 0, total: 2, most: 0, mean: 0 });
  const b = data(0, 0, 0, 255, 12, 20, 36, 255);
  expect(comparePixels(a, b)).toEqual({ changed: 1, total: 2, most: 6, mean: 1 });
});

it('bears empty pictures', () => {
  expect(comparePixels(data(), data()).mean).toBe(0);
});
