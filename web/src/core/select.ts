// What belongs together: nodes before and after others, and the order in which they run.

import type { Graph } from './graph';
import type { NodeId } from './types';

export type Direction = 'upstream' | 'downstream' | 'connected';

/** Nodes that lead to some, or that they lead to, themselves included. */
export function reachable(graph: Graph, from: Iterable<NodeId>, direction: Direction): Set<NodeId> {
  const next = new Map<NodeId, NodeId[]>();
  const lead = (one: NodeId, other: NodeId) => {
    const list = next.get(one);
    if (list === undefined) next.set(one, [other]);
    else list.push(other);
  };
  for (const link of graph.links.values()) {
    if (direction !== 'downstream') lead(link.to, link.from);
    if (direction !== 'upstream') lead(link.from, link.to);
  }
  const found = new Set(from);
  const waiting = [...found];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next.get(id) ?? []) {
      if (found.has(other) || !graph.nodes.has(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return found;
}

/** Nodes in an order in which each comes after what feeds it; those in circles come where the file has them. */
export function executionOrder(graph: Graph): NodeId[] {
  const before = new Map<NodeId, NodeId[]>();
  for (const link of graph.links.values()) {
    const list = before.get(link.to);
    if (list === undefined) before.set(link.to, [link.from]);
    else list.push(link.from);
  }
  const order: NodeId[] = [];
  const state = new Map<NodeId, 'open' | 'done'>();
  for (const start of graph.nodes.keys()) {
    const stack: NodeId[] = [start];
    while (stack.length > 0) {
      const id = stack.at(-1);
      if (id === undefined) break;
      if (state.get(id) === undefined) {
        state.set(id, 'open');
        for (const other of before.get(id) ?? [])
          if (state.get(other) === undefined && graph.nodes.has(other)) stack.push(other);
        continue;
      }
      stack.pop();
      if (state.get(id) === 'done') continue;
      state.set(id, 'done');
      order.push(id);
    }
  }
  return order;
}
