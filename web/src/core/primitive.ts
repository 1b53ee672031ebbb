// A primitive node that gives nothing yet becomes, by its first link, the value of the widget that it is linked to.

import type { Catalog } from './catalog';
import type { Transaction } from './doc';
import { asArray, asObject, type Json, withKeys } from './json';
import { shapeOf, typeNameOf } from './slots';
import type { NodeId } from './types';

/** Values of these types have a control: what happens to them before each run. */
export const WITH_CONTROL: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'COMBO']);

/** What a primitive node keeps for a value of a type: the value, its control, and, for lists, a filter. */
export function primitiveValues(type: string, value: Json, control: Json = 'fixed'): Json[] {
  if (!WITH_CONTROL.has(type)) return [value];
  return type === 'COMBO' ? [value, control, ''] : [value, control];
}

/** Take over type, name and, where it holds none, the value of an input that is about to be linked. */
export function adoptWidget(
  tx: Transaction,
  primitive: NodeId,
  to: { readonly node: NodeId; readonly input: string },
  catalog: Catalog,
): void {
  const node = tx.graph.nodes.get(primitive);
  const target = tx.graph.nodes.get(to.node);
  if (node === undefined || target === undefined || typeNameOf(node) !== 'PrimitiveNode') return;
  const widget = shapeOf(target, catalog).widgets.find((each) => each.name === to.input);
  const rows = asArray(node['outputs']) ?? [];
  if (widget?.input == null) return;
  const { type } = widget.input;
  const output = withKeys(asObject(rows[0]) ?? { links: [] }, {
    name: type,
    type,
    widget: { name: to.input },
  });
  const held = asArray(node['widgets_values']) ?? [];
  tx.patch('node', primitive, {
    outputs: [output, ...rows.slice(1)],
    ...(held.length > 0 ? {} : { widgets_values: primitiveValues(type, widget.value) }),
  });
}

/** Values of a node whose type nobody knows, or which has none: by name or by place, as the file has them. */
export function withPlace(held: Json | undefined, name: string, value: Json): Json {
  const record = asObject(held);
  if (record !== null) return { ...record, [name]: value };
  const values = [...(asArray(held) ?? [])];
  values[Number(name)] = value;
  return values;
}
