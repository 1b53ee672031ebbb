// The files that the gallery shows. Known in parts: a place that nobody looked at yet holds undefined. What comes and
// goes meanwhile is taken in without a jump: what is known stays where it is until it is read again.

import { createStore } from 'zustand/vanilla';
import { listAssets } from '../api/assets';
import { ApiError, wordsOf } from '../api/client';
import {
  type GalleryFacets,
  type GalleryItem,
  type GallerySort,
  listGallery,
  listIds,
  readFacets,
} from '../api/gallery';
import { type Picture, pictureOfAsset, pictureOfItem } from './pictures';

/** Files of the output directory, or what previews left. */
export type GallerySource = 'output' | 'temp';

export interface GalleryChoice {
  readonly source: GallerySource;
  /** In the search language. */
  readonly query: string;
  readonly sort: GallerySort;
  readonly descending: boolean;
}

export interface GalleryState extends GalleryChoice {
  readonly items: readonly (Picture | undefined)[];
  readonly state: 'idle' | 'ready' | 'failed';
  readonly error: string;
  /** What the server says is wrong with the search; what was found before stays. */
  readonly queryError: string;
  readonly isIndexing: boolean;
  readonly facets: GalleryFacets | null;
  readonly selected: ReadonlySet<string>;
}

export const PAGE = 100;

export const gallery = createStore<GalleryState>(() => ({
  source: 'output',
  query: '',
  sort: 'modified',
  descending: true,
  items: [],
  state: 'idle',
  error: '',
  queryError: '',
  isIndexing: false,
  facets: null,
  selected: new Set(),
}));

const asked = new Set<number>();
/** Pages that are as the server has them. */
const fresh = new Set<number>();
let round = 0;
let looked = { first: 0, last: 0 };

/** Begin anew: at first, with another choice, or when what is known no longer fits. */
export async function loadGallery(choice: Partial<GalleryChoice> = {}): Promise<void> {
  startRound();
  const before = gallery.getState();
  gallery.setState(choice);
  const { source, query } = gallery.getState();
  if (source !== before.source) gallery.setState({ items: [], state: 'idle' });
  // What is out of sight should not be deleted with the rest.
  if (source !== before.source || query !== before.query) clearSelected();
  looked = { first: 0, last: 0 };
  await loadPage(0, true);
}

function startRound(): void {
  round += 1;
  asked.clear();
  fresh.clear();
}

/** Have the items from `first` to `last` loaded, if they are not. */
export function ensureItems(first: number, last: number): void {
  looked = { first, last };
  const { items } = gallery.getState();
  const end = Math.min(last, items.length - 1);
  for (let page = Math.floor(first / PAGE); page <= Math.floor(end / PAGE); page += 1)
    if (!fresh.has(page)) void loadPage(page);
}

interface Page {
  readonly items: readonly Picture[];
  readonly total: number;
  readonly isIndexing: boolean;
}

async function fetchPage(page: number): Promise<Page> {
  const { source, query, sort, descending } = gallery.getState();
  const part = { offset: page * PAGE, limit: PAGE };
  if (source === 'temp') {
    const { assets, total } = await listAssets({ kind: 'temp', ...part });
    return { items: assets.map(pictureOfAsset), total, isIndexing: false };
  }
  const { items, total, indexing } = await listGallery({ q: query, sort, descending, ...part });
  return { items: items.map((item) => pictureOfItem(item)), total, isIndexing: indexing };
}

async function loadPage(page: number, isFirst = false): Promise<void> {
  if (asked.has(page)) return;
  asked.add(page);
  const own = round;
  try {
    const found = await fetchPage(page);
    if (own !== round) return;
    fresh.add(page);
    gallery.setState((state) => ({
      items: withPage(isFirst ? [] : state.items, found.items, page * PAGE, found.total),
      state: 'ready',
      error: '',
      queryError: '',
      isIndexing: found.isIndexing,
    }));
  } catch (error) {
    if (own === round) fail(error, isFirst);
  } finally {
    if (own === round) asked.delete(page);
  }
}

function fail(error: unknown, isFirst: boolean): void {
  const words = wordsOf(error);
  if (error instanceof ApiError && error.type === 'invalid_search') {
    gallery.setState(({ state }) => ({ queryError: words, state: state === 'idle' ? 'ready' : state }));
  } else if (isFirst) gallery.setState({ state: 'failed', error: words });
}

/** A page put in its place; the list is as long as the server says now. */
export function withPage<T>(
  items: readonly (T | undefined)[],
  page: readonly T[],
  offset: number,
  total: number,
): (T | undefined)[] {
  const next = Array.from({ length: total }, (_none, at) => items[at]);
  for (const [index, item] of page.entries()) if (offset + index < total) next[offset + index] = item;
  return next;
}

/** What is known, moved back by what came before it, if that is all that happened; else null. */
export function shifted<T extends { readonly key: string }>(
  items: readonly (T | undefined)[],
  page: readonly T[],
  total: number,
): (T | undefined)[] | null {
  const came = total - items.length;
  if (came < 0 || came >= page.length || page[came]?.key !== items[0]?.key) return null;
  return [...Array.from({ length: came }, () => undefined), ...items];
}

/** Take in what came, changed or went since. */
export async function refreshGallery(): Promise<void> {
  const { state } = gallery.getState();
  if (state === 'idle') return;
  if (state === 'failed') return loadGallery();
  startRound();
  const own = round;
  try {
    const found = await fetchPage(0);
    if (own !== round) return;
    fresh.add(0);
    gallery.setState(({ items }) => ({
      items: withPage(shifted(items, found.items, found.total) ?? items, found.items, 0, found.total),
      state: 'ready',
      isIndexing: found.isIndexing,
    }));
    ensureItems(looked.first, looked.last);
  } catch {
    // The next event, or the next look, asks again.
  }
}

/** Ask for the facets again; what was known stays until they come. */
export async function loadFacets(): Promise<void> {
  try {
    gallery.setState({ facets: await readFacets() });
  } catch {
    // Filters are no reason to complain where the list itself says what is wrong.
  }
}

/** Files as they are now, wherever they stand in the list. */
export function updateItems(changed: readonly GalleryItem[]): void {
  const byKey = new Map(changed.map((item) => [String(item.id), item]));
  gallery.setState(({ items }) => ({
    items: items.map((picture) => {
      const item = picture === undefined ? undefined : byKey.get(picture.key);
      return item === undefined || picture === undefined ? picture : pictureOfItem(item, picture.asset);
    }),
  }));
}

// -- selection -------------------------------------------------------------------------------------------------------

export function selectOnly(keys: Iterable<string>): void {
  gallery.setState({ selected: new Set(keys) });
}

export function toggleSelected(key: string): void {
  gallery.setState(({ selected }) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    return { selected: next };
  });
}

/** All from one place of the list to another, also those that were not looked at yet. */
export async function selectRange(from: number, to: number): Promise<void> {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const { items, source, query, sort, descending } = gallery.getState();
  const known = items.slice(first, last + 1).map((picture) => picture?.key);
  if (source === 'temp' || known.every((key) => key !== undefined)) {
    selectOnly(known.filter((key) => key !== undefined));
    return;
  }
  const { ids } = await listIds({ q: query, sort, descending, offset: first, limit: last - first + 1 });
  selectOnly(ids.map(String));
}

export function clearSelected(): void {
  if (gallery.getState().selected.size > 0) gallery.setState({ selected: new Set() });
}
