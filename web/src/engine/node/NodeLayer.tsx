// The nodes that have an element, rendered into the layer that moves and scales with the view.

import { useSyncExternalStore } from 'react';
import type { GraphView } from '../GraphView';
import { NodeView } from './NodeView';

export function NodeLayer({ view }: { readonly view: GraphView }) {
  const ids = useSyncExternalStore(view.mounts.subscribe, view.mounts.getSnapshot);
  return ids.map((id) => <NodeView key={id} view={view} id={id} />);
}
