// How far a change of a document reaches: only looks (places, sizes, colours), names, or what a run would do.

import { isObject } from './json';
import type { Patch } from './types';

export type Reach = 'looks' | 'names' | 'run';

/** Keys of nodes that say where they stand and what they look like. */
const LOOKS: ReadonlySet<string> = new Set([
  ...['pos', 'size', 'color', 'bgcolor', 'boxcolor', 'shape', 'flags', 'order', 'showAdvanced'],
]);
/** Keys of a document that say nothing of what runs. */
const COUNTERS: ReadonlySet<string> = new Set([
  ...['last_node_id', 'last_link_id', 'state', 'revision', 'extra', 'config', 'inputNode', 'outputNode'],
]);

export function reachOf(patches: readonly Patch[]): Reach {
  let reach: Reach = 'looks';
  for (const patch of patches) {
    const own = reachOfPatch(patch);
    if (own === 'run') return 'run';
    if (own === 'names') reach = 'names';
  }
  return reach;
}

function reachOfPatch(patch: Patch): Reach {
  switch (patch.kind) {
    case 'group':
    case 'reroute':
      return 'looks';
    case 'link':
      return 'run';
    case 'key':
      return COUNTERS.has(patch.id) ? 'looks' : patch.id === 'name' ? 'names' : 'run';
    default:
      return reachOfNode(patch.before, patch.after);
  }
}

function reachOfNode(before: unknown, after: unknown): Reach {
  if (!isObject(before) || !isObject(after)) return 'run';
  let reach: Reach = 'looks';
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (LOOKS.has(key) || before[key] === after[key]) continue;
    if (key !== 'title') return 'run';
    reach = 'names';
  }
  return reach;
}
