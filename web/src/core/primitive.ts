// Primitive nodes: what they hold is a value of the input that they give it to, which says what it may be. One that gives
// nothing yet becomes, by its first link, the value of the widget that it is linked to.

import { type Catalog, type InputType, inputsByName, plainInput } from './catalog';
import type { Transaction } from './doc';
import { type Graph, readId } from './graph';
import { asArray, asObject, asString, type Json, type JsonObject, withKeys } from './json';
import { readType, shapeOf, typeNameOf } from './slots';
import type { Link, LinkId, NodeId, Patch } from './types';

/** Values of these types have a control: what happens to them before each run. */
export const WITH_CONTROL: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'COMBO']);

/** What a primitive node keeps for a value of a type: the value, its control, and, for lists, a filter. */
export function primitiveValues(type: string, value: Json, control: Json = 'fixed'): Json[] {
  if (!WITH_CONTROL.has(type)) return [value];
  return type === 'COMBO' ? [value, control, ''] : [value, control];
}

const PRIMITIVE = 'PrimitiveNode';
const MOST_REROUTES = 20;

/** The input that a primitive node gives its value to. Null for all other nodes, and where nobody knows. */
export function fedBy(graph: Graph, node: JsonObject, catalog: Catalog): InputType | null {
  if (typeNameOf(node) !== PRIMITIVE) return null;
  return targetOf(graph, node, catalog, 0) ?? writtenIn(asObject(asArray(node['outputs'])?.[0])?.['widget']);
}

function targetOf(graph: Graph, node: JsonObject, catalog: Catalog, hops: number): InputType | null {
  for (const id of asArray(asObject(asArray(node['outputs'])?.[0])?.['links']) ?? []) {
    const link = graph.links.get(readId(id) ?? '');
    const target = link === undefined ? undefined : graph.nodes.get(link.to);
    if (link === undefined || target === undefined) continue;
    const type = catalog.get(typeNameOf(target));
    const row = asObject(asArray(target['inputs'])?.[link.toSlot]);
    const name = asString(row?.['name']) ?? asString(asObject(row?.['widget'])?.['name']) ?? '';
    const isReroute = typeNameOf(target) === 'Reroute' && hops < MOST_REROUTES;
    const found = isReroute
      ? targetOf(graph, target, catalog, hops + 1)
      : type === undefined
        ? undefined
        : inputsByName(type).get(name);
    if (found != null) return found;
  }
  return null;
}

/** Primitive nodes whose value goes to another input after these changes of their graph, or to another type of node. */
export function giversIn(
  graph: Graph,
  patches: readonly Patch[],
  linksOf: (id: NodeId) => Iterable<LinkId>,
): ReadonlySet<NodeId> {
  const found = new Set<NodeId>();
  const add = (link: Link | null | undefined) => {
    const giver = link == null ? null : giverBehind(graph, link.from);
    if (giver !== null) found.add(giver);
  };
  for (const patch of patches) {
    if (patch.kind === 'link') for (const link of [patch.before, patch.after]) add(link);
    if (patch.kind !== 'node' || typeNameOf(patch.before ?? {}) === typeNameOf(patch.after ?? {})) continue;
    for (const id of linksOf(patch.id)) add(graph.links.get(id));
  }
  return found;
}

/** The primitive node that gives a node's outputs their value, through reroutes; null if none does. */
function giverBehind(graph: Graph, id: NodeId): NodeId | null {
  let at: NodeId | undefined = id;
  for (let hops = 0; at !== undefined && hops <= MOST_REROUTES; hops += 1) {
    const node: JsonObject = graph.nodes.get(at) ?? {};
    if (typeNameOf(node) === PRIMITIVE) return at;
    if (typeNameOf(node) !== 'Reroute') return null;
    at = graph.links.get(readId(asObject(asArray(node['inputs'])?.[0])?.['link']) ?? '')?.from;
  }
  return null;
}

/** What old files say beside the name of the widget: of a text, whether it has several lines. */
function writtenIn(widget: Json | undefined): InputType | null {
  const record = asObject(widget);
  const config = asArray(record?.['config']);
  const isText = config !== null && readType(config[0]) === 'STRING';
  if (!isText || asObject(config[1])?.['multiline'] !== true) return null;
  const name = asString(record?.['name']) ?? '';
  return { ...plainInput(name, 'STRING'), is_widget: true, multiline: true };
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
  if (node === undefined || target === undefined || typeNameOf(node) !== PRIMITIVE) return;
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
