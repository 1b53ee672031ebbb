// Whether the search for nodes is open, where, and what for; how often each type was added.

import { createStore } from 'zustand/vanilla';
import type { NodeId, Point } from '../../core/types';
import type { OpenLink } from '../../engine/GraphView';
import { keep, keptRows } from '../../stores/kept';

export interface SearchState {
  readonly isOpen: boolean;
  /** Where the node goes, in the graph; null: beside the node that keys mean. */
  readonly at: Point | null;
  /** Where the panel stands, in the canvas. */
  readonly screen: Point;
  readonly link: OpenLink | null;
  /** A node whose type is to be replaced. */
  readonly replaces: NodeId | null;
  readonly query: string;
}

const CLOSED: SearchState = {
  isOpen: false,
  at: { x: 0, y: 0 },
  screen: { x: 0, y: 0 },
  link: null,
  replaces: null,
  query: '',
};

export const search = createStore<SearchState>(() => CLOSED);

export function openSearch(state: Partial<SearchState>): void {
  search.setState({ ...CLOSED, ...state, isOpen: true });
}

export function closeSearch(): void {
  search.setState(CLOSED);
}

const KEY = 'skein.nodeUse';
let uses = new Map(keptRows<number>(KEY));

export function usesOf(): ReadonlyMap<string, number> {
  return uses;
}

export function countUse(type: string): void {
  uses = new Map([...uses, [type, (uses.get(type) ?? 0) + 1] as const].slice(-500));
  keep(KEY, [...uses]);
}
