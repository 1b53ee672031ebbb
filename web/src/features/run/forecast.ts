// What Run would do now, shown before it is pressed: which nodes are cached, which would run. Asked for when the
// document has been left alone for a moment, and only while nothing runs.

import { createStore } from 'zustand/vanilla';
import { api } from '../../api/client';
import { whenConnected, whenStarted } from '../../app/start';
import { ENDED, onRunEvent, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';

export type Fate = 'cached' | 'runs' | 'perhaps' | 'unneeded' | 'blocked';

export interface Forecast {
  readonly tabId: string | null;
  readonly nodes: Readonly<Record<string, Fate>>;
}

const NONE: Forecast = { tabId: null, nodes: {} };
const CALM = 400;
const MOST_NODES = 500;

export const forecast = createStore<Forecast>(() => NONE);

let timer: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

async function ask(): Promise<void> {
  const tab = activeTab();
  const { connection, running } = runs.getState();
  asked += 1;
  const own = asked;
  if (
    tab === null ||
    connection !== 'open' ||
    running.length > 0 ||
    tab.doc.graph('').nodes.size > MOST_NODES
  ) {
    forecast.setState(NONE);
    return;
  }
  try {
    const { nodes } = await api.post<Pick<Forecast, 'nodes'>>('/api/v1/workflows/forecast', {
      workflow: tab.doc.save(),
    });
    if (own === asked) forecast.setState({ tabId: tab.id, nodes });
  } catch {
    // An unfinished workflow says nothing of what it would do; Run says what is wrong.
    if (own === asked) forecast.setState(NONE);
  }
}

function askSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), CALM);
}

export function followForecast(): void {
  let stop = () => {};
  let shown: string | null = null;
  const watch = () => {
    const tab = activeTab();
    if (tab?.id === shown) return;
    shown = tab?.id ?? null;
    stop();
    forecast.setState(NONE);
    stop =
      tab?.doc.watch(() => {
        forecast.setState(NONE);
        askSoon();
      }) ?? (() => {});
    askSoon();
  };
  tabs.subscribe(watch);
  whenStarted(watch);
  whenConnected(askSoon);
  onRunEvent((_id, event) => {
    if (ENDED.has(event.type as 'failed')) askSoon();
    if (event.type === 'started') forecast.setState(NONE);
  });
}

/** How many nodes would run, and how many need not. */
export function countFates({ nodes }: Forecast): { readonly runs: number; readonly cached: number } {
  const fates = Object.values(nodes);
  return {
    runs: fates.filter((fate) => fate === 'runs' || fate === 'perhaps').length,
    cached: fates.filter((fate) => fate === 'cached').length,
  };
}
