// What fields on a node do to the document.

import { resizeNode, setControl, setValue } from '../../core/edit';
import { isUnfolded, wouldFold } from '../../core/fold';
import { isPinned } from '../../core/geometry';
import type { Json } from '../../core/json';
import { withPlace } from '../../core/primitive';
import { sizeForText } from '../../core/texts';
import type { NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import type { GraphView } from '../GraphView';

/** Set a widget's value; what is typed without a pause is one step. */
export function editValue(view: GraphView, id: NodeId, name: string, value: Json): void {
  const node = view.scene?.graph.nodes.get(id);
  if (node === undefined) return;
  const type = view.scene?.shape(id)?.type ?? null;
  view.doc?.edit(
    'change value',
    view.scope,
    (tx) => {
      if (type !== null) {
        setValue(tx, id, type, name, value);
        // What is being edited does not fold away under the hand, even if it is the default again.
        const input = type.inputs.find((each) => each.name === name);
        if (input !== undefined && !isUnfolded(node) && wouldFold(input, value))
          tx.patch('node', id, { showAdvanced: true });
      } else tx.patch('node', id, { widgets_values: withPlace(node['widgets_values'], name, value) });
    },
    valueGesture(id, name),
  );
}

/** Take back what was done to a widget's value since the steps were sealed. */
export function abandonValue(view: GraphView, id: NodeId, name: string): void {
  view.doc?.abandon(valueGesture(id, name));
}

function valueGesture(id: NodeId, name: string): string {
  return `value:${id}:${name}`;
}

interface TextDrag {
  /** What the node's height is a multiple of. */
  readonly unit?: number;
  /** Edits of one gesture are one step, if they follow each other within so many milliseconds. */
  readonly gesture: string;
  readonly within?: number;
}

/** Have a text of a node end at `y`, by the height of the node: nothing else of the file changes. */
export function editTextEdge(view: GraphView, id: NodeId, name: string, y: number, how: TextDrag): void {
  const [node, layout] = [view.scene?.node(id), view.scene?.layout(id)];
  if (node === undefined || layout === undefined || isPinned(node)) return;
  const size = sizeForText(node, layout, name, y, how.unit);
  if (size === null || size.y === layout.body.h) return;
  view.doc?.edit('resize', view.scope, (tx) => resizeNode(tx, id, size), how.gesture, how.within);
}

/** Show what is rarely needed on nodes, or fold it away. */
export function editFold(view: GraphView, ids: Iterable<NodeId>, unfolds: boolean): void {
  view.doc?.edit(t(unfolds ? 'node.unfold' : 'node.foldUp'), view.scope, (tx) => {
    for (const id of ids) tx.patch('node', id, { showAdvanced: unfolds });
  });
}

export function editControl(view: GraphView, id: NodeId, name: string, control: string): void {
  const type = view.scene?.shape(id)?.type;
  if (type == null) return;
  view.doc?.edit('change seed control', view.scope, (tx) => setControl(tx, id, type, name, control));
}
