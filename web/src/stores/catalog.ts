// Node types, as the server offers them now.

import { createStore } from 'zustand/vanilla';
import { call } from '../api/call';
import { wordsOf } from '../api/client';
import type { Catalog, NodeType } from '../core/catalog';
import { withCanvasTypes } from '../core/virtual';

export interface CatalogState {
  readonly types: Catalog;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly error: string;
}

export const catalog = createStore<CatalogState>(() => ({ types: new Map(), state: 'loading', error: '' }));

/** Ask for them again: after a start, after the server came back, when files were added (R). */
export async function loadCatalog(): Promise<void> {
  try {
    // What the server sends is what `core` counts on: the compiler compares them here.
    const nodes: readonly NodeType[] = (await call('GET /api/v1/nodes')).nodes;
    catalog.setState({
      types: withCanvasTypes(new Map(nodes.map((type) => [type.type, type]))),
      state: 'ready',
      error: '',
    });
  } catch (error) {
    catalog.setState((state) => ({
      state: state.types.size > 0 ? 'ready' : 'failed',
      error: wordsOf(error),
    }));
    throw error;
  }
}
