// Whose inputs and outputs are shown in their dialog.

import { createStore } from 'zustand/vanilla';
import type { Scope } from '../../core/types';

export const shownPorts = createStore<{ readonly scope: Scope | null }>(() => ({ scope: null }));

export function showPorts(scope: Scope): void {
  shownPorts.setState({ scope });
}
