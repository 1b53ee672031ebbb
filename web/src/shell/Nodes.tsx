// The nodes of the canvas as elements, with their fields: a file of its own, as the start page has none.

import { view } from '../app/view';
import { NodeLayer } from '../engine/node/NodeLayer';
// Their lists must be there when they are opened: who types at once types into them.
import '../widgets/PopupView';

export function Nodes() {
  return <NodeLayer view={view} />;
}
