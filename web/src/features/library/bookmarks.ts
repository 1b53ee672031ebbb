// Node types that the user marked, kept in this browser.

import { createStore } from 'zustand/vanilla';
import { keep, keptWords } from '../../stores/kept';

const KEY = 'skein.bookmarks';

export const bookmarks = createStore<{ readonly types: readonly string[] }>(() => ({
  types: keptWords(KEY),
}));

export function toggleBookmark(type: string): void {
  const { types } = bookmarks.getState();
  const next = types.includes(type) ? types.filter((each) => each !== type) : [...types, type];
  bookmarks.setState({ types: next });
  keep(KEY, next);
}
