// Copying nodes as JSON text that is a small workflow itself, and pasting such text under ids of its own.

import type { Transaction } from './doc';
import { nextLinkId, nextNodeId } from './edit';
import { positionOf, readPoint, writePoint } from './geometry';
import { type Graph, numeric, readId, readLink } from './graph';
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
import type { Link, NodeId, Point } from './types';

const MARK = 'skein/nodes';
const MOST = 20_000;

/** Nodes and groups with the links between them; links from elsewhere stand in `incoming`. */
export function copyNodes(graph: Graph, ids: ReadonlySet<NodeId>, groups: ReadonlySet<string>): JsonObject {
  const links: Json[] = [];
  const incoming: Json[] = [];
  for (const link of graph.links.values()) {
    if (!ids.has(link.to)) continue;
    (ids.has(link.from) ? links : incoming).push(row(link));
  }
  return {
    kind: MARK,
    nodes: [...graph.nodes].filter(([id]) => ids.has(id)).map(([, node]) => node),
    links,
    groups: [...graph.groups].filter(([id]) => groups.has(id)).map(([, group]) => group),
    incoming,
    version: 0.4,
  };
}

function row(link: Link): Json {
  return [numeric(link.id), numeric(link.from), link.fromSlot, numeric(link.to), link.toSlot, link.type];
}

export function clipText(clip: JsonObject): string {
  return stringifyJson(clip);
}

/** What text on a clipboard holds, if it holds nodes: ours, or any canvas workflow. */
export function readClip(text: string): JsonObject | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const clip = asObject(parseJson(text));
    const nodes = asArray(clip?.['nodes']);
    return clip !== null && nodes !== null && nodes.length > 0 && nodes.length <= MOST ? clip : null;
  } catch {
    return null;
  }
}

export interface Pasted {
  readonly nodes: readonly NodeId[];
  readonly groups: readonly string[];
}

/** Add what a clip holds, its top left at a point. `keepsIncoming`: links from nodes that were not copied, too. */
export function pasteClip(tx: Transaction, clip: JsonObject, at: Point, keepsIncoming = false): Pasted {
  const nodes = (asArray(clip['nodes']) ?? []).filter(isObject);
  const groups = (asArray(clip['groups']) ?? []).filter(isObject);
  const corner = cornerOf(nodes, groups);
  const move = (point: Point): Point => ({
    x: Math.round(point.x - corner.x + at.x),
    y: Math.round(point.y - corner.y + at.y),
  });
  const ids = new Map<NodeId, NodeId>();
  for (const node of nodes) {
    const old = readId(node['id']);
    if (old !== null && !ids.has(old)) ids.set(old, nextNodeId(tx));
  }
  const links = new Map<string, Link>();
  for (const [list, isInner] of [['links', true] as const, ['incoming', false] as const]) {
    if (!isInner && !keepsIncoming) continue;
    for (const raw of asArray(clip[list]) ?? []) {
      const link = readLink(raw);
      const to = link === null ? undefined : ids.get(link.to);
      const from = link === null ? undefined : isInner ? ids.get(link.from) : link.from;
      if (link === null || to === undefined || from === undefined) continue;
      if (!isInner && !hasOutput(tx, from, link)) continue;
      const id = nextLinkId(tx);
      links.set(link.id, tx.graph.writeLink({ ...link, id, from, to }));
    }
  }
  const newLinks = (value: Json | undefined): Json => {
    const link = links.get(readId(value) ?? '');
    return link === undefined ? null : numeric(link.id);
  };
  const pasted: NodeId[] = [];
  for (const node of nodes) {
    const id = ids.get(readId(node['id']) ?? '');
    if (id === undefined || pasted.includes(id)) continue;
    const inputs = asArray(node['inputs'])?.map((slot) =>
      isObject(slot) && slot['link'] !== undefined ? withKeys(slot, { link: newLinks(slot['link']) }) : slot,
    );
    const outputs = asArray(node['outputs'])?.map((slot) => {
      const held = isObject(slot) ? asArray(slot['links']) : null;
      return isObject(slot) && held !== null
        ? withKeys(slot, { links: held.map(newLinks).filter((link) => link !== null) })
        : slot;
    });
    tx.put(
      'node',
      id,
      withKeys(node, {
        id: numeric(id),
        pos: writePoint(node['pos'], move(positionOf(node))),
        ...(inputs === undefined ? {} : { inputs }),
        ...(outputs === undefined ? {} : { outputs }),
      }),
    );
    pasted.push(id);
  }
  const own = new Set(pasted);
  for (const link of links.values()) {
    tx.put('link', link.id, link);
    if (!own.has(link.from)) addToOutput(tx, link);
  }
  return { nodes: pasted, groups: pasteGroups(tx, groups, move) };
}

function pasteGroups(
  tx: Transaction,
  groups: readonly JsonObject[],
  move: (point: Point) => Point,
): string[] {
  let last = Math.max(0, ...[...tx.graph.groups.keys()].map(Number).filter(Number.isFinite));
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

function cornerOf(nodes: readonly JsonObject[], groups: readonly JsonObject[]): Point {
  const places = [
    ...nodes.map(positionOf),
    ...groups.flatMap((group) => readPoint(asArray(group['bounding'])?.slice(0, 2)) ?? []),
  ];
  return {
    x: Math.min(...places.map((place) => place.x), Number.POSITIVE_INFINITY),
    y: Math.min(...places.map((place) => place.y), Number.POSITIVE_INFINITY),
  };
}

function hasOutput(tx: Transaction, id: NodeId, link: Link): boolean {
  const slot = asObject(asArray(tx.graph.nodes.get(id)?.['outputs'])?.[link.fromSlot]);
  return slot !== null;
}

function addToOutput(tx: Transaction, link: Link): void {
  const rows = asArray(tx.graph.nodes.get(link.from)?.['outputs']);
  const slot = asObject(rows?.[link.fromSlot]);
  if (rows == null || slot === null) return;
  const links = [...(asArray(slot['links']) ?? []), numeric(link.id)];
  tx.patch('node', link.from, { outputs: rows.with(link.fromSlot, withKeys(slot, { links })) });
}
