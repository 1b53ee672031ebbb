// An instance of a subgraph becomes the nodes that it stands for, linked as it was, with the values that it held.

import type { Catalog } from './catalog';
import { countInstances } from './definitions';
import type { Transaction } from './doc';
import { changeOutputLinks, changePort, nextLinkId, nextNodeId, setControl, setValue, unlink } from './edit';
import { boxOf } from './enclose';
import { positionOf, readPoint, writePoint } from './geometry';
import { type Graph, numeric, readId, rewire } from './graph';
import { asArray, asObject, asString, isObject, type Json, type JsonObject, withKeys } from './json';
import { proxiesOf } from './promoted';
import { copyReroutes, forgetLinks, lastReroutes, type Reroute, reroutesOf, wayOf } from './reroutes';
import { modeOf, shapeOf, typeNameOf } from './slots';
import { INLETS, OUTLETS, portsOf } from './subgraph';
import type { Link, LinkId, NodeId, Point } from './types';
import { controlsOf, valuesOf } from './values';

export interface Unpacked {
  readonly nodes: readonly NodeId[];
  readonly groups: readonly string[];
}

interface Source {
  readonly from: NodeId;
  readonly fromSlot: number;
  /** Points on the way before the border. */
  readonly points: readonly Reroute[];
}

/** Null if the node is no instance of a definition. */
export function unpack(tx: Transaction, id: NodeId, catalog: Catalog): Unpacked | null {
  const node = tx.graph.nodes.get(id);
  const type = node === undefined ? '' : typeNameOf(node);
  if (node === undefined || type === '' || !tx.doc.has(type)) return null;
  const inner = tx.doc.graph(type);
  const corner = boxOf([...inner.nodes.values()]);
  const at = positionOf(node);
  const move = (point: Point): Point => ({
    x: Math.round(point.x - corner.x + at.x),
    y: Math.round(point.y - corner.y + at.y),
  });
  const ids = new Map<NodeId, NodeId>();
  for (const old of inner.nodes.keys()) ids.set(old, tx.graph.nodes.has(old) ? nextNodeId(tx) : old);
  const plan = planLinks(tx, node, id, inner, ids, move);
  for (const link of plan.gone) unlink(tx, link);
  const outputs = new Map<string, Json[]>();
  for (const { link } of plan.made) {
    const key = `${link.from}/${link.fromSlot}`;
    outputs.set(key, [...(outputs.get(key) ?? []), numeric(link.id)]);
  }
  const linkAt = new Map(plan.made.map(({ link }) => [`${link.to}/${link.toSlot}`, numeric(link.id)]));
  const mode = modeOf(node);
  tx.put('node', id, null);
  for (const [old, record] of inner.nodes) {
    const own = ids.get(old) ?? old;
    const slots = (key: 'inputs' | 'outputs', change: (row: JsonObject, index: number) => JsonObject) => {
      const rows = asArray(record[key]);
      return rows === null
        ? {}
        : { [key]: rows.map((row, index) => (isObject(row) ? change(row, index) : row)) };
    };
    tx.put(
      'node',
      own,
      withKeys(record, {
        ...{ id: numeric(own), pos: writePoint(record['pos'], move(positionOf(record))) },
        ...(mode !== 0 && modeOf(record) === 0 ? { mode } : {}),
        ...slots('inputs', (row, index) =>
          row['link'] == null && !linkAt.has(`${own}/${index}`)
            ? row
            : withKeys(row, { link: linkAt.get(`${own}/${index}`) ?? null }),
        ),
        ...slots('outputs', (row, index) => {
          const links = outputs.get(`${own}/${index}`) ?? [];
          return links.length === 0 && row['links'] == null ? row : withKeys(row, { links });
        }),
      }),
    );
  }
  const own = new Set(ids.values());
  for (const { link } of plan.made) {
    tx.put('link', link.id, link);
    if (own.has(link.from)) continue;
    const isThere = plan.kept.has(link.id);
    if (link.from === INLETS) {
      if (!isThere) changePort(tx, INLETS, link.fromSlot, link.id, true);
    } else
      changeOutputLinks(tx, link.from, link.fromSlot, undefined, (all) =>
        all.some((each) => readId(each) === link.id) ? all : [...all, numeric(link.id)],
      );
  }
  const rerouted = plan.made.filter(({ points }) => points !== null);
  forgetLinks(tx, new Set(rerouted.map(({ link }) => link.id)));
  copyReroutes(
    tx,
    rerouted.flatMap(({ link, points }) =>
      points === null || points.length === 0 ? [] : [{ link: tx.graph.links.get(link.id) ?? link, points }],
    ),
    (point) => point,
  );
  passValues(tx, node, inner, ids, catalog);
  const groups = unpackGroups(tx, inner, move);
  if (countInstances(tx.doc, type) === 0) tx.define(type, null);
  return { nodes: [...own], groups };
}

interface Plan {
  /** Links as they are afterwards. `points`: the whole way; null where it is as it was. */
  readonly made: readonly { readonly link: Link; readonly points: readonly Reroute[] | null }[];
  /** Of those, the ones that are there already. */
  readonly kept: ReadonlySet<LinkId>;
  /** Links that go. */
  readonly gone: readonly LinkId[];
}

