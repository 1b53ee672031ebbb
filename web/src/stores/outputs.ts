// What the nodes of a tab have given to be shown, over all its runs that are known.

import type { Run, RunsState } from './runs';

type Outputs = Run['outputs'];

const NOTHING: Outputs = new Map();
const asked = new WeakMap<RunsState['runs'], Map<string, Outputs>>();
const merged = new Map<string, { readonly parts: readonly Outputs[]; readonly whole: Outputs }>();

/**
 * What the nodes of a tab last gave to be shown, by the id of the node to show it at: what a run has not made anew, or will
 * never since it failed or was stopped, stays. The same map as long as nothing has changed in it.
 */
export function outputsOf({ runs: all }: Pick<RunsState, 'runs'>, tabId: string | null): Outputs {
  if (tabId === null) return NOTHING;
  const answers = asked.get(all) ?? new Map<string, Outputs>();
  asked.set(all, answers);
  const known = answers.get(tabId);
  if (known !== undefined) return known;
  const parts = [...all.values()]
    .filter((run) => run.tabId === tabId && run.outputs.size > 0)
    .sort((one, other) => one.createdAt - other.createdAt)
    .map(({ outputs }) => outputs);
  const last = merged.get(tabId);
  const isSame =
    last !== undefined &&
    last.parts.length === parts.length &&
    parts.every((part, at) => part === last.parts[at]);
  const whole = isSame ? last.whole : new Map(parts.flatMap((part) => [...part]));
  merged.set(tabId, { parts, whole });
  answers.set(tabId, whole);
  return whole;
}
