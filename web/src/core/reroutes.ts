// Native reroutes: points that a link runs through. Files of 0.4 keep them in `extra.reroutes` with `extra.linkExtensions`
// beside the links, files of 1.0 (and subgraphs) in `reroutes` with `parentId` on the link. Either stays as it came.

import type { Transaction } from './doc';
import { readPoint, writePoint } from './geometry';
import { type Graph, numeric, readId } from './graph';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
  withKeys,
} from './json';
import type { Link, LinkId, NodeId, Point } from './types';

export interface Reroute {
  readonly id: string;
  readonly at: Point;
  /** The point before it on the way from the output; null if that is the output itself. */
  readonly parent: string | null;
  readonly raw: JsonObject;
}

/** Every point of a graph by id. */
export function reroutesOf(graph: Graph): Map<string, Reroute> {
  const found = new Map<string, Reroute>();
  for (const row of rowsOf(graph)) {
    const id = isObject(row) ? readId(row['id']) : null;
    const at = isObject(row) ? readPoint(row['pos']) : null;
    if (isObject(row) && id !== null && at !== null && !found.has(id))
      found.set(id, { id, at, parent: readId(row['parentId']), raw: row });
  }
  return found;
}

/** The last point before a link's input, for every link that has one. */
export function lastReroutes(graph: Graph): Map<LinkId, string> {
  const found = new Map<LinkId, string>();
  for (const row of asArray(extraOf(graph)['linkExtensions']) ?? []) {
    const record = asObject(row);
    const [id, parent] = [readId(record?.['id']), readId(record?.['parentId'])];
    if (id !== null && parent !== null) found.set(id, parent);
  }
  for (const link of graph.links.values()) {
    const parent = readId(asObject(link.raw)?.['parentId']);
    if (parent !== null) found.set(link.id, parent);
  }
  return found;
}

/** The points of a link from its output to its input. */
export function wayOf(
  link: LinkId,
  last: ReadonlyMap<LinkId, string>,
  points: ReadonlyMap<string, Reroute>,
): readonly Reroute[] {
  const way: Reroute[] = [];
  const seen = new Set<string>();
  for (let id = last.get(link) ?? null; id !== null && !seen.has(id); ) {
    seen.add(id);
    const point = points.get(id);
    if (point === undefined) break;
    way.unshift(point);
    id = point.parent;
  }
  return way;
}

/** A link of which one end is missing: it ends, or begins, at a point. */
export interface FloatingLink {
  readonly id: string;
  readonly type: string;
  readonly from: { readonly node: NodeId; readonly slot: number } | null;
  readonly to: { readonly node: NodeId; readonly slot: number } | null;
  /** Its points, from the output's side to the input's. */
  readonly way: readonly Reroute[];
}

/** `floatingLinks` of a graph: objects of which one end is -1. */
export function floatingLinks(graph: Graph, points: ReadonlyMap<string, Reroute>): FloatingLink[] {
  return (asArray(graph.key('floatingLinks')) ?? []).flatMap((row): FloatingLink[] => {
    const record = asObject(row);
    const [id, last] = [readId(record?.['id']), readId(record?.['parentId'])];
    if (record === null || id === null || last === null) return [];
    const way = wayOf(id, new Map([[id, last]]), points);
    const [from, to] = [endAt(record, 'origin'), endAt(record, 'target')];
    if (way.length === 0 || (from === null) === (to === null)) return [];
    return [{ id, type: asString(record['type']) ?? '*', from, to, way }];
  });
}

function endAt(record: JsonObject, side: 'origin' | 'target'): { node: NodeId; slot: number } | null {
  const [node, slot] = [readId(record[`${side}_id`]), asNumber(record[`${side}_slot`])];
  return node === null || node === '-1' || slot === null || slot < 0 ? null : { node, slot };
}

/** Links that run through a point. */
export function linksThrough(graph: Graph, id: string): LinkId[] {
  const [points, last] = [reroutesOf(graph), lastReroutes(graph)];
  return [...last.keys()].filter(
    (link) => graph.links.has(link) && wayOf(link, last, points).some((point) => point.id === id),
  );
}

