// The inputs and outputs of a subgraph's definition: renamed, put in another order, taken away. All instances follow:
// their slots, their links, and the values that they hold by place.

import type { Catalog, InputType, NodeType } from './catalog';
import { hasControl, plainInput, plainType, widgetsOf } from './catalog';
import type { GraphDoc, Keeper, Transaction } from './doc';
import { unlink } from './edit';
import { type Graph, rewire } from './graph';
import { asArray, asObject, asString, isObject, type Json, type JsonObject, withKeys } from './json';
import { typeNameOf } from './slots';
import { INLETS, OUTLETS, portsOf } from './subgraph';
import type { NodeId, Scope } from './types';
import { controlsOf, valuesOf } from './values';

export type PortSide = 'inputs' | 'outputs';

/** Give a port another label; an empty one is its name. Its name stays what files know it by. */
export function renamePort(tx: Transaction, side: PortSide, index: number, label: string): void {
  const rows = asArray(tx.graph.key(side)) ?? [];
  const row = asObject(rows[index]);
  const port = portsOf(tx.graph, side)[index];
  if (row === null || port === undefined) return;
  const next = label === '' || label === port.name ? undefined : label;
  tx.put('key', side, rows.with(index, withKeys(row, { label: next })));
  forInstances(tx, (outer, id, node) => {
    const slots = asArray(node[side]) ?? [];
    const own = side === 'inputs' ? slots.findIndex((slot) => nameOf(slot) === port.name) : index;
    const slot = asObject(slots[own]);
    if (slot !== null) outer.patch('node', id, { [side]: slots.with(own, withKeys(slot, { label: next })) });
  });
}

/** Put a port at another place. */
export function movePort(tx: Transaction, side: PortSide, from: number, to: number): void {
  const rows = [...(asArray(tx.graph.key(side)) ?? [])];
  const [moved] = rows.splice(from, 1);
  if (moved === undefined || to < 0 || to > rows.length || from === to) return;
  rows.splice(to, 0, moved);
  const order = rows.map((_, index) => index);
  order.splice(from, 1);
  order.splice(to, 0, from);
  /** Where each place went. */
  const places = new Map(
    order.map((old, index) => [index, old] as const).map(([index, old]) => [old, index]),
  );
  tx.put('key', side, rows);
  shiftInside(tx, side, (slot) => places.get(slot) ?? slot);
  const names = portsOf(tx.graph, side).map((port) => port.name);
  forInstances(tx, (outer, id, node) => {
    const slots = asArray(node[side]) ?? [];
    const wanted = (slot: Json, index: number) => {
      if (side === 'outputs') return places.get(index) ?? index;
      const place = names.indexOf(nameOf(slot));
      return place < 0 ? names.length + index : place;
    };
    const sorted = slots
      .map((slot, index) => ({ slot, index, wanted: wanted(slot, index) }))
      .sort((one, other) => one.wanted - other.wanted);
    // An output that the file does not list stands where the definition has it.
    const isSparse = side === 'outputs' && sorted.some((each, place) => each.wanted !== place);
    const listed = isSparse ? filledOutputs(tx.graph, sorted) : sorted.map(({ slot }) => slot);
    const now = new Map(sorted.map((each, place) => [each.index, isSparse ? each.wanted : place]));
    outer.patch('node', id, { [side]: listed });
    shiftOutside(outer, side, id, (slot) => now.get(slot) ?? slot);
  });
}

function filledOutputs(
  graph: Graph,
  sorted: readonly { readonly slot: Json; readonly wanted: number }[],
): Json[] {
  const known = new Map(sorted.map(({ slot, wanted }) => [wanted, slot]));
  const last = Math.max(-1, ...known.keys());
  return portsOf(graph, 'outputs')
    .slice(0, last + 1)
    .map((port, index) => known.get(index) ?? { name: port.name, type: port.type, links: [] });
}

/** Take a port away, with its links inside and outside. */
export function removePort(tx: Transaction, side: PortSide, index: number): void {
  const rows = asArray(tx.graph.key(side)) ?? [];
  const port = portsOf(tx.graph, side)[index];
  if (port === undefined) return;
  for (const link of [...tx.graph.links.values()]) {
    const slot =
      side === 'inputs'
        ? link.from === INLETS
          ? link.fromSlot
          : -1
        : link.to === OUTLETS
          ? link.toSlot
          : -1;
    if (slot === index) unlink(tx, link.id);
  }
  const left = asArray(tx.graph.key(side)) ?? rows;
  tx.put('key', side, [...left.slice(0, index), ...left.slice(index + 1)]);
  shiftInside(tx, side, (slot) => (slot > index ? slot - 1 : slot));
  forInstances(tx, (outer, id, before) => {
    const slots = asArray(before[side]) ?? [];
    const own = side === 'inputs' ? slots.findIndex((slot) => nameOf(slot) === port.name) : index;
    if (own < 0 || own >= slots.length) return;
    for (const link of [...outer.graph.links.values()]) {
      const isHere =
        side === 'inputs' ? link.to === id && link.toSlot === own : link.from === id && link.fromSlot === own;
      if (isHere) unlink(outer, link.id);
    }
    const now = asArray(outer.graph.nodes.get(id)?.[side]) ?? [];
    outer.patch('node', id, { [side]: [...now.slice(0, own), ...now.slice(own + 1)] });
    shiftOutside(outer, side, id, (slot) => (slot > own ? slot - 1 : slot));
  });
}