/** Links inside, led on to what is linked to the instance. */
function planLinks(
  tx: Transaction,
  node: JsonObject,
  id: NodeId,
  inner: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
  move: (point: Point) => Point,
): Plan {
  const outer = { points: reroutesOf(tx.graph), last: lastReroutes(tx.graph) };
  const inside = { points: reroutesOf(inner), last: lastReroutes(inner) };
  const innerWay = (link: LinkId) =>
    wayOf(link, inside.last, inside.points).map(
      (point): Reroute => ({ ...point, id: `inside ${point.id}`, at: move(point.at) }),
    );
  const outerWay = (link: LinkId) => wayOf(link, outer.last, outer.points);
  const slots = new Map(
    (asArray(node['inputs']) ?? []).map((row) => [nameOf(row), readId(asObject(row)?.['link'])]),
  );
  const fed = portsOf(inner, 'inputs').map((port): Source | null => {
    const link = tx.graph.links.get(slots.get(port.name) ?? '');
    return link === undefined
      ? null
      : { from: link.from, fromSlot: link.fromSlot, points: outerWay(link.id) };
  });
  const gone = new Set([...tx.graph.links.values()].filter((link) => link.to === id).map((link) => link.id));
  const made: { link: Link; points: readonly Reroute[] | null }[] = [];
  const kept = new Set<LinkId>();
  const taken = new Set(tx.graph.links.keys());
  const sourceOf = (link: Link): Source | null => {
    if (link.from === INLETS) return fed[link.fromSlot] ?? null;
    const from = ids.get(link.from);
    return from === undefined ? null : { from, fromSlot: link.fromSlot, points: [] };
  };
  for (const link of inner.links.values()) {
    const to = ids.get(link.to);
    const source = sourceOf(link);
    if (to === undefined || source === null) continue;
    const own = taken.has(link.id) ? nextLinkId(tx) : link.id;
    taken.add(own);
    const points = [...source.points, ...innerWay(link.id)];
    const { from, fromSlot } = source;
    made.push({ link: tx.graph.writeLink({ ...link, id: own, from, fromSlot, to }), points });
  }
  const exits = new Map<number, { source: Source; way: readonly Reroute[] }>();
  for (const link of inner.links.values()) {
    if (link.to !== OUTLETS || exits.has(link.toSlot)) continue;
    const source = sourceOf(link);
    if (source !== null) exits.set(link.toSlot, { source, way: innerWay(link.id) });
  }
  for (const link of tx.graph.links.values()) {
    if (link.from !== id) continue;
    const exit = exits.get(link.fromSlot);
    if (exit === undefined || gone.has(link.id)) {
      gone.add(link.id);
      continue;
    }
    const before = [...exit.source.points, ...exit.way];
    const { from, fromSlot } = exit.source;
    kept.add(link.id);
    made.push({
      link: rewire(link, { from, fromSlot }),
      points: before.length === 0 ? null : [...before, ...outerWay(link.id)],
    });
  }
  return { made, kept, gone: [...gone] };
}

function nameOf(row: Json): string {
  return asString(asObject(row)?.['name']) ?? '';
}

/** What the instance held for widgets inside goes to them, where no link gives the value. */
function passValues(
  tx: Transaction,
  node: JsonObject,
  inner: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
  catalog: Catalog,
): void {
  const type = catalog.get(typeNameOf(node));
  if (type === undefined) return;
  const [values, controls] = [valuesOf(node, type), controlsOf(node, type)];
  const ports = portsOf(inner, 'inputs');
  const proxies = proxiesOf(node, type);
  const give = (target: NodeId, name: string, value: Json, control: Json | undefined) => {
    const record = tx.graph.nodes.get(target);
    const own = record === undefined ? undefined : catalog.get(typeNameOf(record));
    if (record === undefined || own === undefined) return;
    const isLinked = shapeOf(record, catalog).inputs.some((slot) => slot.name === name && slot.link !== null);
    if (isLinked) return;
    setValue(tx, target, own, name, value);
    if (control !== undefined) setControl(tx, target, own, name, control);
  };
  for (const [name, value] of values) {
    const pair = proxies?.get(name)?.inner;
    if (pair != null) {
      const inside = ids.get(pair.node);
      if (inside !== undefined) give(inside, pair.widget, value, undefined);
      continue;
    }
    const slot = ports.findIndex((port) => port.name === name);
    if (slot < 0) continue;
    for (const link of inner.links.values()) {
      if (link.from !== INLETS || link.fromSlot !== slot) continue;
      const row = asArray(inner.nodes.get(link.to)?.['inputs'])?.[link.toSlot];
      const target = ids.get(link.to);
      if (target !== undefined && row !== undefined) give(target, nameOf(row), value, controls.get(name));
    }
  }
}

function unpackGroups(tx: Transaction, inner: Graph, move: (point: Point) => Point): string[] {
  let last = 0;
  for (const id of tx.graph.groups.keys()) if (Number.isFinite(Number(id))) last = Math.max(last, Number(id));
  return [...inner.groups].flatMap(([old, group]) => {
    const bounding = asArray(group['bounding']);
    const place = readPoint(bounding?.slice(0, 2));
    if (bounding == null || place === null) return [];
    const isFree = /^\d+$/.test(old) && !tx.graph.groups.has(old);
    last = isFree ? Math.max(last, Number(old)) : last + 1;
    const id = isFree ? old : String(last);
    const to = move(place);
    tx.put('group', id, withKeys(group, { id: numeric(id), bounding: [to.x, to.y, ...bounding.slice(2)] }));
    return [id];
  });
}
