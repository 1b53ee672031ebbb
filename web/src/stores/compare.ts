// Two pictures that are compared; null while none are.

import { createStore } from 'zustand/vanilla';
import type { AssetView } from '../api/types';

export interface Pair {
  readonly a: AssetView;
  readonly b: AssetView;
}

export const compare = createStore<{ readonly pair: Pair | null }>(() => ({ pair: null }));

/** The older one is A, wherever the two come from. */
export function openCompare(one: AssetView, other: AssetView): void {
  const [a, b] = one.created_at <= other.created_at ? [one, other] : [other, one];
  compare.setState({ pair: { a, b } });
}

export function closeCompare(): void {
  compare.setState({ pair: null });
}
