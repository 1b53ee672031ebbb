// Which of the graph's own helpers are on the screen: the small picture of the whole, kept in this browser, and the search
// within the workflow.

import { createStore } from 'zustand/vanilla';

interface Shown {
  readonly isOpen: boolean;
}

const KEY = 'skein.minimap';

export const finder = createStore<Shown>(() => ({ isOpen: false }));
export const minimap = createStore<Shown>(() => ({ isOpen: localStorage.getItem(KEY) === 'open' }));

export function toggleMinimap(): void {
  minimap.setState(({ isOpen }) => ({ isOpen: !isOpen }));
  localStorage.setItem(KEY, minimap.getState().isOpen ? 'open' : 'closed');
}
