// Which changes inside a definition show on its instances: what it takes, gives and promotes, not where things stand.

import type { Change } from '../core/doc';
import type { JsonObject } from '../core/json';
import type { Patch } from '../core/types';

/** Of a node: its place and its looks. */
const LOOKS: ReadonlySet<string> = new Set(['pos', 'size', 'order', 'flags', 'color', 'bgcolor']);

/** Whether node types that are made from definitions may be others now. */
export function changesTypes({ patches }: Change): boolean {
  return patches.some(changesType);
}

function changesType(patch: Patch): boolean {
  if (patch.kind === 'definition') return true;
  if (patch.scope === '') return patch.kind === 'key' && patch.id === 'extra';
  if (patch.kind === 'group' || patch.kind === 'reroute') return false;
  if (patch.kind !== 'node' || patch.before === null || patch.after === null) return true;
  return !differOnlyInLooks(patch.before, patch.after);
}

function differOnlyInLooks(before: JsonObject, after: JsonObject): boolean {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (before[key] !== after[key] && !LOOKS.has(key)) return false;
  return true;
}
