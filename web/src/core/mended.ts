// Whether what was refused has been put right: what an input gets, or a node is, in a text that is another one as soon as
// somebody has changed it. Nothing is said of whether the change is a good one.

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import type { Graph } from './graph';
import { readId } from './graph';
import { asArray, asObject, type Json, type JsonObject, stringifyJson } from './json';
import { locate } from './missing';
import { BYPASSED, modeOf, typeNameOf, VIRTUAL } from './slots';
import { isBoundary } from './subgraph';
import type { LinkId } from './types';
import { valuesOf } from './values';

/** The state of a node that is not there. */
export const GONE = 'gone';
const MOST_HOPS = 20;

/** `node` as runs call it: `12:5` is in the subgraph of node 12. `input` is empty for the node as a whole. */
export function stateOf(doc: GraphDoc, catalog: Catalog, node: string, input: string): string {
  const [spot] = locate(doc, node);
  const graph = spot === undefined ? undefined : doc.graph(spot.scope);
  const record = spot === undefined ? undefined : graph?.nodes.get(spot.node);
  if (graph === undefined || record === undefined) return GONE;
  const outer = node.includes(':') ? node.slice(0, node.lastIndexOf(':')) : '';
  const links = linksOf(record).filter(([name]) => input === '' || name === input);
  const fed = links.map(([name, link]) => `${name}<${sourceOf(doc, graph, link, outer, 0)}`);
  const isFed = input !== '' && links.some(([, link]) => link !== null);
  const held = isFed ? null : heldBy(record, catalog, input);
  return stringifyJson([typeNameOf(record), modeOf(record), fed, held]);
}

/** All links of a graph: a circle is broken anywhere. */
export function linksAround(doc: GraphDoc, node: string): string {
  const [spot] = locate(doc, node);
  if (spot === undefined) return GONE;
  const { links, nodes } = doc.graph(spot.scope);
  return `${[...links.keys()].join()}/${[...nodes.values()].map(modeOf).join('')}`;
}

function linksOf(record: JsonObject): (readonly [string, LinkId | null])[] {
  return (asArray(record['inputs']) ?? []).map((row) => {
    const slot = asObject(row) ?? {};
    return [String(slot['name'] ?? ''), readId(slot['link'])];
  });
}

/** The value of a widget; where the type is not known, all that the node holds. */
function heldBy(record: JsonObject, catalog: Catalog, input: string): Json {
  const type = catalog.get(typeNameOf(record));
  const value = type === undefined || input === '' ? undefined : valuesOf(record, type).get(input);
  return value ?? record['widgets_values'] ?? null;
}

/** What a link brings: through nodes that only hand on, and from the outside into a subgraph. */
function sourceOf(doc: GraphDoc, graph: Graph, link: LinkId | null, outer: string, hops: number): string {
  const found = link === null ? undefined : graph.links.get(link);
  if (found === undefined) return '';
  if (isBoundary(found.from)) return `outside ${outsideOf(doc, outer)}`;
  const source = graph.nodes.get(found.from);
  const from = `${found.from}/${found.fromSlot}`;
  if (source === undefined) return from;
  const state = `${from} ${typeNameOf(source)} ${modeOf(source)}`;
  if (hops >= MOST_HOPS || !(VIRTUAL.has(typeNameOf(source)) || modeOf(source) === BYPASSED)) return state;
  const before = linksOf(source).map(([, next]) => sourceOf(doc, graph, next, outer, hops + 1));
  return `${state} ${stringifyJson(source['widgets_values'] ?? null)} ${before.join()}`;
}

/** The instance that a subgraph stands in: what it holds, and what is linked to it. */
function outsideOf(doc: GraphDoc, instance: string): string {
  const [spot] = instance === '' ? [] : locate(doc, instance);
  const record = spot === undefined ? undefined : doc.graph(spot.scope).nodes.get(spot.node);
  if (record === undefined) return '';
  const linked = linksOf(record).map(([name, link]) => `${name}<${link ?? ''}`);
  return `${linked.join()} ${modeOf(record)} ${stringifyJson(record['widgets_values'] ?? null)}`;
}
