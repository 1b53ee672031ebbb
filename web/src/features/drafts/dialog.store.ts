// Whether the list of the server's drafts is open.

import { createStore } from 'zustand/vanilla';
import { closeToast } from '../../ui/Toast';

/** Of the message that leads to the list. */
export const NOTICE = 'drafts';

export const draftsDialog = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));

export function showDrafts(): void {
  closeToast(NOTICE);
  draftsDialog.setState({ isOpen: true });
}

export function closeDrafts(): void {
  draftsDialog.setState({ isOpen: false });
}
