// Shared values: a node that holds one value for several inputs. In files it is the primitive node that programs of this
// kind know: an output that names the widget it stands for, the value, and what happens to it before each run.

import type { Catalog } from './catalog';
import type { Transaction } from './doc';
import { connect, nextNodeId } from './edit';
import { positionOf } from './geometry';
import { numeric } from './graph';
import { asArray, asObject, asString, type Json } from './json';
import { primitiveValues } from './primitive';
import { shapeOf, typeNameOf, type Widget } from './slots';
import { typesFit } from './typecheck';
import type { NodeId } from './types';
import { controlsOf } from './values';

export const PRIMITIVE = 'PrimitiveNode';
const APART = 280;
const TEXT_HEIGHT = 140;

/** A widget whose value can be shared: its type is known, and no link gives it a value. */
function shareable(
  tx: Pick<Transaction, 'graph'>,
  id: NodeId,
  name: string,
  catalog: Catalog,
): Widget | null {
  const node = tx.graph.nodes.get(id);
  if (node === undefined || typeNameOf(node) === PRIMITIVE) return null;
  const shape = shapeOf(node, catalog);
  const slot = shape.inputs.find((each) => each.name === name);
  const widget = shape.widgets.find((each) => each.name === name);
  return widget?.input == null || slot === undefined || slot.link !== null ? null : widget;
}

/**
 * Make a node of the value of a widget, and lead it to that input of every node that has it.
 *
 * Returns the new node; null if the value cannot be shared.
 */
export function shareValue(
  tx: Transaction,
  ids: readonly NodeId[],
  name: string,
  catalog: Catalog,
): NodeId | null {
  const owners = ids.filter((id) => shareable(tx, id, name, catalog) !== null);
  const [first] = owners;
  const widget = first === undefined ? null : shareable(tx, first, name, catalog);
  const node = first === undefined ? undefined : tx.graph.nodes.get(first);
  if (first === undefined || node === undefined || widget?.input == null) return null;
  const { type } = widget.input;
  const declared = catalog.get(typeNameOf(node));
  const control = declared === undefined ? undefined : controlsOf(node, declared).get(name);
  const values = primitiveValues(type, widget.value, control);
  const at = positionOf(node);
  const id = nextNodeId(tx);
  tx.put('node', id, {
    ...{
      id: numeric(id),
      type: PRIMITIVE,
      pos: [at.x - APART, at.y],
      size: [210, widget.input.multiline ? TEXT_HEIGHT : values.length > 1 ? 82 : 58],
    },
    ...{ flags: {}, order: tx.graph.nodes.size, mode: 0, inputs: [] },
    outputs: [{ name: type, type, widget: { name }, links: [] }],
    ...{ title: widget.label, properties: { 'Run widget replace on values': false }, widgets_values: values },
  });
  for (const owner of owners) joinValue(tx, id, owner, name, catalog);
  return id;
}

/** Lead a shared value to one more input; false if it does not fit. */
export function joinValue(
  tx: Transaction,
  shared: NodeId,
  id: NodeId,
  name: string,
  catalog: Catalog,
): boolean {
  return typeof connect(tx, { node: shared, slot: 0 }, { node: id, input: name }, catalog) === 'string';
}

/** The shared values of a graph that an input of this type could take, with their titles and what they hold. */
export function sharedValues(
  tx: Pick<Transaction, 'graph'>,
  type: string,
): { readonly id: NodeId; readonly title: string; readonly value: Json }[] {
  return [...tx.graph.nodes].flatMap(([id, node]) => {
    if (typeNameOf(node) !== PRIMITIVE) return [];
    const output = asObject(asArray(node['outputs'])?.[0]);
    const given = asString(output?.['type']);
    if (given === null || given === '*' || !typesFit(given, type)) return [];
    const title = asString(node['title']) ?? asString(asObject(output?.['widget'])?.['name']) ?? given;
    return [{ id, title, value: asArray(node['widgets_values'])?.[0] ?? null }];
  });
}
