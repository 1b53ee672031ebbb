// Why nodes cannot run as things are, as the server says before a run; shown in their titles.

import type { NodeId } from '../../core/types';

export interface Blocked {
  readonly why: string;
  /** It is wrong itself; else something that it needs is. */
  readonly isCause: boolean;
}

let blocked: ReadonlyMap<NodeId, Blocked> = new Map();

export function setBlockedNodes(next: ReadonlyMap<NodeId, Blocked>): void {
  blocked = next;
}

export function blockedNodes(): ReadonlyMap<NodeId, Blocked> {
  return blocked;
}

export function blockedAt(node: NodeId): Blocked | null {
  return blocked.get(node) ?? null;
}