export function moveReroutes(tx: Transaction, places: ReadonlyMap<string, Point>): void {
  changeRows(tx, (rows) =>
    rows.map((row) => {
      const place = isObject(row) ? places.get(readId(row['id']) ?? '') : undefined;
      return place === undefined || !isObject(row)
        ? row
        : withKeys(row, { pos: writePoint(row['pos'], { x: Math.round(place.x), y: Math.round(place.y) }) });
    }),
  );
}

/** Give links points of their own, as other links have them. `move` says where. */
export function copyReroutes(
  tx: Transaction,
  ways: readonly { readonly link: Link; readonly points: readonly Reroute[] }[],
  move: (point: Point) => Point,
): string[] {
  if (ways.length === 0) return [];
  let last = Number(nextRerouteId(tx, reroutesOf(tx.graph).keys())) - 1;
  const ids = new Map<string, string>();
  const rows = new Map<string, JsonObject>();
  for (const { link, points } of ways) {
    let parent: string | null = null;
    for (const point of points) {
      let id = ids.get(point.id);
      if (id === undefined) {
        last += 1;
        id = String(last);
        ids.set(point.id, id);
        const at = move(point.at);
        const chained = parent === null ? {} : { parentId: numeric(parent) };
        rows.set(id, { id: last, ...chained, pos: writePoint(point.raw['pos'], at), linkIds: [] });
      }
      const row: JsonObject = rows.get(id) ?? {};
      rows.set(id, withKeys(row, { linkIds: [...(asArray(row['linkIds']) ?? []), numeric(link.id)] }));
      parent = id;
    }
  }
  countReroutes(tx, last);
  changeRows(tx, (before) => [...before, ...rows.values()]);
  setAllLast(
    tx,
    ways.flatMap(({ link, points }) => {
      const id = ids.get(points.at(-1)?.id ?? '');
      return id === undefined ? [] : [{ link, id }];
    }),
  );
  return [...rows.keys()];
}

/** Put a point on a link, after `place` of those that it has. Returns its id. */
export function addReroute(tx: Transaction, link: Link, place: number, at: Point): string {
  const [points, last] = [reroutesOf(tx.graph), lastReroutes(tx.graph)];
  const way = wayOf(link.id, last, points);
  const id = nextRerouteId(tx, points.keys());
  const before = way[place - 1];
  const after = way[place];
  const row: JsonObject = {
    id: numeric(id),
    ...(before === undefined ? {} : { parentId: numeric(before.id) }),
    pos: [Math.round(at.x), Math.round(at.y)],
    linkIds: [numeric(link.id)],
  };
  changeRows(tx, (rows) => [
    ...rows.map((each) =>
      after !== undefined && isObject(each) && readId(each['id']) === after.id
        ? withKeys(each, { parentId: numeric(id) })
        : each,
    ),
    row,
  ]);
  if (after === undefined) setLast(tx, link, id);
  return id;
}

/** Take a point away; links go on without it. */
export function removeReroute(tx: Transaction, id: string): void {
  const point = reroutesOf(tx.graph).get(id);
  if (point === undefined) return;
  for (const [link, last] of lastReroutes(tx.graph)) {
    const record = tx.graph.links.get(link);
    if (last === id && record !== undefined) setLast(tx, record, point.parent);
  }
  shortenFloating(tx, id, point.parent);
  changeRows(tx, (rows) =>
    rows.flatMap((row): Json[] => {
      if (!isObject(row)) return [row];
      if (readId(row['id']) === id) return [];
      if (readId(row['parentId']) !== id) return [row];
      return [withKeys(row, { parentId: point.parent === null ? undefined : numeric(point.parent) })];
    }),
  );
}

/** Links with one end go on without a point, or go with it if it was their only one. */
function shortenFloating(tx: Transaction, id: string, parent: string | null): void {
  const rows = asArray(tx.graph.key('floatingLinks'));
  if (rows === null) return;
  const left = rows.flatMap((row): Json[] => {
    const record = asObject(row);
    if (record === null || readId(record['parentId']) !== id) return [row];
    return parent === null ? [] : [withKeys(record, { parentId: numeric(parent) })];
  });
  if (left.some((row, index) => row !== rows[index]) || left.length < rows.length)
    tx.put('key', 'floatingLinks', left);
}

