// Nodes become a subgraph: they move into a definition, and an instance of it takes their place, linked as they were.

import type { Transaction } from './doc';
import { changeOutputLinks, changePort, nextNodeId } from './edit';
import { positionOf, readPoint } from './geometry';
import { numeric, readId, rewire } from './graph';
import { uuid } from './ids';
import { asArray, asObject, asString, isObject, type Json, type JsonObject, withKeys } from './json';
import { copyReroutes, forgetLinks, lastReroutes, type Reroute, reroutesOf, wayOf } from './reroutes';
import { INLETS, OUTLETS } from './subgraph';
import type { Box, Link, LinkId, NodeId, Scope } from './types';

export interface Chosen {
  readonly nodes: ReadonlySet<NodeId>;
  readonly groups: ReadonlySet<string>;
}

export type Enclosed =
  | { readonly node: NodeId; readonly scope: Scope }
  /** It would feed itself: a way that leaves the nodes comes back to them. */
  | { readonly circle: readonly NodeId[] };

/** One crossing of the border: what stands at the far end, and the links through it. */
interface Port {
  readonly name: string;
  readonly label: string | null;
  readonly type: string;
  readonly isWidget: boolean;
  readonly links: readonly Link[];
}

export function enclose(
  tx: Transaction,
  chosen: Chosen,
  name: string,
  makeId: () => string = uuid,
): Enclosed {
  const nodes = new Set([...tx.graph.nodes.keys()].filter((id) => chosen.nodes.has(id)));
  const circle = wayBack(tx, nodes);
  if (circle !== null) return { circle };
  const links = [...tx.graph.links.values()].filter((link) => nodes.has(link.from) || nodes.has(link.to));
  const inner = links.filter((link) => nodes.has(link.from) && nodes.has(link.to));
  const incoming = links.filter((link) => !nodes.has(link.from));
  const outgoing = links.filter((link) => !nodes.has(link.to));
  const inputs = portsAt(tx, incoming, 'to');
  const outputs = portsAt(tx, outgoing, 'from');
  const scope = makeId();
  const ways = insideWays(tx, [...inner, ...inputs.flatMap((port) => port.links.slice(1))]);
  tx.define(scope, definitionOf(tx, scope, name, nodes, chosen.groups, inner, inputs, outputs, makeId));
  const within = tx.in(scope);
  copyReroutes(
    within,
    ways.flatMap(({ id, points }) => {
      const link = within.graph.links.get(id);
      return link === undefined ? [] : [{ link, points }];
    }),
    (point) => point,
  );
  const node = nextNodeId(tx);
  const instance = instanceOf(tx, node, scope, nodes, inputs, outputs);
  for (const link of inner) tx.put('link', link.id, null);
  forgetLinks(tx, new Set(inner.map((link) => link.id)));
  for (const [index, port] of inputs.entries()) {
    const [first, ...others] = port.links;
    if (first !== undefined) tx.put('link', first.id, rewire(first, { to: node, toSlot: index }));
    for (const link of others) {
      drop(tx, link);
      if (link.from === INLETS) changePort(tx, INLETS, link.fromSlot, link.id, false);
      else
        changeOutputLinks(tx, link.from, link.fromSlot, undefined, (all) =>
          all.filter((each) => readId(each) !== link.id),
        );
    }
  }
  for (const [index, port] of outputs.entries())
    for (const link of port.links) tx.put('link', link.id, rewire(link, { from: node, fromSlot: index }));
  for (const id of nodes) tx.put('node', id, null);
  for (const id of chosen.groups) if (tx.graph.groups.has(id)) tx.put('group', id, null);
  tx.put('node', node, instance);
  return { node, scope };
}

function drop(tx: Transaction, link: Link): void {
  tx.put('link', link.id, null);
  forgetLinks(tx, new Set([link.id]));
}

