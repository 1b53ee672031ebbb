// What differs between two states of a document: nodes that came or went, their values, titles and modes, and links.

import type { Catalog } from './catalog';
import { wordsOfValue } from './diff';
import type { GraphDoc } from './doc';
import { type Json, type JsonObject, stringifyJson } from './json';
import { modeOf, type NodeShape, shapeOf, titleOf, typeNameOf } from './slots';
import { withDefinitions } from './subgraph';
import type { NodeId, Scope } from './types';

export interface NodeAt {
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
}

export interface DocChange extends NodeAt {
  readonly kind: 'value' | 'link' | 'title' | 'mode' | 'type';
  /** The input; empty where it is the node itself. */
  readonly input: string;
  /** In words; null where it is not there. */
  readonly a: string | null;
  readonly b: string | null;
}

export interface DocDiff {
  readonly changes: readonly DocChange[];
  readonly added: readonly NodeAt[];
  readonly removed: readonly NodeAt[];
  /** Nodes, groups and points of links that stand elsewhere or look different. */
  readonly looks: number;
}

const LOOKS = ['pos', 'size', 'flags', 'color', 'bgcolor', 'shape'];

interface Side {
  readonly doc: GraphDoc;
  readonly catalog: Catalog;
}

export function diffDocs(before: GraphDoc, after: GraphDoc, types: Catalog): DocDiff {
  const a: Side = { doc: before, catalog: withDefinitions(before, types) };
  const b: Side = { doc: after, catalog: withDefinitions(after, types) };
  const [changes, added, removed]: [DocChange[], NodeAt[], NodeAt[]] = [[], [], []];
  let looks = 0;
  for (const scope of new Set([...before.scopes, ...after.scopes])) {
    const [old, now] = [nodesOf(a, scope), nodesOf(b, scope)];
    for (const [id, node] of old)
      if (!now.has(id)) removed.push({ scope, node: id, title: titleOf(node, a.catalog) });
    for (const [id, node] of now) {
      const earlier = old.get(id);
      const at = { scope, node: id, title: titleOf(node, b.catalog) };
      if (earlier === undefined) added.push(at);
      else {
        changes.push(...changesOf(a, earlier, b, node, at));
        if (LOOKS.some((key) => !isSame(earlier[key], node[key]))) looks += 1;
      }
    }
    for (const kind of ['groups', 'reroutes'] as const)
      looks += countDifferent(partsOf(a, scope, kind), partsOf(b, scope, kind));
  }
  return { changes, added, removed, looks };
}

function nodesOf({ doc }: Side, scope: Scope): ReadonlyMap<NodeId, JsonObject> {
  return doc.has(scope) ? doc.graph(scope).nodes : new Map();
}

function partsOf({ doc }: Side, scope: Scope, kind: 'groups' | 'reroutes'): ReadonlyMap<string, JsonObject> {
  return doc.has(scope) ? doc.graph(scope)[kind] : new Map();
}

function countDifferent(
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
): number {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.filter((key) => !isSame(before.get(key), after.get(key))).length;
}

function changesOf(a: Side, old: JsonObject, b: Side, now: JsonObject, at: NodeAt): DocChange[] {
  const whole = (kind: DocChange['kind'], before: string, after: string): DocChange[] =>
    before === after ? [] : [{ ...at, kind, input: '', a: before, b: after }];
  return [
    ...whole('type', typeNameOf(old), typeNameOf(now)),
    ...whole('title', titleOf(old, a.catalog), titleOf(now, b.catalog)),
    ...whole('mode', String(modeOf(old)), String(modeOf(now))),
    ...valuesThatDiffer(shapeOf(old, a.catalog), shapeOf(now, b.catalog), at),
    ...linksThatDiffer(linksInto(a, old, at), linksInto(b, now, at), at),
  ];
}

function valuesThatDiffer(old: NodeShape, now: NodeShape, at: NodeAt): DocChange[] {
  const [before, after] = [old, now].map(
    (shape) => new Map(shape.widgets.map((widget): [string, Json] => [widget.name, widget.value])),
  ) as [Map<string, Json>, Map<string, Json>];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((input): DocChange[] => {
    const [one, other] = [before.get(input), after.get(input)];
    if (isSame(one, other)) return [];
    const words = (value: Json | undefined) => (value === undefined ? null : wordsOfValue(value));
    return [{ ...at, kind: 'value', input, a: words(one), b: words(other) }];
  });
}

/** What is linked to each input, in words. */
function linksInto({ doc, catalog }: Side, node: JsonObject, { scope }: NodeAt): Map<string, string> {
  const graph = doc.graph(scope);
  const found = new Map<string, string>();
  for (const slot of shapeOf(node, catalog).inputs) {
    const link = slot.link === null ? undefined : graph.links.get(slot.link);
    if (link === undefined) continue;
    const from = graph.nodes.get(link.from);
    const shape = from === undefined ? undefined : shapeOf(from, catalog);
    const output = shape?.outputs[link.fromSlot]?.name ?? String(link.fromSlot);
    const title = from === undefined ? '' : titleOf(from, catalog);
    found.set(slot.name, `← ${title} #${link.from} › ${output}`);
  }
  return found;
}

function linksThatDiffer(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  at: NodeAt,
): DocChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((input): DocChange[] => {
    const [a, b] = [before.get(input) ?? null, after.get(input) ?? null];
    return a === b ? [] : [{ ...at, kind: 'link', input, a, b }];
  });
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || stringifyJson(a) === stringifyJson(b);
}
