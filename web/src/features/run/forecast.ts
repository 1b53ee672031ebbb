// What Run would do now, shown before it is pressed: which nodes are cached, which would run. Asked for when the
// document has been left alone for a moment, and only while nothing runs.

import { createStore } from 'zustand/vanilla';
import { call } from '../../api/call';
import { whenConnected, whenStarted } from '../../app/start';
import type { GraphDoc } from '../../core/doc';
import { reachOf } from '../../core/effects';
import { t } from '../../i18n/t';
import { ENDED, onRunEvent, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';
import { asItRuns } from './seeds';

export type Fate = 'cached' | 'runs' | 'perhaps' | 'unneeded' | 'blocked';

export interface Forecast {
  readonly tabId: string | null;
  readonly nodes: Readonly<Record<string, Fate>>;
  /** Of each blocked node the one that is wrong, and what is wrong with those, in the server's words. */
  readonly blockedBy: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
}

const NONE: Forecast = { tabId: null, nodes: {}, blockedBy: {}, reasons: {} };
/** So long a document must have been left alone, by how many nodes it has: the whole of it is sent. */
const PAUSES = [
  [200, 400],
  [500, 800],
  [2000, 2000],
] as const;
const LONGEST_PAUSE = 4000;
/** Of documents with more nodes, sending them each time would be felt. */
export const MOST_SENT = 20_000;

export const forecast = createStore<Forecast>(() => NONE);

let timer: ReturnType<typeof setTimeout> | undefined;
let asking: AbortController | null = null;

export function pauseFor(nodes: number): number {
  return PAUSES.find(([most]) => nodes <= most)?.[1] ?? LONGEST_PAUSE;
}

export function countNodes(doc: GraphDoc): number {
  let count = 0;
  for (const scope of doc.scopes) count += doc.graph(scope).nodes.size;
  return count;
}

/** What is known no longer holds; an answer that is under way would not, either. */
function forget(): void {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
  forecast.setState(NONE);
}

async function ask(): Promise<void> {
  const tab = activeTab();
  const { connection, running } = runs.getState();
  if (tab === null || connection !== 'open' || running.length > 0) {
    forget();
    return;
  }
  asking?.abort();
  const own = new AbortController();
  asking = own;
  try {
    const { nodes, blocked_by, reasons } = await call('POST /api/v1/workflows/forecast', {
      body: { workflow: asItRuns(tab.doc).save() },
      signal: own.signal,
    });
    if (asking === own) forecast.setState({ tabId: tab.id, nodes, blockedBy: blocked_by, reasons });
  } catch {
    // An unfinished workflow says nothing of what it would do; Run says what is wrong.
    if (asking === own) forecast.setState(NONE);
  }
}

function askSoon(): void {
  clearTimeout(timer);
  const doc = activeTab()?.doc;
  // Who looks at another window asks when coming back.
  if (doc === undefined || document.visibilityState === 'hidden') return;
  const nodes = countNodes(doc);
  if (nodes <= MOST_SENT) timer = setTimeout(() => void ask(), pauseFor(nodes));
}

export function followForecast(): void {
  let stop = () => {};
  let shown: string | null = null;
  const watch = () => {
    const tab = activeTab();
    if (tab?.id === shown) return;
    shown = tab?.id ?? null;
    stop();
    forget();
    stop =
      tab?.doc.watch(({ patches }) => {
        if (reachOf(patches) !== 'run') return;
        forget();
        askSoon();
      }) ?? (() => {});
    askSoon();
  };
  tabs.subscribe(watch);
  whenStarted(watch);
  whenConnected(askSoon);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && forecast.getState().tabId === null) askSoon();
  });
  // The queue is asked for after the end of a run is told, and may say only later that nothing runs any more.
  runs.subscribe((state, before) => {
    if (state.running.length === 0 && before.running.length > 0) askSoon();
  });
  onRunEvent((_id, event) => {
    if (ENDED.has(event.type as 'failed')) askSoon();
    if (event.type === 'started') forget();
  });
}

/** How many nodes would run, how many need not, and how many cannot. */
export function countFates({ nodes }: Pick<Forecast, 'nodes'>): {
  readonly runs: number;
  readonly cached: number;
  readonly blocked: number;
} {
  const fates = Object.values(nodes);
  return {
    blocked: fates.filter((fate) => fate === 'blocked').length,
    runs: fates.filter((fate) => fate === 'runs' || fate === 'perhaps').length,
    cached: fates.filter((fate) => fate === 'cached').length,
  };
}

/** "2 nodes will run, 5 are cached", or how many cannot. */
export function planOf(plan: Pick<Forecast, 'nodes'>): string {
  const { runs: running, cached, blocked } = countFates(plan);
  if (blocked > 0) {
    const words = t('run.planBlocked', { count: blocked });
    return running === 0 ? words : `${t('run.plan', { count: running })}, ${words}`;
  }
  if (running + cached === 0) return '';
  if (running === 0) return t('run.planNothing');
  return cached === 0 ? t('run.plan', { count: running }) : t('run.planCached', { count: running, cached });
}