/** After links are gone: points that no link runs through go, too. */
export function forgetLinks(tx: Transaction, links: ReadonlySet<LinkId>): void {
  const rows = rowsOf(tx.graph);
  if (rows.length === 0 || links.size === 0) return;
  const isGone = (id: Json | undefined) => links.has(readId(id) ?? '');
  const left = rows.flatMap((row): Json[] => {
    const through = isObject(row) ? asArray(row['linkIds']) : null;
    if (!isObject(row) || through === null || !through.some(isGone)) return [row];
    const rest = through.filter((each) => !isGone(each));
    return rest.length === 0 && row['floating'] === undefined ? [] : [withKeys(row, { linkIds: rest })];
  });
  changeRows(tx, () => left);
  const extensions = asArray(extraOf(tx.graph)['linkExtensions']);
  const kept = extensions?.filter((row) => !isGone(asObject(row)?.['id']));
  if (extensions != null && kept !== undefined && kept.length < extensions.length)
    tx.put('key', 'extra', withKeys(extraOf(tx.graph), { linkExtensions: kept }));
}

// -- how files write it ----------------------------------------------------------------------------------------------

function extraOf(graph: Graph): JsonObject {
  return asObject(graph.key('extra')) ?? {};
}

/** Whether points stand in `reroutes`, not in `extra`. */
function isModern(graph: Graph): boolean {
  return graph.linksAreObjects && !Array.isArray(extraOf(graph)['reroutes']);
}

function rowsOf(graph: Graph): readonly Json[] {
  return isModern(graph) ? [...graph.reroutes.values()] : (asArray(extraOf(graph)['reroutes']) ?? []);
}

function changeRows(tx: Transaction, change: (rows: readonly Json[]) => readonly Json[]): void {
  const before = rowsOf(tx.graph);
  const after = change(before);
  if (after.length === before.length && after.every((row, index) => row === before[index])) return;
  if (!isModern(tx.graph)) {
    tx.put('key', 'extra', withKeys(extraOf(tx.graph), { reroutes: after }));
    return;
  }
  const kept = new Map(
    after.flatMap((row) => (isObject(row) ? [[readId(row['id']) ?? '', row] as const] : [])),
  );
  for (const id of [...tx.graph.reroutes.keys()]) if (!kept.has(id)) tx.put('reroute', id, null);
  for (const [id, row] of kept) tx.put('reroute', id, row);
}

function setLast(tx: Transaction, link: Link, id: string | null): void {
  const record = asObject(link.raw);
  if (record !== null && isModern(tx.graph)) {
    const raw = withKeys(record, { parentId: id === null ? undefined : numeric(id) });
    tx.put('link', link.id, { ...link, raw });
    return;
  }
  const extra = extraOf(tx.graph);
  const rows = (asArray(extra['linkExtensions']) ?? []).filter(
    (row) => readId(asObject(row)?.['id']) !== link.id,
  );
  const added = id === null ? [] : [{ id: numeric(link.id), parentId: numeric(id) }];
  tx.put('key', 'extra', withKeys(extra, { linkExtensions: [...rows, ...added] }));
}

/** Many links' last points at once: a list in `extra` is written once. */
function setAllLast(tx: Transaction, lasts: readonly { readonly link: Link; readonly id: string }[]): void {
  if (isModern(tx.graph)) {
    for (const { link, id } of lasts) setLast(tx, link, id);
    return;
  }
  const extra = extraOf(tx.graph);
  const added = lasts.map(({ link, id }) => ({ id: numeric(link.id), parentId: numeric(id) }));
  const rows = asArray(extra['linkExtensions']) ?? [];
  tx.put('key', 'extra', withKeys(extra, { linkExtensions: [...rows, ...added] }));
}

function nextRerouteId(tx: Transaction, used: Iterable<string>): string {
  const state = asObject(tx.graph.key('state'));
  const counted = Number(state?.['lastRerouteId'] ?? 0);
  let next = counted || 0;
  for (const id of used) if (Number.isFinite(Number(id))) next = Math.max(next, Number(id));
  countReroutes(tx, next + 1);
  return String(next + 1);
}

function countReroutes(tx: Transaction, last: number): void {
  const state = asObject(tx.graph.key('state'));
  if (state !== null && state['lastRerouteId'] !== undefined)
    tx.put('key', 'state', withKeys(state, { lastRerouteId: last }));
}
