// What other parts show on nodes, below their widgets: previews, results. A part registers a component; it renders
// nothing for nodes that it has nothing for.

import type { FC } from 'react';
import type { NodeId } from '../../core/types';
import type { GraphView } from '../GraphView';

export interface ExtraProps {
  readonly view: GraphView;
  readonly node: NodeId;
  /** Height in graph units that is free below the widgets; less than 60: what is shown hangs below the node. */
  readonly room: number;
}

interface Extra {
  readonly id: string;
  readonly Component: FC<ExtraProps>;
}

let extras: readonly Extra[] = [];
const watchers = new Set<() => void>();

export function registerNodeExtra(extra: Extra): void {
  extras = [...extras.filter((each) => each.id !== extra.id), extra];
  for (const watcher of watchers) watcher();
}

export function watchExtras(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function nodeExtras(): readonly Extra[] {
  return extras;
}
