// Copying nodes as JSON text that is a small workflow itself (links, points of links, groups and the subgraphs that it
// needs), and pasting such text, or any canvas workflow, under ids of its own.

import { adoptDefinitions, definitionsFor, reaches } from './definitions';
import type { GraphDoc, Transaction } from './doc';
import { changeOutputLinks, changePort, nextLinkId, nextNodeId } from './edit';
import { positionOf, readPoint, writePoint } from './geometry';
import { Graph, numeric, readId, readLink } from './graph';
import { uuid } from './ids';
import {
  asArray,
  asObject,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  stringifyJson,
  withKeys,
} from './json';
import { checkLength, checkSize } from './limits';
import { copyReroutes, lastReroutes, type Reroute, reroutesOf, wayOf } from './reroutes';
import { typeNameOf } from './slots';
import { INLETS, portsOf } from './subgraph';
import type { Link, LinkId, NodeId, Point, Scope } from './types';

const MARK = 'skein/nodes';
const MOST = 20_000;
const GROUP_NODE = /^workflow[>/]/;

// -- copying ---------------------------------------------------------------------------------------------------------

/** Nodes and groups with the links between them; links from elsewhere stand in `incoming`. */
export function copyNodes(
  doc: GraphDoc,
  scope: Scope,
  ids: ReadonlySet<NodeId>,
  groups: ReadonlySet<string>,
): JsonObject {
  const graph = doc.graph(scope);
  const links: Link[] = [];
  const incoming: Json[] = [];
  for (const link of graph.links.values()) {
    if (!ids.has(link.to)) continue;
    if (ids.has(link.from)) links.push(link);
    else incoming.push(row(link));
  }
  const nodes = [...graph.nodes].filter(([id]) => ids.has(id)).map(([, node]) => node);
  const subgraphs = definitionsFor(doc, nodes.map(typeNameOf));
  const extra = { ...copiedReroutes(graph, links), ...copiedGroupNodes(doc, nodes) };
  return {
    kind: MARK,
    nodes,
    links: links.map(row),
    groups: [...graph.groups].filter(([id]) => groups.has(id)).map(([, group]) => group),
    incoming,
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
    ...(subgraphs.length > 0 ? { definitions: { subgraphs } } : {}),
    version: 0.4,
  };
}

function row(link: Link): Json {
  return [numeric(link.id), numeric(link.from), link.fromSlot, numeric(link.to), link.toSlot, link.type];
}

/** The points that these links run through, as files of 0.4 have them. */
function copiedReroutes(graph: Graph, links: readonly Link[]): JsonObject {
  const points = reroutesOf(graph);
  if (points.size === 0) return {};
  const last = lastReroutes(graph);
  const used = new Map<string, { readonly point: Reroute; readonly links: Json[] }>();
  const linkExtensions: Json[] = [];
  for (const link of links) {
    const way = wayOf(link.id, last, points);
    const end = way.at(-1);
    if (end === undefined) continue;
    linkExtensions.push({ id: numeric(link.id), parentId: numeric(end.id) });
    for (const point of way) {
      const own = used.get(point.id) ?? { point, links: [] };
      own.links.push(numeric(link.id));
      used.set(point.id, own);
    }
  }
  if (used.size === 0) return {};
  const reroutes = [...used.values()].map(
    ({ point, links: through }): Json => withKeys(point.raw, { linkIds: through }),
  );
  return { reroutes, linkExtensions };
}

/** What group nodes of older files are made of. */
function copiedGroupNodes(doc: GraphDoc, nodes: readonly JsonObject[]): JsonObject {
  const all = asObject(asObject(doc.graph('').key('extra'))?.['groupNodes']) ?? {};
  const used = nodes
    .map(typeNameOf)
    .filter((type) => GROUP_NODE.test(type))
    .map(groupNameOf);
  const kept = used.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name] ?? null] as const]));
  return kept.length > 0 ? { groupNodes: Object.fromEntries(kept) } : {};
}

function groupNameOf(type: string): string {
  return type.replace(GROUP_NODE, '');
}

export function clipText(clip: JsonObject): string {
  return stringifyJson(clip);
}

