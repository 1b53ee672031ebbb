// Where each saved file was looked at when its tab was closed: it opens there again. Kept in this browser, and not in the
// file: who only looks changes nothing.

import type { TabView } from './tabs';

const KEY = 'skein.looked';
const MOST = 200;

function read(): [string, TabView][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Null if nobody has looked at it here. */
export function lookOf(path: string): TabView | null {
  return read().find(([each]) => each === path)?.[1] ?? null;
}

export function keepLook(path: string, { x, y, zoom, scope, kept = [] }: TabView): void {
  const others = read().filter(([each]) => each !== path);
  try {
    const all = [...others, [path, { x, y, zoom, scope, selected: [], kept }]].slice(-MOST);
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // Without storage it opens as a whole.
  }
}
