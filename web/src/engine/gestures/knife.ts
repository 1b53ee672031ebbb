// The knife: which links a stroke cuts.

import { pointOnCurve } from '../../core/geometry';
import type { LinkId, Point } from '../../core/types';
import type { Scene } from '../scene';

export function linksCrossing(
  scene: Pick<Scene, 'linkIndex' | 'curves'>,
  stroke: readonly Point[],
): LinkId[] {
  const found = new Set<LinkId>();
  for (const [index, to] of stroke.entries()) {
    const from = stroke[index - 1];
    if (from === undefined) continue;
    const box = {
      x: Math.min(from.x, to.x) - 1,
      y: Math.min(from.y, to.y) - 1,
      w: Math.abs(from.x - to.x) + 2,
      h: Math.abs(from.y - to.y) + 2,
    };
    for (const id of scene.linkIndex.query(box))
      if (!found.has(id) && scene.curves(id).some((curve) => cuts(curve, from, to))) found.add(id);
  }
  return [...found];
}

function cuts(curve: readonly [Point, Point, Point, Point], from: Point, to: Point): boolean {
  let before = curve[0];
  for (let step = 1; step <= 24; step += 1) {
    const next = pointOnCurve(curve, step / 24);
    if (crosses(before, next, from, to)) return true;
    before = next;
  }
  return false;
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
