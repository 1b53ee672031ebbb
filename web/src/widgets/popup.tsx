// One sheet at a time beside a field: lists, colours. Rendered once by the application (`PopupHost`), so that fields on
// nodes stay light, and not scaled with them.

import { type ReactNode, useSyncExternalStore } from 'react';
import { lazily } from '../ui/lazily';

export interface OpenPopup {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly content: ReactNode;
  readonly number: number;
}

let shown: OpenPopup | null = null;
let count = 0;
const watchers = new Set<() => void>();

function setShown(next: OpenPopup | null): void {
  shown = next;
  for (const watcher of watchers) watcher();
}

/** Open a sheet at an element; the same element again closes it. */
export function showPopup(anchor: HTMLElement, label: string, content: ReactNode): void {
  count += 1;
  setShown({ anchor, label, content, number: count });
}

export function closePopup(): void {
  setShown(null);
}

export function useIsPopupAt(anchor: { readonly current: HTMLElement | null }): boolean {
  return useSyncExternalStore(subscribe, () => shown !== null && shown.anchor === anchor.current);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function usePopup(): OpenPopup | null {
  return useSyncExternalStore(subscribe, () => shown);
}

export const PopupHost = lazily(
  () => import('./PopupView').then((module) => module.PopupView),
  () => usePopup() !== null,
);
