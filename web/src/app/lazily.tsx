// For parts of the application: see `ui/lazily`.

import { useStore } from 'zustand';
import { tabs } from '../stores/tabs';

export { later, lazily, loadRest } from '../ui/lazily';

/** For what is nothing without a workflow: layers over the canvas. */
export function useHasTab(): boolean {
  return useStore(tabs, (state) => state.active !== null);
}
