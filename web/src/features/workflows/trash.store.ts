// Whether the dialog of deleted workflows is open.

import { createStore } from 'zustand/vanilla';

export const trash = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));

export function showTrash(): void {
  trash.setState({ isOpen: true });
}
