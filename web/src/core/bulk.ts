// Inputs that several nodes have in common, and setting one of them on all of these nodes at once.

import type { InputType } from './catalog';
import type { Transaction } from './doc';
import { setControl, setValue } from './edit';
import { isHidden, sameJson } from './fold';
import { type Json, type JsonObject, stringifyJson } from './json';
import { fitted, isNumeric } from './numbers';
import { withPlace } from './primitive';
import type { NodeShape, Widget } from './slots';
import type { NodeId } from './types';

export interface Inspected {
  readonly id: NodeId;
  readonly node: JsonObject;
  readonly shape: NodeShape;
  /** It holds a value for other nodes, and its widgets say what they take: it can be set, though its type is none. */
  readonly isShared?: boolean;
}

/** The widgets of the first node that every other one has, too, but for hidden ones. */
export function commonWidgets(found: readonly Inspected[]): readonly Widget[] {
  const [first, ...others] = found;
  return (first?.shape.widgets ?? []).filter(
    (widget) => !isHidden(widget) && others.every(({ shape }) => twinOf(shape, widget) !== null),
  );
}

/** The widget of a node that means the same as another node's. */
export function twinOf(shape: NodeShape, widget: Widget): Widget | null {
  return (
    shape.widgets.find(
      (each) => each.name === widget.name && each.input !== null && meansSame(each.input, widget.input),
    ) ?? (shape.type === null ? (shape.widgets.find((each) => each === widget) ?? null) : null)
  );
}

function meansSame(one: InputType, other: InputType | null): boolean {
  if (other === null || one.type !== other.type) return false;
  if (one.type !== 'COMBO' || one === other) return true;
  if (one.choices_from !== null || other.choices_from !== null)
    return one.choices_from === other.choices_from;
  return stringifyJson([...(one.choices ?? [])]) === stringifyJson([...(other.choices ?? [])]);
}

export function isLinked(shape: NodeShape, name: string): boolean {
  return shape.inputs.some((slot) => slot.name === name && slot.link !== null);
}

/** Whether those nodes that take the value by themselves differ in it. */
export function isMixed(found: readonly Inspected[], widget: Widget): boolean {
  const values = found.flatMap(({ shape }) =>
    isLinked(shape, widget.name) ? [] : [twinOf(shape, widget)?.value ?? null],
  );
  return values.some((value) => !sameJson(value, values[0] ?? null));
}

/** Set an input on all nodes: within the range of each; what comes over a link stays as it is. */
export function setForAll(
  tx: Transaction,
  found: readonly Inspected[],
  name: string,
  value: Json,
  part: 'value' | 'control' = 'value',
): void {
  for (const { id, node, shape, isShared } of found) {
    const { type } = shape;
    const input = shape.widgets.find((each) => each.name === name)?.input ?? null;
    const own = found.length > 1 && isNumeric(value) ? fitted(value, input) : value;
    if (isShared === true)
      tx.patch('node', id, { widgets_values: withPlace(node['widgets_values'], name, own) });
    if (type === null || (found.length > 1 && isLinked(shape, name))) continue;
    if (part === 'control') {
      setControl(tx, id, type, name, value);
      continue;
    }
    setValue(tx, id, type, name, own);
  }
}
