// What becomes of a graph when nodes are bypassed: which input each would hand on, by the server's rule
// (engine/graph/canvas_links.py), and whom that leaves with nothing.

import type { Catalog } from './catalog';
import type { Graph } from './graph';
import { readId } from './graph';
import { asArray, asObject, type JsonObject } from './json';
import { BYPASSED, MUTED, modeOf, readType, shapeOf, titleOf, typeNameOf } from './slots';
import { isBoundary } from './subgraph';
import { typesFit } from './typecheck';
import type { LinkId, NodeId } from './types';

/** Why a node cannot be bypassed: what it would have to give, and to whom. */
export interface Obstacle {
  readonly node: NodeId;
  readonly type: string;
  readonly consumer: string;
  readonly input: string;
}

/** The link that a bypassed node hands on at an output, to an input of a type; null if it has none. */
export function handedOn(node: JsonObject, output: number, wanted: string): LinkId | null {
  const inputs = (asArray(node['inputs']) ?? []).map((row) => asObject(row) ?? {});
  const own = readType(asObject(asArray(node['outputs'])?.[output])?.['type']);
  const name = wanted === '*' ? own : wanted;
  const fits = (row: JsonObject) => name === '*' || typesFit(readType(row['type']), name);
  const same = inputs[output];
  const found =
    (same !== undefined && fits(same) ? same : undefined) ??
    (name === '*'
      ? inputs[0]
      : (inputs.find((row) => readType(row['type']).toUpperCase() === name.toUpperCase()) ??
        inputs.find(fits)));
  return found === undefined ? null : readId(found['link']);
}

/**
 * What stands in the way of bypassing nodes of a graph, one for each node that has nothing to hand on to somebody who
 * needs it. Inputs that may stay empty, and widgets, which hold a value of their own, need nothing.
 */
export function obstaclesTo(
  graph: Graph,
  bypassed: ReadonlySet<NodeId>,
  catalog: Catalog,
): Map<NodeId, Obstacle> {
  const found = new Map<NodeId, Obstacle>();
  for (const link of graph.links.values()) {
    if (!bypassed.has(link.from) || bypassed.has(link.to)) continue;
    const consumer = graph.nodes.get(link.to);
    const mode = consumer === undefined ? 0 : modeOf(consumer);
    if (mode === MUTED || mode === BYPASSED) continue;
    const slot =
      consumer === undefined
        ? undefined
        : shapeOf(consumer, catalog).inputs.find((each) => each.index === link.toSlot);
    if (slot !== undefined && (slot.isOptional || slot.isWidget)) continue;
    const wanted = slot?.type ?? link.type;
    const end = deadEnd(graph, bypassed, link.id, wanted);
    if (end === null || found.has(end)) continue;
    const title = consumer === undefined ? '' : titleOf(consumer, catalog);
    found.set(end, { node: end, type: wanted, consumer: title, input: slot?.label ?? '' });
  }
  return found;
}

/** The node at which the way upstream ends with nothing; null if it leads to a real output. */
function deadEnd(graph: Graph, bypassed: ReadonlySet<NodeId>, first: LinkId, wanted: string): NodeId | null {
  const seen = new Set<LinkId>();
  let last: NodeId | null = null;
  for (let id: LinkId | null = first; id !== null && !seen.has(id); ) {
    seen.add(id);
    const link = graph.links.get(id);
    if (link === undefined) return last;
    const node = graph.nodes.get(link.from);
    if (node === undefined) return isBoundary(link.from) ? null : last;
    if (bypassed.has(link.from)) last = link.from;
    else if (modeOf(node) === MUTED) return null; // nothing came from there before, either
    const isPassed = bypassed.has(link.from) || modeOf(node) === BYPASSED;
    if (isPassed) id = handedOn(node, link.fromSlot, wanted);
    else if (typeNameOf(node) === 'Reroute') id = readId(asObject(asArray(node['inputs'])?.[0])?.['link']);
    else return null;
  }
  return last;
}
