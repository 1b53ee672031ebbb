// Which of the graph's own helpers are on the screen: the small picture of the whole, kept in this browser, and the search
// within the workflow.

import { createStore } from 'zustand/vanilla';
import { keepTyped } from '../../app/early';

interface Shown {
  readonly isOpen: boolean;
}

const KEY = 'skein.minimap';

export const finder = createStore<Shown>(() => ({ isOpen: false }));
export const minimap = createStore<Shown>(() => ({ isOpen: localStorage.getItem(KEY) === 'open' }));

export function openFinder(): void {
  if (finder.getState().isOpen) return;
  finder.setState({ isOpen: true });
  keepTyped(closeFinder);
}

export function closeFinder(): void {
  finder.setState({ isOpen: false });
}

export function toggleMinimap(): void {
  minimap.setState(({ isOpen }) => ({ isOpen: !isOpen }));
  localStorage.setItem(KEY, minimap.getState().isOpen ? 'open' : 'closed');
}
