// Links by name, made and changed: a Set node keeps what it is given under a name, and Get nodes of that name hand it on.

import type { Catalog } from './catalog';
import type { Transaction } from './doc';
import { connect, nextNodeId, unlink } from './edit';
import { readPoint } from './geometry';
import { type Graph, numeric } from './graph';
import { asArray, asObject, asString, type JsonObject } from './json';
import { isGetter, isSetter, teleportName } from './teleports';
import type { Link, NodeId, Point } from './types';

const APART = 40;
/** Room for the pair, which is collapsed: its names say all there is. */
const ABOVE = 50;
const SIZE = { x: 210, y: 60 };

export interface Named {
  readonly name: string;
  /** What it carries; `*` if nothing says. */
  readonly type: string;
}

/** Every name that something is set under, in the order of the letters. */
export function namesIn(graph: Graph, catalog: Catalog): Named[] {
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
export function linkByName(tx: Transaction, link: Link, name: string, catalog: Catalog): void {
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
  const taken = new Set(namesIn(graph, catalog).map(({ name }) => name));
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
export function addGetter(tx: Transaction, { name, type }: Named, at: Point): NodeId {
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
export function renameNamed(tx: Transaction, old: string, name: string, catalog: Catalog): boolean {
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