/** What text on a clipboard holds, if it holds nodes: ours, or any canvas workflow. */
export function readClip(text: string): JsonObject | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    checkLength(text.length);
    const clip = asObject(parseJson(text));
    if (clip !== null) checkSize(clip);
    const nodes = asArray(clip?.['nodes']);
    return clip !== null && nodes !== null && nodes.length > 0 && nodes.length <= MOST ? clip : null;
  } catch {
    return null;
  }
}

// -- pasting ---------------------------------------------------------------------------------------------------------

export interface PasteOptions {
  /** Links from nodes that were not copied, too. */
  readonly keepsIncoming?: boolean;
  /** Ids for definitions whose own mean something else here. */
  readonly makeId?: () => string;
}

export interface Pasted {
  readonly nodes: readonly NodeId[];
  readonly groups: readonly string[];
  readonly reroutes: readonly string[];
  /** Nodes left out: a subgraph cannot stand in itself. */
  readonly refused: number;
}

/** Add what a clip holds, its top left at a point. */
export function pasteClip(tx: Transaction, clip: JsonObject, at: Point, options: PasteOptions = {}): Pasted {
  const source = new Graph(clip, asObject(asArray(clip['links'])?.[0]) !== null);
  const types = adoptDefinitions(
    tx,
    clip,
    [...source.nodes.values()].map(typeNameOf),
    options.makeId ?? uuid,
  );
  const groupTypes = adoptGroupNodes(tx, clip);
  const typeFor = (node: JsonObject) => {
    const type = typeNameOf(node);
    return types.get(type) ?? groupTypes.get(type) ?? type;
  };
  const nodes = [...source.nodes].filter(
    ([, node]) => tx.scope === '' || !reaches(tx.doc, typeFor(node), tx.scope),
  );
  const groups = [...source.groups.values()];
  const corner = cornerAround(
    nodes.map(([, node]) => node),
    groups,
  );
  const move = (point: Point): Point => ({
    x: Math.round(point.x - corner.x + at.x),
    y: Math.round(point.y - corner.y + at.y),
  });
  const ids = new Map(nodes.map(([id]) => [id, nextNodeId(tx)]));
  const links = pasteLinks(tx, source, clip, ids, options.keepsIncoming ?? false);
  for (const [old, node] of nodes) {
    const id = ids.get(old);
    if (id === undefined) continue;
    const type = typeFor(node);
    const moved = { id: numeric(id), ...(type === typeNameOf(node) ? {} : { type }) };
    const pos = writePoint(node['pos'], move(positionOf(node)));
    tx.put('node', id, withKeys(node, { ...moved, pos, ...relinked(node, links) }));
  }
  const own = new Set(ids.values());
  for (const link of links.values()) {
    tx.put('link', link.id, link);
    if (own.has(link.from)) continue;
    const id = numeric(link.id);
    if (link.from === INLETS) changePort(tx, INLETS, link.fromSlot, link.id, true);
    else changeOutputLinks(tx, link.from, link.fromSlot, undefined, (all) => [...all, id]);
  }
  return {
    nodes: [...own],
    groups: pasteGroups(tx, groups, move),
    reroutes: copyReroutes(tx, waysOf(source, links), move),
    refused: source.nodes.size - nodes.length,
  };
}

/** Links by their ids in the clip, under ids of their own. */
function pasteLinks(
  tx: Transaction,
  source: Graph,
  clip: JsonObject,
  ids: ReadonlyMap<NodeId, NodeId>,
  keepsIncoming: boolean,
): Map<LinkId, Link> {
  const found = new Map<LinkId, Link>();
  const add = (link: Link, from: NodeId | undefined) => {
    const to = ids.get(link.to);
    if (to === undefined || from === undefined) return;
    found.set(link.id, tx.graph.writeLink({ ...link, id: nextLinkId(tx), from, to }));
  };
  for (const link of source.links.values()) add(link, ids.get(link.from));
  if (!keepsIncoming) return found;
  for (const raw of asArray(clip['incoming']) ?? []) {
    const link = readLink(raw);
    if (link !== null && !found.has(link.id) && hasOutput(tx, link)) add(link, link.from);
  }
  return found;
}

