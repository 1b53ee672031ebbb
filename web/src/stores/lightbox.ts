// Which picture is shown large, and among which others: those of the gallery, or a list of its own.

import { createStore } from 'zustand/vanilla';
import type { AssetView } from '../api/types';
import { ensureItems, gallery } from './gallery';

export interface LightboxState {
  readonly source: 'gallery' | readonly AssetView[] | null;
  readonly index: number;
  readonly showsDetails: boolean;
}

export const lightbox = createStore<LightboxState>(() => ({ source: null, index: 0, showsDetails: true }));

export function openLightbox(source: 'gallery' | readonly AssetView[], index: number): void {
  lightbox.setState({ source, index });
  if (source === 'gallery') ensureItems(Math.max(0, index - 1), index + 1);
}

export function closeLightbox(): void {
  lightbox.setState({ source: null });
}

export function itemsOf(
  { source }: LightboxState,
  all: readonly (AssetView | undefined)[] = gallery.getState().items,
): readonly (AssetView | undefined)[] {
  return source === null ? [] : source === 'gallery' ? all : source;
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

// New pictures come in before the one that is looked at.
gallery.subscribe((state, before) => {
  const fresh = state.items.length - before.items.length;
  if (lightbox.getState().source !== 'gallery' || fresh <= 0 || state.kind !== before.kind) return;
  lightbox.setState(({ index }) => ({ index: index + fresh }));
});
