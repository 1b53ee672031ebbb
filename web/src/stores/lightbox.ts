// Which picture is shown large, and among which others: those of the gallery, or a list of its own.

import { createStore } from 'zustand/vanilla';
import type { AssetView } from '../api/types';
import { ensureItems, gallery } from './gallery';
import { type Picture, toPicture } from './pictures';

export interface LightboxState {
  readonly source: 'gallery' | readonly Picture[] | null;
  readonly index: number;
  readonly showsDetails: boolean;
  /** At 100 %. */
  readonly isReal: boolean;
  /** Begin at what it was made from. */
  readonly showsLineage: boolean;
}

export const lightbox = createStore<LightboxState>(() => ({
  source: null,
  index: 0,
  showsDetails: true,
  isReal: false,
  showsLineage: false,
}));

export interface LightboxOptions {
  readonly isReal?: boolean;
  readonly showsLineage?: boolean;
}

export function openLightbox(
  source: 'gallery' | readonly (Picture | AssetView)[],
  index: number,
  { isReal, showsLineage = false }: LightboxOptions = {},
): void {
  lightbox.setState((state) => ({
    source: source === 'gallery' ? source : source.map(toPicture),
    index,
    isReal: isReal ?? (state.source !== null && state.isReal),
    showsLineage,
    showsDetails: state.showsDetails || showsLineage,
  }));
  if (source === 'gallery') ensureItems(Math.max(0, index - 1), index + 1);
}

export function closeLightbox(): void {
  lightbox.setState({ source: null });
}

export function itemsOf(
  { source }: LightboxState,
  all: readonly (Picture | undefined)[] = gallery.getState().items,
): readonly (Picture | undefined)[] {
  return source === null ? [] : source === 'gallery' ? all : source;
}

/** The picture that is shown now; null if none is, or it is not known yet. */
export function shownPicture(): Picture | null {
  const state = lightbox.getState();
  return itemsOf(state)[state.index] ?? null;
}

export function stepLightbox(by: number): void {
  const state = lightbox.getState();
  const count = itemsOf(state).length;
  const index = Math.min(count - 1, Math.max(0, state.index + by));
  if (state.source !== null && index !== state.index) openLightbox(state.source, index);
}

export function toggleDetails(): void {
  lightbox.setState((state) => ({ showsDetails: !state.showsDetails }));
}

export function toggleReal(): void {
  lightbox.setState((state) => ({ isReal: !state.isReal }));
}

/** A list of its own does not follow the gallery by itself. */
export function updateShown(change: (picture: Picture) => Picture): void {
  lightbox.setState(({ source }) => (Array.isArray(source) ? { source: source.map(change) } : {}));
}

// What is looked at stays, whatever comes before it; where it went away, the next one takes its place.
gallery.subscribe((state, before) => {
  const { source, index } = lightbox.getState();
  if (source !== 'gallery' || state.items === before.items) return;
  const key = before.items[index]?.key;
  const at = key === undefined ? -1 : state.items.findIndex((picture) => picture?.key === key);
  if (state.items.length === 0) closeLightbox();
  else if (at >= 0 && at !== index) lightbox.setState({ index: at });
  else if (index >= state.items.length) lightbox.setState({ index: state.items.length - 1 });
});
