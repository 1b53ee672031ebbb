// What is wrong with inputs, as the server found it; shown at the input until it is put right.

import type { NodeId } from '../../core/types';

let issues: ReadonlyMap<NodeId, ReadonlyMap<string, string>> = new Map();

/** Messages by node and input. */
export function setNodeIssues(next: ReadonlyMap<NodeId, ReadonlyMap<string, string>>): void {
  issues = next;
}

export function issueAt(node: NodeId, input: string): string | null {
  return issues.get(node)?.get(input) ?? null;
}
