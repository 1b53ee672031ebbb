// How a graph is shown that nobody has looked at yet: a file that is opened, a subgraph that is entered.

import { DETAIL } from '../engine/paint';
import { view } from './view';

const NARROW = 700;
const LOW = 480;
/** What fits at less than this is looked at as a whole first: where it begins would say little of it. */
const LARGE = 0.4;
/** In a small window, where a graph is seen part by part anyway. */
const NEAR = 0.7;

/** Whether the window has so little room that nobody looks at graphs as a whole. */
export function isSmallWindow(): boolean {
  return view.view.width < NARROW || view.view.height < LOW;
}

/**
 * All of it, if its fields can be used then; else where it begins, near enough for them. In a small window that is so
 * for any graph.
 */
export function lookFirst(): void {
  const box = view.scene?.bounds() ?? null;
  if (box === null) return;
  const isSmall = isSmallWindow();
  const zoom = view.view.zoomFor(box);
  if (zoom < DETAIL && (isSmall || zoom >= LARGE)) view.view.begin(box, isSmall ? NEAR : DETAIL);
  else view.view.fit(box);
  view.moved();
}
