// How long nodes took the last time: by tab and node, and by type where that node has not run yet. Kept in this browser,
// so that the first run after a reload can say how long it will take.

import { keep, keptRows } from './kept';

const KEY = 'skein.timings';
const MOST = 1000;
const KEEP_AFTER = 2000;

let known = new Map(keptRows<number>(KEY).filter(([, seconds]) => Number.isFinite(seconds)));
let isKeeping = false;

const ofNode = (tabId: string, node: string) => `${tabId}/${node}`;

/** A node has ended that was computed, not taken from the cache. */
export function keepTiming(tabId: string | null, node: string, type: string, seconds: number): void {
  for (const key of [type, ...(tabId === null ? [] : [ofNode(tabId, node)])]) {
    known.delete(key); // the latest stand last
    known.set(key, Math.round(seconds * 1000) / 1000);
  }
  if (known.size > MOST * 1.2) known = new Map([...known].slice(-MOST));
  if (isKeeping) return;
  isKeeping = true;
  setTimeout(() => {
    isKeeping = false;
    keep(KEY, [...known].slice(-MOST));
  }, KEEP_AFTER);
}

/** In seconds; null if neither the node nor its type has run here. */
export function lastSeconds(tabId: string | null, node: string, type: string | undefined): number | null {
  const own = tabId === null ? undefined : known.get(ofNode(tabId, node));
  return own ?? (type === undefined ? null : (known.get(type) ?? null));
}

// -- what each job was expected to run -------------------------------------------------------------------------------

export type Plan = ReadonlyMap<string, string>;

const MOST_PLANS = 100;
let plans = new Map<string, Plan>();

/** What a job will run: node ids with their types. */
export function keepPlan(jobId: string, plan: Plan): void {
  plans = new Map([...plans, [jobId, plan] as const].slice(-MOST_PLANS));
}

export function planOf(jobId: string): Plan | null {
  return plans.get(jobId) ?? null;
}
