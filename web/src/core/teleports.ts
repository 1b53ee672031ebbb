// Teleports: links without a line. What one node sets under a name others get (Set/Get nodes), and what use-everywhere nodes
// hand to inputs that are not linked; people call those that they make themselves links by name. Read as the server reads
// them (`engine/graph/canvas_links.py`).

import type { Catalog } from './catalog';
import type { GraphDoc, Transaction } from './doc';
import { connect, nextNodeId, unlink } from './edit';
import { handedOut } from './everywhere';
import { readPoint } from './geometry';
import { type Graph, numeric, readId } from './graph';
import { asArray, asObject, asString, type JsonObject } from './json';
import { typeNameOf } from './slots';
import type { Link, NodeId, Point, Scope } from './types';

const SETTERS: ReadonlySet<string> = new Set(['SetNode', 'easy setNode']);
const GETTERS: ReadonlySet<string> = new Set(['GetNode', 'easy getNode']);

export interface Teleport {
  readonly kind: 'name' | 'everywhere';
  /** What it is called; empty for `everywhere`. */
  readonly name: string;
  readonly type: string;
  /** The node that sets it, or the one whose output it is. */
  readonly from: NodeId;
  readonly fromSlot: number;
  /** The node that gets it. */
  readonly to: NodeId;
  /** Place in the file's `inputs` for `everywhere`; of a getter its output. */
  readonly toSlot: number;
  /** The node that hands it about, where that is a third one. */
  readonly by: NodeId | null;
}

/** Setters and getters that no server has as real nodes. */
export function isSetter(node: JsonObject, catalog: Catalog): boolean {
  return SETTERS.has(typeNameOf(node)) && !catalog.has(typeNameOf(node));
}

export function isGetter(node: JsonObject, catalog: Catalog): boolean {
  return GETTERS.has(typeNameOf(node)) && !catalog.has(typeNameOf(node));
}

/** What a Set or a Get node is about: its first value. */
export function teleportName(node: JsonObject): string {
  return asString(asArray(node['widgets_values'])?.[0]) ?? '';
}

/** Every link of a graph that has no line. Of setters with one name the last one counts. */
export function teleportsOf(graph: Graph, catalog: Catalog): Teleport[] {
  const setters = new Map<string, NodeId>();
  for (const [id, node] of graph.nodes) if (isSetter(node, catalog)) setters.set(teleportName(node), id);
  const found: Teleport[] = [];
  for (const [id, node] of graph.nodes) {
    if (!isGetter(node, catalog)) continue;
    const name = teleportName(node);
    const from = setters.get(name);
    const setter = from === undefined ? undefined : graph.nodes.get(from);
    if (from === undefined || setter === undefined) continue;
    const input = asObject(asArray(setter['inputs'])?.[0]);
    const output = asObject(asArray(node['outputs'])?.[0]);
    const type = linkType(graph, readId(input?.['link'])) ?? asString(output?.['type']) ?? '*';
    found.push({ kind: 'name', name, type, from, fromSlot: 0, to: id, toSlot: 0, by: null });
  }
  return [...found, ...handedOut(graph)];
}

function linkType(graph: Graph, id: string | null): string | null {
  return id === null ? null : (graph.links.get(id)?.type ?? null);
}

/**
 * The node that sets what a getter gets: of the same name in its graph, or in one around it.
 *
 * @param path graphs from the document itself to the one that the getter stands in.
 */
export function setterOf(
  doc: GraphDoc,
  path: readonly Scope[],
  getter: JsonObject,
  catalog: Catalog,
): { readonly scope: Scope; readonly node: NodeId } | null {
  const name = teleportName(getter);
  for (const scope of [...path].reverse()) {
    let found: NodeId | null = null;
    for (const [id, node] of doc.graph(scope).nodes)
      if (isSetter(node, catalog) && teleportName(node) === name) found = id;
    if (found !== null) return { scope, node: found };
  }
  return null;
}

// -- made and changed -------------------------------------------------------------------------------------------------

const APART = 40;
/** Room for the pair, which is collapsed: its names say all there is. */
const ABOVE = 50;
const SIZE = { x: 210, y: 60 };

export interface TeleportName {
  readonly name: string;
  /** What it carries; `*` if nothing says. */
  readonly type: string;
}

