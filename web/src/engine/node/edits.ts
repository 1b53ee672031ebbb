// What fields on a node do to the document.

import { setControl, setValue } from '../../core/edit';
import { isUnfolded, wouldFold } from '../../core/fold';
import { asArray, asObject, type Json } from '../../core/json';
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
    `value:${id}:${name}`,
  );
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

/** Values of a node whose type nobody knows: by name or by place, as the file has them. */
function withPlace(held: Json | undefined, name: string, value: Json): Json {
  const record = asObject(held);
  if (record !== null) return { ...record, [name]: value };
  const values = [...(asArray(held) ?? [])];
  values[Number(name)] = value;
  return values;
}
