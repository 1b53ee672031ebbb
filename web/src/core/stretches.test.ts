import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  distanceTo,
  LINK_STYLES,
  linesOf,
  middleOf,
  pointAlong,
  runsThrough,
  type Stretch,
  stretchesOf,
} from './stretches';
import type { Point } from './types';

const at = (x: number, y: number): Point => ({ x, y });
const isUpright = (stretch: Stretch) =>
  [...linesOf(stretch)].every(([one, other]) => one.x === other.x || one.y === other.y);
const first = (stretches: readonly Stretch[]): Stretch => stretches[0] ?? { isCurve: false, points: [] };

describe('stretches of links', () => {
  it.each(LINK_STYLES)('%s: goes from end to end over all points', (style) => {
    const stretches = stretchesOf(style, at(0, 0), [at(100, 50), at(50, 200)], at(300, 0));
    expect(stretches.length).toBe(3);
    expect(stretches.map(({ points }) => points[0])).toEqual([at(0, 0), at(100, 50), at(50, 200)]);
    expect(stretches.map(({ points }) => points.at(-1))).toEqual([at(100, 50), at(50, 200), at(300, 0)]);
  });

  it('turns at right angles only, forwards, backwards and over points', () => {
    for (const [from, way, to] of [
      [at(0, 0), [], at(300, 120)],
      [at(300, 0), [], at(0, 400)],
      [at(300, 0), [], at(0, 10)],
      [at(0, 0), [at(-100, 80), at(400, -50)], at(200, 90)],
      [at(0, 0), [], at(0, 0)],
    ] as const)
      for (const stretch of stretchesOf('linear', from, way, to, 3)) expect(isUpright(stretch)).toBe(true);
  });

  it('leaves a slot to the right and arrives from the left, however the nodes stand', () => {
    for (const to of [at(300, 120), at(-300, 120), at(5, 0), at(-200, 0)]) {
      const { points } = first(stretchesOf('linear', at(0, 0), [], to));
      expect(points[1]?.x).toBeGreaterThan(0);
      expect(points.at(-2)?.x).toBeLessThan(to.x);
    }
  });

  it('keeps links of neighbouring slots apart', () => {
    const upright = (lane: number) =>
      first(stretchesOf('linear', at(0, 0), [], at(300, 100), lane)).points[1]?.x;
    expect(new Set([0, 1, 2, 3, 4].map(upright)).size).toBe(5);
    // Where there is no room, they stay within it.
    const { points } = first(stretchesOf('linear', at(0, 0), [], at(42, 100), 4));
    expect(points.every(({ x }) => x >= 0 && x <= 42)).toBe(true);
  });

  it('shares the way to a point between links that go on differently', () => {
    const one = stretchesOf('spline', at(0, 0), [at(100, 50)], at(300, 0));
    const other = stretchesOf('spline', at(0, 0), [at(100, 50)], at(300, 400));
    expect(one[0]).toEqual(other[0]);
  });

  it('has its handle on itself, and beside its points', () => {
    for (const style of LINK_STYLES) {
      const stretches = stretchesOf(style, at(0, 0), [at(100, 50)], at(300, 0));
      const middle = middleOf(stretches) ?? at(NaN, NaN);
      expect(Math.min(...stretches.map((each) => distanceTo(each, middle)))).toBeLessThan(1);
      expect(Math.hypot(middle.x - 100, middle.y - 50)).toBeGreaterThan(20);
    }
    expect(middleOf([])).toBeNull();
  });

  it('is measured where it is drawn', () => {
    const linear = first(stretchesOf('linear', at(0, 0), [], at(240, 100), 2));
    expect(distanceTo(linear, at(120, 50))).toBe(0);
    expect(distanceTo(linear, at(60, 30))).toBe(30);
    const straight = first(stretchesOf('straight', at(0, 0), [], at(100, 100)));
    expect(distanceTo(straight, at(50, 50))).toBeCloseTo(0);
    expect(pointAlong(straight, 0.25)).toEqual(at(25, 25));
    expect(pointAlong(linear, 0)).toEqual(at(0, 0));
    expect(pointAlong(linear, 1)).toEqual(at(240, 100));
  });

  it('knows its box, and which boxes it runs through', () => {
    const stretches = stretchesOf('linear', at(300, 0), [], at(0, 200));
    expect(boundsOf(stretches)).toEqual({ x: -20, y: 0, w: 340, h: 200 });
    expect(boundsOf([])).toBeNull();
    const straight = stretchesOf('straight', at(0, 0), [], at(1000, 1000));
    // No end of a piece is in it, but the piece is.
    expect(runsThrough(straight, { x: 495, y: 495, w: 10, h: 10 })).toBe(true);
    expect(runsThrough(straight, { x: 400, y: 500, w: 50, h: 10 })).toBe(false);
  });
});
