// How far a run is, and how long it will still take, weighted by how long its nodes took the last time.

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import { isVirtual } from './everywhere';
import { modeOf, typeNameOf } from './slots';
import type { Scope } from './types';

export interface NodeWork {
  readonly state: 'running' | 'done' | 'cached' | 'failed' | 'blocked';
  /** Steps that are done, and all of them; null where the node counts none. */
  readonly value: number | null;
  readonly total: number | null;
  /** In seconds since 1970; null if it is not known. */
  readonly startedAt: number | null;
  /** Steps in a second; null until two were seen. */
  readonly pace: number | null;
  /** How long it took; null until it has ended. */
  readonly seconds: number | null;
}

export interface Estimate {
  /** From 0 to 0.99: what has not ended is not whole. */
  readonly fraction: number;
  readonly secondsLeft: number | null;
  readonly pace: number | null;
  readonly step: { readonly value: number; readonly total: number } | null;
}

const LONGEST_PART = 0.95;
const LEAST_KNOWN = 0.5;
const LEAST_DONE = 0.08;
const LEAST_SECONDS = 2;

/**
 * @param nodes what has been told of nodes, by id
 * @param planned ids of the nodes that will run, as far as that is known
 * @param secondsOf how long a node took the last time; null if nobody knows
 * @param now in seconds since 1970
 */
export function estimate(
  nodes: ReadonlyMap<string, NodeWork>,
  planned: Iterable<string>,
  secondsOf: (node: string) => number | null,
  startedAt: number | null,
  now: number,
): Estimate {
  const ids = new Set([...planned, ...nodes.keys()]);
  const known = [...ids].flatMap((id) => secondsOf(id) ?? []).sort((one, other) => one - other);
  const typical = known[Math.floor(known.length / 2)] ?? 1;
  let [done, all, left, leftKnown] = [0, 0, 0, 0];
  let running: NodeWork | null = null;
  for (const id of ids) {
    const node = nodes.get(id);
    if (node?.state === 'cached') continue;
    const last = secondsOf(id);
    const weight = Math.max(measured(node) ?? last ?? typical, 0.001);
    all += weight;
    if (node !== undefined && node.state !== 'running') {
      done += weight;
      continue;
    }
    const [part, rest, isMeasured] =
      node === undefined ? [0, weight, false] : partOf(node, weight, last, now);
    if (node !== undefined) running = node;
    done += weight * part;
    left += rest;
    if (isMeasured || last !== null) leftKnown += rest;
  }
  const fraction = all === 0 ? 0 : Math.max(0, Math.min(0.99, done / all));
  const elapsed = startedAt === null ? 0 : now - startedAt;
  const isKnown = left > 0 && leftKnown / left >= LEAST_KNOWN;
  const byTime =
    fraction > LEAST_DONE && elapsed > LEAST_SECONDS ? (elapsed / fraction) * (1 - fraction) : null;
  const { value = null, total = null, pace = null } = running ?? {};
  return {
    fraction,
    secondsLeft: isKnown ? left : byTime,
    pace,
    step: value !== null && total !== null && total > 1 ? { value, total } : null,
  };
}

/** What is measured in this run goes before the last one, which may have had fewer steps. */
function measured(node: NodeWork | undefined): number | null {
  if (node === undefined) return null;
  if (node.state !== 'running') return node.seconds;
  return node.total !== null && node.pace !== null && node.pace > 0 ? node.total / node.pace : null;
}

/** How much of a node is done, how many seconds are left, and whether these were measured now. */
function partOf(
  { value, total, pace, startedAt }: NodeWork,
  weight: number,
  last: number | null,
  now: number,
): [number, number, boolean] {
  if (total !== null && total > 0) {
    const steps = Math.max(0, total - (value ?? 0));
    const part = 1 - steps / total;
    return pace !== null && pace > 0 ? [part, steps / pace, true] : [part, weight * (1 - part), false];
  }
  const elapsed = startedAt === null ? 0 : Math.max(0, now - startedAt);
  const part = last === null ? 0 : Math.min(LONGEST_PART, elapsed / weight);
  return [part, Math.max(0, weight - elapsed), false];
}

/** The nodes of a document that run, as runs call them (`12:5`), with their types. */
export function plannedNodes(doc: GraphDoc, catalog: Catalog = new Map()): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (scope: Scope, prefix: string, inside: ReadonlySet<Scope>) => {
    const graph = doc.graph(scope);
    for (const [id, node] of graph.nodes) {
      const type = typeNameOf(node);
      if (modeOf(node) !== 0 || isVirtual(node, graph, catalog)) continue;
      if (!doc.has(type) || type === '') found.set(prefix + id, type);
      else if (!inside.has(type)) walk(type, `${prefix}${id}:`, new Set([...inside, type]));
    }
  };
  walk('', '', new Set());
  return found;
}

/** Steps in a second, for people: `3.4 it/s`, or, of slow ones, `2.1 s/it`. */
export function paceWords(pace: number): {
  readonly key: 'run.pace' | 'run.paceSlow';
  readonly pace: string;
} {
  return pace >= 1
    ? { key: 'run.pace', pace: pace >= 10 ? String(Math.round(pace)) : pace.toFixed(1) }
    : { key: 'run.paceSlow', pace: (1 / pace).toFixed(1) };
}
