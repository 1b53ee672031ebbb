// What jobs left, the newest first. Known in parts: a place that nobody looked at yet holds undefined.

import { createStore } from 'zustand/vanilla';
import { listAssets } from '../api/assets';
import { wordsOf } from '../api/client';
import type { AssetView } from '../api/types';

export type GalleryKind = 'output' | 'temp' | 'all';

export interface GalleryState {
  readonly kind: GalleryKind;
  readonly items: readonly (AssetView | undefined)[];
  readonly state: 'idle' | 'ready' | 'failed';
  readonly error: string;
  readonly selected: ReadonlyMap<string, AssetView>;
}

export const PAGE = 100;

export const gallery = createStore<GalleryState>(() => ({
  kind: 'output',
  items: [],
  state: 'idle',
  error: '',
  selected: new Map(),
}));

const asked = new Set<number>();
let round = 0;

/** Begin anew: at first, with another choice of kinds, or when what is known no longer fits. */
export async function loadGallery(kind: GalleryKind = gallery.getState().kind): Promise<void> {
  round += 1;
  asked.clear();
  if (kind !== gallery.getState().kind)
    gallery.setState({ kind, items: [], state: 'idle', selected: new Map() });
  await loadPage(0);
}

/** Have the items from `first` to `last` loaded, if they are not. */
export function ensureItems(first: number, last: number): void {
  const { items } = gallery.getState();
  for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) {
    const end = Math.min((page + 1) * PAGE, items.length);
    for (let at = page * PAGE; at < end; at += 1) {
      if (items[at] !== undefined) continue;
      void loadPage(page);
      break;
    }
  }
}

async function loadPage(page: number): Promise<void> {
  if (asked.has(page)) return;
  asked.add(page);
  const own = round;
  const { kind } = gallery.getState();
  try {
    const found = await listAssets({
      kind: kind === 'all' ? null : kind,
      offset: page * PAGE,
      limit: PAGE,
    });
    if (own !== round) return;
    gallery.setState((state) => ({
      items: withPage(state.state === 'idle' ? [] : state.items, found.assets, page * PAGE, found.total),
      state: 'ready',
      error: '',
    }));
  } catch (error) {
    if (own === round) gallery.setState({ state: 'failed', error: wordsOf(error) });
  } finally {
    asked.delete(page);
  }
}

/** A page put in its place, counted from the end of the list, which what came meanwhile does not move. */
export function withPage<T>(
  items: readonly (T | undefined)[],
  page: readonly T[],
  offset: number,
  total: number,
): (T | undefined)[] {
  const length = Math.max(items.length, total);
  const shift = length - total;
  const next: (T | undefined)[] = Array.from({ length }, (_none, at) =>
    at < length - items.length ? undefined : items[at - (length - items.length)],
  );
  for (const [index, item] of page.entries()) {
    const at = offset + index + shift;
    if (at < length) next[at] = item;
  }
  return next;
}

/** Take in what came since; what is known stays where it is in the list, further down. */
export async function refreshGallery(): Promise<void> {
  const { kind, state } = gallery.getState();
  if (state !== 'ready') return;
  const own = round;
  try {
    const found = await listAssets({ kind: kind === 'all' ? null : kind, limit: PAGE });
    if (own !== round) return;
    const { items } = gallery.getState();
    const fresh = found.total - items.length;
    const fits = fresh >= 0 && fresh < PAGE && found.assets[fresh]?.id === items[0]?.id;
    if (fits && fresh === 0) return;
    if (!fits) round += 1;
    gallery.setState({ items: withPage(fits ? items : [], found.assets, 0, found.total) });
  } catch {
    // The next event, or the next look, asks again.
  }
}

export function toggleSelected(asset: AssetView): void {
  gallery.setState(({ selected }) => {
    const next = new Map(selected);
    if (!next.delete(asset.id)) next.set(asset.id, asset);
    return { selected: next };
  });
}

export function clearSelected(): void {
  gallery.setState({ selected: new Map() });
}
