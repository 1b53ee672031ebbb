// What somebody wants to read about: a node of the graph on the screen, or one of its slots. Whoever has the page of it
// shows that (features/inspector).

import { createStore } from 'zustand/vanilla';
import type { NodeId } from '../core/types';

export interface HelpSubject {
  readonly node: NodeId;
  /** The slot or value of it; null for the node itself. */
  readonly slot: { readonly side: 'input' | 'output'; readonly name: string } | null;
}

export const help = createStore<{ readonly wanted: HelpSubject | null }>(() => ({ wanted: null }));

/** The same again brings it into sight again. */
export function wantHelp(wanted: HelpSubject | null): void {
  help.setState({ wanted: wanted === null ? null : { ...wanted } });
}
