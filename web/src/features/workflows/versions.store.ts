// Whose versions are shown.

import { createStore } from 'zustand/vanilla';

export const shownVersions = createStore<{ readonly name: string | null }>(() => ({ name: null }));

export function showVersions(name: string | null): void {
  shownVersions.setState({ name: name === '' ? null : name });
}
