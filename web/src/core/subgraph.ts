// Subgraphs: what their instances look like (a node type made from the definition, with the widgets that it promotes),
// and the two nodes inside that stand for the outside, -10 for what comes in and -20 for what goes out.

import {
  type Catalog,
  displayName,
  type InputType,
  type NodeType,
  plainInput,
  plainType,
  widgetsOf,
} from './catalog';
import type { GraphDoc } from './doc';
import { type Layout, PITCH, readPoint } from './geometry';
import { type Graph, readId } from './graph';
import { asArray, asObject, asString, type Json, type JsonObject } from './json';
import { namedByKind } from './promoted';
import { type NodeShape, readType, shapeOf, typeNameOf } from './slots';
import type { NodeId, Scope } from './types';
import { valuesOf } from './values';

export const INLETS = '-10';
export const OUTLETS = '-20';

export function isBoundary(id: NodeId): boolean {
  return id === INLETS || id === OUTLETS;
}

interface Port {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}

/** What a definition takes or gives, in order. */
export function portsOf(graph: Graph, side: 'inputs' | 'outputs'): Port[] {
  return (asArray(graph.key(side)) ?? []).map((row) => {
    const record = asObject(row) ?? {};
    const name = asString(record['name']) ?? '';
    return { name, label: asString(record['label']) ?? name, type: readType(record['type']) };
  });
}

// -- from outside: node types of instances ------------------------------------------------------------------------------

/** The catalogue with a node type for every subgraph and group node of a document. */
export function withDefinitions(doc: GraphDoc, catalog: Catalog): Catalog {
  const scopes = [...doc.scopes].filter((scope) => scope !== '');
  const groups = Object.entries(asObject(asObject(doc.graph('').key('extra'))?.['groupNodes']) ?? {});
  if (scopes.length === 0 && groups.length === 0) return catalog;
  const all = new Map(catalog);
  const busy = new Set<Scope>();
  const add = (scope: Scope): void => {
    if (all.has(scope) || busy.has(scope)) return;
    busy.add(scope);
    const graph = doc.graph(scope);
    for (const node of graph.nodes.values()) if (doc.has(typeNameOf(node))) add(typeNameOf(node));
    all.set(scope, typeOf(doc, scope, all));
  };
  for (const scope of scopes) add(scope);
  for (const [name, body] of groups) {
    for (const prefix of ['workflow>', 'workflow/'])
      all.set(prefix + name, groupType(prefix + name, name, asObject(body ?? null) ?? {}, catalog));
  }
  return all;
}

function typeOf(doc: GraphDoc, scope: Scope, catalog: Catalog): NodeType {
  const graph = doc.graph(scope);
  const ports = portsOf(graph, 'inputs');
  const fed = new Map<number, InputType>();
  const leads = new Map<string, Port>();
  for (const link of graph.links.values()) {
    const port = link.from === INLETS ? ports[link.fromSlot] : undefined;
    const row = asObject(asArray(graph.nodes.get(link.to)?.['inputs'])?.[link.toSlot]);
    if (port === undefined || row?.['widget'] === undefined) continue;
    const name = asString(row['name']) ?? '';
    leads.set(`${link.to}:${name}`, port);
    if (fed.has(link.fromSlot)) continue;
    const found = widgetInside(graph, link.to, name, catalog);
    if (found !== null) fed.set(link.fromSlot, called(found, port));
  }
  const inputs = ports.map((port, index): InputType => {
    const inner = fed.get(index);
    if (inner !== undefined) return { ...inner, name: port.name, required: true };
    return called(plainInput(port.name, port.type), port);
  });
  const outputs = portsOf(graph, 'outputs').map((port) => ({
    ...{ name: port.name, label: port.label, type: port.type, is_list: false, tooltip: '' },
  }));
  const name = asString(graph.key('name') ?? null) ?? scope;
  return {
    ...plainType(scope, name, inputs, asString(graph.key('description') ?? null) ?? ''),
    outputs,
    promoted: (node, widget) => {
      const input = widgetInside(graph, node, widget, catalog);
      const port = leads.get(`${node}:${widget}`);
      if (input === null) return null;
      return { input: port === undefined ? input : called(input, port), port: port?.name ?? null };
    },
  };
}

/** An input under the label of the port that leads to it, and, where nobody knows its type, of the port's type. */
function called(input: InputType, port: Port): InputType {
  const type = input.isUnknown === true ? port.type : input.type;
  // A port that was never renamed is called as the widget is.
  const isOwn = port.label !== port.name || port.name !== input.name || displayName(input) === null;
  return isOwn
    ? { ...input, type, options: { ...input.options, display_name: port.label } }
    : { ...input, type };
}

/** The declaration of a widget of a node inside; its default is what it holds there. */
function widgetInside(graph: Graph, id: NodeId, name: string, catalog: Catalog): InputType | null {
  const node = graph.nodes.get(id);
  const type = node === undefined ? undefined : catalog.get(typeNameOf(node));
  if (node === undefined) return null;
  const declared = type === undefined ? undefined : widgetsOf(type).find((each) => each.name === name);
  if (type === undefined || declared === undefined) return unknownInside(node, name);
  const held = valuesOf(node, type).get(name);
  return held === undefined ? declared : { ...declared, has_default: true, default: held };
}

