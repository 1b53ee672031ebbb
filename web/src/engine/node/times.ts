// How long nodes took in the last run, in seconds; shown in their titles.

import type { NodeId } from '../../core/types';

let times: ReadonlyMap<NodeId, number> = new Map();

export function setNodeTimes(next: ReadonlyMap<NodeId, number>): void {
  times = next;
}

export function nodeTimes(): ReadonlyMap<NodeId, number> {
  return times;
}

export function timeOf(node: NodeId): number | null {
  return times.get(node) ?? null;
}
