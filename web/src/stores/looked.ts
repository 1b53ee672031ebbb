// Where each saved file was looked at when its tab was closed: it opens there again. Kept in this browser, and not in the
// file: who only looks changes nothing.

import { keep, keptRows } from './kept';
import type { TabView } from './tabs';

const KEY = 'skein.looked';
const MOST = 200;

const read = () => keptRows<TabView>(KEY);

/** Null if nobody has looked at it here. */
export function lookOf(path: string): TabView | null {
  return read().find(([each]) => each === path)?.[1] ?? null;
}

export function keepLook(path: string, { x, y, zoom, scope, kept = [] }: TabView): void {
  const others = read().filter(([each]) => each !== path);
  keep(KEY, [...others, [path, { x, y, zoom, scope, selected: [], kept }]].slice(-MOST));
}