/** Every name that something is set under, in the order of the letters. */
export function teleportNames(graph: Graph, catalog: Catalog): TeleportName[] {
  const found = new Map<string, string>();
  for (const node of graph.nodes.values())
    if (isSetter(node, catalog) && teleportName(node) !== '') found.set(teleportName(node), typeOf(node));
  return [...found]
    .map(([name, type]) => ({ name, type }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function typeOf(setter: JsonObject): string {
  return asString(asObject(asArray(setter['inputs'])?.[0])?.['type']) || '*';
}

/**
 * Replace a link by a pair of nodes that share a name. What its output is set under already is used again.
 *
 * @param name what is wished for; without one, or where another value has it, it gets a number.
 */
export function makeTeleport(tx: Transaction, link: Link, name: string, catalog: Catalog): void {
  const { from, fromSlot, to, type } = link;
  const input = asString(asObject(asArray(tx.graph.nodes.get(to)?.['inputs'])?.[link.toSlot])?.['name']);
  if (input === null) return;
  const known = setterFedBy(tx.graph, link, catalog);
  const own = known === null ? freeName(tx.graph, name.trim() || type, catalog) : known;
  unlink(tx, link.id);
  if (known === null) {
    const setter = addSetter(tx, own, type, beside(tx, from, 1));
    connect(tx, { node: from, slot: fromSlot }, { node: setter, input: type }, catalog);
  }
  const getter = addGetter(tx, { name: own, type }, beside(tx, to, -1));
  connect(tx, { node: getter, slot: 0 }, { node: to, input }, catalog);
}

/** The name under which the output of a link is set; null if it is not. */
function setterFedBy(graph: Graph, { from, fromSlot }: Link, catalog: Catalog): string | null {
  for (const other of graph.links.values()) {
    const node = graph.nodes.get(other.to);
    if (other.from !== from || other.fromSlot !== fromSlot || node === undefined) continue;
    if (isSetter(node, catalog) && teleportName(node) !== '') return teleportName(node);
  }
  return null;
}

function freeName(graph: Graph, wanted: string, catalog: Catalog): string {
  const taken = new Set(teleportNames(graph, catalog).map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted} ${number}`)) return `${wanted} ${number}`;
}

/** A place above a node, beside it: on its right (1) or on its left (-1). */
function beside(tx: Transaction, id: NodeId, side: 1 | -1): Point {
  const node = tx.graph.nodes.get(id);
  const [at, size] = [readPoint(node?.['pos']), readPoint(node?.['size'])];
  if (at === null) return { x: 0, y: 0 };
  return side === 1
    ? { x: at.x + (size?.x ?? SIZE.x) + APART, y: at.y - ABOVE }
    : { x: at.x - SIZE.x - APART, y: at.y - ABOVE };
}

function addSetter(tx: Transaction, name: string, type: string, at: Point): NodeId {
  return add(tx, 'SetNode', `Set_${name}`, name, at, {
    inputs: [{ name: type, type, link: null }],
    outputs: [],
    properties: { previousName: name },
  });
}

/** Get at some place what is set under a name. */
export function addGetter(tx: Transaction, { name, type }: TeleportName, at: Point): NodeId {
  return add(tx, 'GetNode', `Get_${name}`, name, at, {
    inputs: [],
    outputs: [{ name: type, type, links: [] }],
    properties: {},
  });
}

function add(
  tx: Transaction,
  type: string,
  title: string,
  name: string,
  at: Point,
  more: JsonObject,
): NodeId {
  const id = nextNodeId(tx);
  tx.put('node', id, {
    ...{ id: numeric(id), type, pos: [Math.round(at.x), Math.round(at.y)], size: [SIZE.x, SIZE.y] },
    ...{
      flags: { collapsed: true },
      order: tx.graph.nodes.size,
      mode: 0,
      ...more,
      title,
      widgets_values: [name],
    },
  });
  return id;
}

/** Give a name another name: at the node that sets it and at all in its graph that get it. False if nothing changed. */
export function renameTeleport(tx: Transaction, old: string, name: string, catalog: Catalog): boolean {
  const meant = [...tx.graph.nodes].filter(
    ([, node]) => (isSetter(node, catalog) || isGetter(node, catalog)) && teleportName(node) === old,
  );
  if (name === '' || name === old || meant.length === 0) return false;
  for (const [id, node] of meant) {
    const prefix = isSetter(node, catalog) ? 'Set_' : 'Get_';
    const rest = (asArray(node['widgets_values']) ?? []).slice(1);
    tx.patch('node', id, {
      widgets_values: [name, ...rest],
      ...(node['title'] === `${prefix}${old}` ? { title: `${prefix}${name}` } : {}),
    });
  }
  return true;
}