/** A way from these nodes through others and back to them; null if there is none. */
function wayBack(tx: Transaction, nodes: ReadonlySet<NodeId>): NodeId[] | null {
  const after = new Map<NodeId, Set<NodeId>>();
  for (const { from, to } of tx.graph.links.values()) {
    const targets = after.get(from) ?? new Set();
    targets.add(to);
    after.set(from, targets);
  }
  const cameFrom = new Map<NodeId, NodeId>();
  const waiting: NodeId[] = [];
  const visit = (from: NodeId, to: NodeId) => {
    if (cameFrom.has(to) || nodes.has(to)) return;
    cameFrom.set(to, from);
    waiting.push(to);
  };
  for (const id of nodes) for (const to of after.get(id) ?? []) visit(id, to);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const to of after.get(id) ?? []) {
      if (!nodes.has(to)) {
        visit(id, to);
        continue;
      }
      const path = [to];
      for (
        let at: NodeId | undefined = id;
        at !== undefined;
        at = nodes.has(at) ? undefined : cameFrom.get(at)
      )
        path.unshift(at);
      return path;
    }
  }
  return null;
}

/** Ports by the output at which their links begin, in the order of the nodes inside and of their slots. */
function portsAt(tx: Transaction, links: readonly Link[], inside: 'from' | 'to'): Port[] {
  const order = new Map([...tx.graph.nodes.keys()].map((id, index) => [id, index]));
  const slotOf = (link: Link) => (inside === 'to' ? link.toSlot : link.fromSlot);
  const sorted = [...links].sort(
    (one, other) =>
      (order.get(one[inside]) ?? 0) - (order.get(other[inside]) ?? 0) || slotOf(one) - slotOf(other),
  );
  const byOutput = new Map<string, Link[]>();
  for (const link of sorted) {
    const key = `${link.from}/${link.fromSlot}`;
    const own = byOutput.get(key);
    if (own === undefined) byOutput.set(key, [link]);
    else own.push(link);
  }
  const taken = new Set<string>();
  return [...byOutput.values()].flatMap((all): Port[] => {
    const [first] = all;
    if (first === undefined) return [];
    const side = inside === 'to' ? 'inputs' : 'outputs';
    const row = asObject(asArray(tx.graph.nodes.get(first[inside])?.[side])?.[slotOf(first)]) ?? {};
    const type = first.type === '*' ? (asString(row['type']) ?? '*') : first.type;
    const wanted = asString(row['name']) || type;
    let name = wanted;
    for (let count = 1; taken.has(name); count += 1) name = `${wanted}_${count}`;
    taken.add(name);
    const isWidget = inside === 'to' && row['widget'] !== undefined;
    return [{ name, label: asString(row['label']), type, isWidget, links: all }];
  });
}

function definitionOf(
  tx: Transaction,
  id: Scope,
  name: string,
  nodes: ReadonlySet<NodeId>,
  groups: ReadonlySet<string>,
  inner: readonly Link[],
  inputs: readonly Port[],
  outputs: readonly Port[],
  makeId: () => string,
): JsonObject {
  const links: JsonObject[] = inner.map((link) => record(link.id, link));
  for (const [index, port] of inputs.entries())
    for (const link of port.links) links.push(record(link.id, { ...link, from: INLETS, fromSlot: index }));
  /** Of each output that is wanted outside, the one link that leads there. */
  const exits = new Map<string, LinkId>();
  for (const [index, port] of outputs.entries()) {
    const [first] = port.links;
    if (first === undefined) continue;
    links.push(record(first.id, { ...first, type: port.type, to: OUTLETS, toSlot: index }));
    exits.set(`${first.from}/${first.fromSlot}`, first.id);
  }
  const kept = new Set(inner.map((link) => link.id));
  const records = [...nodes].map((node) => withExits(tx.graph.nodes.get(node) ?? {}, node, kept, exits));
  const box = boxOf(records);
  const highest = (ids: Iterable<string>) =>
    [...ids].reduce((most, each) => (/^\d{1,15}$/.test(each) ? Math.max(most, Number(each)) : most), 0);
  const rows = (ports: readonly Port[], x: number) =>
    ports.map((port, index): JsonObject => {
      const held = links.filter((link) =>
        x < box.x
          ? link['origin_id'] === -10 && link['origin_slot'] === index
          : link['target_id'] === -20 && link['target_slot'] === index,
      );
      return {
        ...{
          id: makeId(),
          name: port.name,
          type: port.type,
          linkIds: held.map((link) => link['id'] ?? null),
        },
        ...(port.label === null ? {} : { label: port.label }),
        pos: [x, box.y + 20 + index * 20],
      };
    });
  const height = (count: number) => 48 + count * 20;
  return {
    ...{ id, version: 1 },
    state: {
      lastGroupId: highest(groups),
      lastNodeId: highest(nodes),
      lastLinkId: highest(links.map((link) => String(link['id']))),
      lastRerouteId: 0,
    },
    ...{ revision: 0, config: {}, name },
    inputNode: { id: -10, bounding: [box.x - 250, box.y, 140, height(inputs.length)] },
    outputNode: { id: -20, bounding: [box.x + box.w + 110, box.y, 140, height(outputs.length)] },
    inputs: rows(inputs, box.x - 130),
    outputs: rows(outputs, box.x + box.w + 120),
    ...{ widgets: [], nodes: records },
    groups: [...tx.graph.groups].filter(([group]) => groups.has(group)).map(([, group]) => group),
    ...{ links, extra: {} },
  };
}

