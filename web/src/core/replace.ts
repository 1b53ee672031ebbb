// Another type in the place of a node; a converter between two sockets.

import type { Catalog, NodeType } from './catalog';
import type { Transaction } from './doc';
import { addNode, connect, type InEnd, type OutEnd, setControl, setValue, slotName, unlink } from './edit';
import { positionOf } from './geometry';
import { numeric } from './graph';
import { type Json, type JsonObject, withKeys } from './json';
import { shapeOf } from './slots';
import { type Adapter, typesFit } from './typecheck';
import type { NodeId, Point } from './types';
import { controlsOf } from './values';

const KEPT = ['color', 'bgcolor', 'flags', 'mode', 'order', 'title', 'shape'] as const;

/** Make a node one of another type. Links that fit stay, by name first; values of the same name stay where they fit. */
export function replaceNode(tx: Transaction, id: NodeId, type: NodeType, catalog: Catalog): void {
  const node = tx.graph.nodes.get(id);
  if (node === undefined) return;
  const before = shapeOf(node, catalog);
  const controls = before.type === null ? new Map<string, Json>() : controlsOf(node, before.type);
  const links = [...tx.graph.links.values()];
  const incoming = links.filter((link) => link.to === id);
  const outgoing = links.filter((link) => link.from === id);
  const names = new Map(incoming.map((link) => [link.id, slotName(node, link.toSlot)]));
  for (const link of [...incoming, ...outgoing]) unlink(tx, link.id);
  const made = addNode(tx, type, positionOf(node));
  const fresh = tx.graph.nodes.get(made) ?? {};
  tx.put('node', made, null);
  const kept: JsonObject = Object.fromEntries(
    KEPT.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]] as const])),
  );
  tx.put('node', id, withKeys(fresh, { ...kept, id: numeric(id), pos: node['pos'] }));
  for (const widget of before.widgets) {
    const own = type.inputs.find((input) => input.is_widget && input.name === widget.name);
    const fits = own !== undefined && (widget.input === null || widget.input.type === own.type);
    if (fits && (own.choices === null || own.choices.includes(widget.value)))
      setValue(tx, id, type, widget.name, widget.value);
    const control = controls.get(widget.name);
    if (fits && control !== undefined) setControl(tx, id, type, widget.name, control);
  }
  const taken = new Set<string>();
  for (const link of incoming) {
    const fitting = type.inputs.filter((input) => typesFit(link.type, input.type) && !taken.has(input.name));
    const input =
      fitting.find((each) => each.name === names.get(link.id)) ?? fitting.find((each) => !each.is_widget);
    if (input === undefined) continue;
    taken.add(input.name);
    connect(tx, { node: link.from, slot: link.fromSlot }, { node: id, input: input.name }, catalog);
  }
  for (const link of outgoing) {
    const target = tx.graph.nodes.get(link.to);
    const name = target === undefined ? null : slotName(target, link.toSlot);
    const wanted = before.outputs[link.fromSlot];
    const fitting = [...type.outputs.entries()].filter(([, output]) => typesFit(output.type, link.type));
    const found =
      fitting.find(([, output]) => output.name === wanted?.name) ??
      fitting.find(([place]) => place === link.fromSlot) ??
      fitting[0];
    if (name === null || found === undefined) continue;
    connect(tx, { node: id, slot: found[0] }, { node: link.to, input: name }, catalog);
  }
}

/** Put a converter between an output and an input; what else it needs comes from the nearest node that gives it. */
export function insertAdapter(
  tx: Transaction,
  adapter: Adapter,
  from: OutEnd,
  to: InEnd,
  catalog: Catalog,
): NodeId {
  const [source, target] = [tx.graph.nodes.get(from.node) ?? {}, tx.graph.nodes.get(to.node) ?? {}];
  const [a, b] = [positionOf(source), positionOf(target)];
  const at = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const id = addNode(tx, adapter.type, at);
  for (const input of adapter.type.inputs) {
    if (!input.required || input.is_widget || input.name === adapter.input) continue;
    const giver = nearestGiver(tx, input.type, at, id, catalog);
    if (giver !== null) connect(tx, giver, { node: id, input: input.name }, catalog);
  }
  connect(tx, from, { node: id, input: adapter.input }, catalog);
  connect(tx, { node: id, slot: adapter.output }, to, catalog);
  return id;
}

/** The output of a type nearest to a point. */
export function nearestGiver(
  tx: Pick<Transaction, 'graph'>,
  type: string,
  at: Point,
  except: NodeId,
  catalog: Catalog,
): OutEnd | null {
  let [best, least]: [OutEnd | null, number] = [null, Number.POSITIVE_INFINITY];
  for (const [id, node] of tx.graph.nodes) {
    if (id === except) continue;
    const slot = shapeOf(node, catalog).outputs.findIndex((output) => output.type === type);
    const place = positionOf(node);
    const distance = Math.hypot(place.x - at.x, place.y - at.y);
    if (slot >= 0 && distance < least) [best, least] = [{ node: id, slot }, distance];
  }
  return best;
}