/** A widget of which only the file tells: its value, where the file has one under its name. */
function unknownInside(node: JsonObject, name: string): InputType {
  const row = (asArray(node['inputs']) ?? [])
    .map((each) => asObject(each))
    .find((each) => each?.['name'] === name);
  // A primitive node has one value, and no name for it.
  const held =
    typeNameOf(node) === 'PrimitiveNode' ? asArray(node['widgets_values'])?.[0] : namedByKind(node).get(name);
  const input = { ...plainInput(name, readType(row?.['type'])), is_widget: true, isUnknown: true as const };
  return held == null ? input : { ...input, has_default: true, default: held };
}

function groupType(type: string, name: string, body: JsonObject, catalog: Catalog): NodeType {
  const used = new Set<string>();
  const inputs = (asArray(body['nodes']) ?? []).flatMap((row) => {
    const node = asObject(row) ?? {};
    const known = catalog.get(typeNameOf(node));
    if (known === undefined) return [];
    const values = valuesOf(node, known);
    return widgetsOf(known).map((widget): InputType => {
      let own = widget.name;
      if (used.has(own)) own = `${asString(node['title']) ?? known.display_name} ${widget.name}`;
      for (let count = 2; used.has(own); count += 1) own = `${widget.name} ${count}`;
      used.add(own);
      const held = values.get(widget.name);
      return { ...widget, name: own, ...(held === undefined ? {} : { has_default: true, default: held }) };
    });
  });
  return plainType(type, name, inputs);
}

// -- from inside: the boundary ---------------------------------------------------------------------------------------

/** The boundary node of a definition as a record; null where the graph has none. */
export function boundaryNode(graph: Graph, id: NodeId): JsonObject | null {
  if (!isBoundary(id)) return null;
  const held = asObject(graph.key(id === INLETS ? 'inputNode' : 'outputNode') ?? null);
  if (held === null && graph.key('inputs') === undefined && graph.key('outputs') === undefined) return null;
  return held ?? { id: Number(id), bounding: [id === INLETS ? -200 : 1200, 0, 128, 68] };
}

/** Slots of a boundary node; the last one is empty, to link something new to. */
export function boundaryShape(graph: Graph, id: NodeId): NodeShape {
  const ports = [
    ...portsOf(graph, id === INLETS ? 'inputs' : 'outputs'),
    { name: '', label: '+', type: '*' },
  ];
  if (id === INLETS) {
    const outputs = ports.map((port, index) => ({ ...port, index, isList: false }));
    return { type: null, inputs: [], outputs, widgets: [] };
  }
  const into = new Map(
    [...graph.links.values()].filter((link) => link.to === OUTLETS).map((link) => [link.toSlot, link.id]),
  );
  const inputs = ports.map((port, index) => ({
    ...{ ...port, index, link: into.get(index) ?? null, isWidget: false, isOptional: true, isList: false },
  }));
  return { type: null, inputs, outputs: [], widgets: [] };
}

export function boundaryLayout(node: JsonObject, shape: NodeShape): Layout {
  const bounding = asArray(node['bounding']) ?? [];
  const at = readPoint(bounding.slice(0, 2)) ?? { x: 0, y: 0 };
  const size = readPoint(bounding.slice(2, 4)) ?? { x: 128, y: 68 };
  const rows = Math.max(shape.inputs.length, shape.outputs.length);
  const box = { ...at, w: Math.max(size.x, 100), h: Math.max(size.y, 28 + rows * PITCH) };
  const row = (index: number) => at.y + 24 + index * PITCH;
  return {
    ...{ body: box, box, isCollapsed: false, widgets: [], fold: null },
    inputs: shape.inputs.map((_, index) => ({ x: box.x + 14, y: row(index) })),
    outputs: shape.outputs.map((_, index) => ({ x: box.x + box.w - 14, y: row(index) })),
  };
}

/** What a node, or the boundary, shows. */
export function shapeIn(graph: Graph, id: NodeId, catalog: Catalog): NodeShape | null {
  const node = graph.nodes.get(id);
  if (node !== undefined) return shapeOf(node, catalog);
  return boundaryNode(graph, id) === null ? null : boundaryShape(graph, id);
}

/** A definition's port with a link more or less; a port that is not there yet is made. */
export function withPortLink(
  rows: readonly Json[],
  index: number,
  link: { readonly id: number | string; readonly isOn: boolean },
  made: { readonly name: string; readonly type: string; readonly id: string },
): readonly Json[] {
  const row = asObject(rows[index]);
  if (row === null)
    return link.isOn
      ? [...rows, { id: made.id, name: uniqueName(rows, made.name), type: made.type, linkIds: [link.id] }]
      : rows;
  const others = (asArray(row['linkIds']) ?? []).filter((each) => readId(each) !== String(link.id));
  const next = { ...row, linkIds: link.isOn ? [...others, link.id] : others };
  return rows.with(index, next);
}

function uniqueName(rows: readonly Json[], wanted: string): string {
  const taken = new Set(rows.map((row) => asString(asObject(row)?.['name'])));
  if (!taken.has(wanted)) return wanted;
  for (let count = 1; ; count += 1) if (!taken.has(`${wanted}_${count}`)) return `${wanted}_${count}`;
}