/** A node inside, whose outputs lead to what is inside with it and out by one link. */
function withExits(
  node: JsonObject,
  id: NodeId,
  kept: ReadonlySet<LinkId>,
  exits: ReadonlyMap<string, LinkId>,
): JsonObject {
  const rows = asArray(node['outputs']);
  if (rows === null) return node;
  const outputs = rows.map((row, index): Json => {
    const held = isObject(row) ? asArray(row['links']) : null;
    if (!isObject(row) || held === null) return row;
    const exit = exits.get(`${id}/${index}`);
    const links = held.filter((link) => kept.has(readId(link) ?? ''));
    return withKeys(row, { links: exit === undefined ? links : [...links, numeric(exit)] });
  });
  return withKeys(node, { outputs });
}

function record(id: LinkId, link: Omit<Link, 'id' | 'raw'>): JsonObject {
  return {
    ...{ id: numeric(id), origin_id: numeric(link.from), origin_slot: link.fromSlot },
    ...{ target_id: numeric(link.to), target_slot: link.toSlot, type: link.type },
  };
}

function instanceOf(
  tx: Transaction,
  id: NodeId,
  scope: Scope,
  nodes: ReadonlySet<NodeId>,
  inputs: readonly Port[],
  outputs: readonly Port[],
): JsonObject {
  const box = boxOf([...nodes].map((node) => tx.graph.nodes.get(node) ?? {}));
  const named = (port: Port) => ({
    ...{ name: port.name, type: port.type },
    ...(port.label === null ? {} : { label: port.label }),
  });
  return {
    ...{ id: numeric(id), type: scope, pos: [box.x, box.y] },
    size: [240, 30 + 20 * Math.max(inputs.length, outputs.length)],
    ...{ flags: {}, order: tx.graph.nodes.size, mode: 0 },
    inputs: inputs.map((port) => ({
      ...named(port),
      ...(port.isWidget ? { widget: { name: port.name } } : {}),
      link: port.links[0] === undefined ? null : numeric(port.links[0].id),
    })),
    outputs: outputs.map((port) => ({ ...named(port), links: port.links.map((link) => numeric(link.id)) })),
    ...{ properties: {}, widgets_values: [] },
  };
}

/** The points of links that go inside with them. */
function insideWays(tx: Transaction, links: readonly Link[]): { id: LinkId; points: readonly Reroute[] }[] {
  const points = reroutesOf(tx.graph);
  if (points.size === 0) return [];
  const last = lastReroutes(tx.graph);
  return links.flatMap(({ id }) => {
    const way = wayOf(id, last, points);
    return way.length === 0 ? [] : [{ id, points: way }];
  });
}

/** Around nodes, by the sizes that they have in the file. */
export function boxOf(nodes: readonly JsonObject[]): Box {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity];
  for (const node of nodes) {
    const [at, size] = [positionOf(node), readPoint(node['size']) ?? { x: 200, y: 100 }];
    [left, top] = [Math.min(left, at.x), Math.min(top, at.y)];
    [right, bottom] = [Math.max(right, at.x + size.x), Math.max(bottom, at.y + size.y)];
  }
  return left === Number.POSITIVE_INFINITY
    ? { x: 0, y: 0, w: 0, h: 0 }
    : { x: left, y: top, w: right - left, h: bottom - top };
}