function nameOf(row: Json | undefined): string {
  return asString(asObject(row)?.['name']) ?? '';
}

/** Links at the border, seen from inside. */
function shiftInside(tx: Transaction, side: PortSide, place: (slot: number) => number): void {
  for (const link of [...tx.graph.links.values()]) {
    if (side === 'inputs' && link.from === INLETS && place(link.fromSlot) !== link.fromSlot)
      tx.put('link', link.id, rewire(link, { fromSlot: place(link.fromSlot) }));
    if (side === 'outputs' && link.to === OUTLETS && place(link.toSlot) !== link.toSlot)
      tx.put('link', link.id, rewire(link, { toSlot: place(link.toSlot) }));
  }
}

/** Links at one instance. */
function shiftOutside(tx: Transaction, side: PortSide, id: NodeId, place: (slot: number) => number): void {
  for (const link of [...tx.graph.links.values()]) {
    if (side === 'inputs' && link.to === id && place(link.toSlot) !== link.toSlot)
      tx.put('link', link.id, rewire(link, { toSlot: place(link.toSlot) }));
    if (side === 'outputs' && link.from === id && place(link.fromSlot) !== link.fromSlot)
      tx.put('link', link.id, rewire(link, { fromSlot: place(link.fromSlot) }));
  }
}

function forInstances(
  tx: Transaction,
  change: (outer: Transaction, id: NodeId, node: JsonObject) => void,
): void {
  for (const scope of [...tx.doc.scopes]) {
    const outer = tx.in(scope);
    for (const [id, node] of [...outer.graph.nodes])
      if (typeNameOf(node) === tx.scope) change(outer, id, node);
  }
}

// -- what instances hold by place --------------------------------------------------------------------------------------

interface Promoted {
  readonly port: string;
  readonly node: JsonObject;
  readonly widget: string;
}

/** The ports that lead to a widget, in order, each with the widget that it stands for. */
function promotedBy(graph: Graph): readonly Promoted[] {
  const fed = new Map<number, Promoted>();
  const ports = portsOf(graph, 'inputs');
  for (const link of graph.links.values()) {
    if (link.from !== INLETS || fed.has(link.fromSlot)) continue;
    const node = graph.nodes.get(link.to);
    const row = asObject(asArray(node?.['inputs'])?.[link.toSlot]);
    const port = ports[link.fromSlot]?.name;
    if (node === undefined || port === undefined || row?.['widget'] === undefined) continue;
    fed.set(link.fromSlot, { port, node, widget: nameOf(row) });
  }
  return ports.flatMap((_, index) => fed.get(index) ?? []);
}

/**
 * Values of instances stand by place. Whatever changes which inputs of a definition lead to widgets (a link more or
 * less, a node inside that goes) gives all of them their places anew.
 */
export function instanceKeeper(catalogOf: (doc: GraphDoc) => Catalog): Keeper<readonly Promoted[] | null> {
  return {
    look: (doc, scope) => (scope === '' ? null : promotedBy(doc.graph(scope))),
    complete: (tx, before) => {
      if (before === null || !tx.doc.has(tx.scope)) return;
      const after = promotedBy(tx.graph);
      const isSame =
        after.length === before.length && after.every((each, index) => each.port === before[index]?.port);
      if (isSame) return;
      const catalog = catalogOf(tx.doc);
      const [old, next] = [typeFrom(tx.scope, before, catalog), typeFrom(tx.scope, after, catalog)];
      forInstances(tx, (outer, id, node) => {
        const values = replaced(node, old, next);
        if (values !== null) outer.patch('node', id, { widgets_values: values });
      });
    },
  };
}

/** Enough of an instance's type to read the values that it holds. */
function typeFrom(scope: Scope, promoted: readonly Promoted[], catalog: Catalog): NodeType {
  const inputs = promoted.flatMap(({ port, node, widget }): InputType[] => {
    const declared = catalog.get(typeNameOf(node))?.inputs.find((each) => each.name === widget);
    return [
      declared === undefined
        ? { ...plainInput(port, '*'), required: true, is_widget: true }
        : { ...declared, name: port, required: true },
    ];
  });
  return plainType(scope, '', inputs);
}

/** The values at their new places; null where they need none. What is not held stays so: the inside has it. */
function replaced(node: JsonObject, old: NodeType, next: NodeType): Json | null {
  const held = asArray(node['widgets_values']);
  const proxies = asObject(node['properties'])?.['proxyWidgets'];
  if (held === null || held.length === 0 || (Array.isArray(proxies) && proxies.length > 0)) return null;
  const [values, controls] = [valuesOf(node, old), controlsOf(node, old)];
  const rows = widgetsOf(next).flatMap((widget): Json[] => {
    const value = values.get(widget.name) ?? null;
    const control = controls.get(widget.name);
    return value !== null && hasControl(widget) && control !== undefined ? [value, control] : [value];
  });
  while (rows.at(-1) === null) rows.pop();
  return isObject(node['widgets_values']) ? null : rows;
}
