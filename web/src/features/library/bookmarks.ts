// Node types that the user marked, kept in this browser.

import { createStore } from 'zustand/vanilla';

const KEY = 'skein.bookmarks';

export const bookmarks = createStore<{ readonly types: readonly string[] }>(() => ({ types: read() }));

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each): each is string => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

export function toggleBookmark(type: string): void {
  const { types } = bookmarks.getState();
  const next = types.includes(type) ? types.filter((each) => each !== type) : [...types, type];
  bookmarks.setState({ types: next });
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage they last as long as the page.
  }
}