function hasOutput(tx: Transaction, link: Link): boolean {
  if (link.from === INLETS) return portsOf(tx.graph, 'inputs')[link.fromSlot]?.type === link.type;
  const slot = asObject(asArray(tx.graph.nodes.get(link.from)?.['outputs'])?.[link.fromSlot]);
  return slot !== null && slot['type'] === link.type;
}

/** Slots of a node with the ids that its links have now. */
function relinked(node: JsonObject, links: ReadonlyMap<LinkId, Link>): JsonObject {
  const newLink = (value: Json | undefined): Json => {
    const link = links.get(readId(value) ?? '');
    return link === undefined ? null : numeric(link.id);
  };
  const inputs = asArray(node['inputs'])?.map((slot) =>
    isObject(slot) && slot['link'] !== undefined ? withKeys(slot, { link: newLink(slot['link']) }) : slot,
  );
  const outputs = asArray(node['outputs'])?.map((slot) => {
    const held = isObject(slot) ? asArray(slot['links']) : null;
    return isObject(slot) && held !== null
      ? withKeys(slot, { links: held.map(newLink).filter((link) => link !== null) })
      : slot;
  });
  return {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  };
}

function waysOf(source: Graph, links: ReadonlyMap<LinkId, Link>) {
  const points = reroutesOf(source);
  if (points.size === 0) return [];
  const last = lastReroutes(source);
  return [...links].flatMap(([old, link]) => {
    const way = wayOf(old, last, points);
    return way.length === 0 ? [] : [{ link, points: way }];
  });
}

/**
 * What group nodes are made of. A name that means something else here gets another one; returns the types of such
 * nodes by those in the clip.
 */
function adoptGroupNodes(tx: Transaction, clip: JsonObject): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const given = asObject(asObject(clip['extra'])?.['groupNodes']);
  if (given === null) return renamed;
  const root = tx.in('');
  const extra = asObject(root.graph.key('extra')) ?? {};
  const own: Record<string, Json | undefined> = { ...asObject(extra['groupNodes']) };
  for (const [name, body] of Object.entries(given)) {
    const text = stringifyJson(body ?? null);
    const isFree = (each: string) => own[each] === undefined || stringifyJson(own[each] ?? null) === text;
    let next = name;
    for (let count = 2; !isFree(next); count += 1) next = `${name} (${count})`;
    own[next] = body;
    if (next === name) continue;
    for (const prefix of ['workflow>', 'workflow/']) renamed.set(prefix + name, prefix + next);
  }
  if (stringifyJson(own) !== stringifyJson(asObject(extra['groupNodes']) ?? {}))
    root.put('key', 'extra', withKeys(extra, { groupNodes: own }));
  return renamed;
}

function pasteGroups(
  tx: Transaction,
  groups: readonly JsonObject[],
  move: (point: Point) => Point,
): string[] {
  let last = 0;
  for (const id of tx.graph.groups.keys()) if (Number.isFinite(Number(id))) last = Math.max(last, Number(id));
  return groups.flatMap((group) => {
    const bounding = asArray(group['bounding']);
    const place = readPoint(bounding?.slice(0, 2));
    if (bounding == null || place === null) return [];
    last += 1;
    const to = move(place);
    tx.put(
      'group',
      String(last),
      withKeys(group, { id: last, bounding: [to.x, to.y, ...bounding.slice(2)] }),
    );
    return [String(last)];
  });
}

/** The top left of what a clip holds: pasted there, it lies on what it was copied from. */
export function cornerOf(clip: JsonObject): Point {
  const rows = (key: string) => (asArray(clip[key]) ?? []).filter(isObject);
  return cornerAround(rows('nodes'), rows('groups'));
}

function cornerAround(nodes: readonly JsonObject[], groups: readonly JsonObject[]): Point {
  let [x, y] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const take = (point: Point | null) => {
    if (point !== null) [x, y] = [Math.min(x, point.x), Math.min(y, point.y)];
  };
  for (const node of nodes) take(positionOf(node));
  for (const group of groups) take(readPoint(asArray(group['bounding'])?.slice(0, 2)));
  return { x, y };
}
