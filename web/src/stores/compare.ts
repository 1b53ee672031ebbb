// Two pictures that are compared; null while none are.

import { createStore } from 'zustand/vanilla';
import type { AssetView } from '../api/types';
import { type Picture, toPicture } from './pictures';

export interface Pair {
  readonly a: Picture;
  readonly b: Picture;
}

export const compare = createStore<{ readonly pair: Pair | null }>(() => ({ pair: null }));

/** The older one is A, wherever the two come from. */
export function openCompare(one: Picture | AssetView, other: Picture | AssetView): void {
  const [first, second] = [toPicture(one), toPicture(other)];
  const [a, b] = first.at <= second.at ? [first, second] : [second, first];
  compare.setState({ pair: { a, b } });
}

export function closeCompare(): void {
  compare.setState({ pair: null });
}
