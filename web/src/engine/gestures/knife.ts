// The knife: which links a stroke cuts.

import { unlinkAll } from '../../core/edit';
import { linesOf, type Stretch } from '../../core/stretches';
import type { LinkId, Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Scene } from '../scene';

/** Cut the links that are seen under a stroke, as one step. */
export function cutAlong({ scene, doc, scope }: GraphView, stroke: readonly Point[]): void {
  const links = scene?.showsLinks === true ? linksCrossing(scene, stroke) : [];
  if (links.length > 0) doc?.edit('cut links', scope, (tx) => unlinkAll(tx, links));
}

export function linksCrossing(
  scene: Pick<Scene, 'linkIndex' | 'stretches'>,
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
      if (!found.has(id) && scene.stretches(id).some((each) => cuts(each, from, to))) found.add(id);
  }
  return [...found];
}

function cuts(stretch: Stretch, from: Point, to: Point): boolean {
  for (const [one, other] of linesOf(stretch)) if (crosses(one, other, from, to)) return true;
  return false;
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
