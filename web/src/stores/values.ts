// What the nodes of runs gave, each output in a few characters: told by events while a run goes on, asked for otherwise.

import { createStore } from 'zustand/vanilla';
import { readJobValues } from '../api/jobs';
import type { JobEvent, ValueSummary } from '../api/types';
import { onRunEvent, runOf, runs } from './runs';

type Outputs = readonly ValueSummary[];

interface ValuesState {
  /** By tab, then by the node as runs name it: the last that is known. */
  readonly tabs: ReadonlyMap<string, ReadonlyMap<string, Outputs>>;
}

export const values = createStore<ValuesState>(() => ({ tabs: new Map() }));

/** Jobs whose values were asked for, or told from their beginning. */
const known = new Set<string>();

/** What an event says of outputs. */
export function outputsIn(event: JobEvent): ReadonlyMap<string, Outputs> {
  if (event.type === 'nodes_cached') return new Map(Object.entries(event.values ?? {}));
  const given = event.type === 'node_finished' ? (event.values ?? []) : [];
  return event.type === 'node_finished' && given.length > 0 ? new Map([[event.node_id, given]]) : new Map();
}

function take(tabId: string | null, outputs: ReadonlyMap<string, Outputs>): void {
  if (tabId === null || outputs.size === 0) return;
  values.setState(({ tabs }) => ({
    tabs: new Map([...tabs, [tabId, new Map([...(tabs.get(tabId) ?? []), ...outputs])]]),
  }));
}

export function lastValue(tabId: string | null, node: string, slot: number): ValueSummary | null {
  return (
    values
      .getState()
      .tabs.get(tabId ?? '')
      ?.get(node)?.[slot] ?? null
  );
}

/** Ask for the values of a tab's last run, if they are not known: after a reload. At most once for each run. */
export async function wantValues(tabId: string | null): Promise<void> {
  const run = runOf(runs.getState(), tabId);
  if (run === null || known.has(run.jobId)) return;
  known.add(run.jobId);
  try {
    const told = await readJobValues(run.jobId);
    take(tabId, new Map(Object.entries(told.values)));
  } catch {
    known.delete(run.jobId); // the server is away: the next look asks again
  }
}

export function followValues(): () => void {
  return onRunEvent((jobId, event) => {
    if (event.type === 'started') known.add(jobId);
    take(runs.getState().runs.get(jobId)?.tabId ?? null, outputsIn(event));
  });
}
