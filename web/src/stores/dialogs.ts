// Which of the application's own dialogs is open: one at a time.

import { createStore } from 'zustand/vanilla';

export type DialogName = 'palette' | 'shortcuts' | 'settings' | 'about';

export const dialogs = createStore<{ readonly open: DialogName | null }>(() => ({ open: null }));

export function openDialog(open: DialogName): void {
  dialogs.setState({ open });
}

export function closeDialog(): void {
  dialogs.setState({ open: null });
}
