// How often one press of Run runs, and whether runs follow each other by themselves.

import { createStore } from 'zustand/vanilla';
import { ENDED, onRunEvent, originOf, runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';
import { runTab } from './submit';

export interface Batch {
  readonly count: number;
  /** Run again by itself: never, when something was changed, or as soon as the run before has ended. */
  readonly auto: 'off' | 'change' | 'always';
}

const CALM = 500;
/** What the menu offers; any other number can be typed. */
export const COUNTS: readonly number[] = [1, 2, 4, 8, 16];
export const MOST = 999;

/** A number of runs as somebody wrote it; null if it is none. */
export function readCount(text: string): number | null {
  const count = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST ? count : null;
}

export const batch = createStore<Batch>(() => ({ count: 1, auto: 'off' }));

export function setBatch(changes: Partial<Batch>): void {
  batch.setState(changes);
}

function isIdle(): boolean {
  const { running, pendingTotal } = runs.getState();
  return running.length === 0 && pendingTotal === 0;
}

/** Follow changes and ends of runs, where the user asked for it. */
export function followBatch(): void {
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Something was changed while something ran. */
  let isWaiting = false;
  const runChanged = () => {
    isWaiting = batch.getState().auto === 'change' && !isIdle();
    if (batch.getState().auto === 'change' && !isWaiting) void runTab();
  };
  const watch = () => {
    stop();
    clearTimeout(timer);
    isWaiting = false;
    stop =
      activeTab()?.doc.watch((change) => {
        if (batch.getState().auto !== 'change' || change.label === 'seeds') return;
        clearTimeout(timer);
        timer = setTimeout(runChanged, CALM);
      }) ?? (() => {});
  };
  watch();
  tabs.subscribe((state, before) => {
    if (state.active !== before.active) watch();
  });
  runs.subscribe(() => {
    if (!isWaiting || !isIdle()) return;
    isWaiting = false;
    clearTimeout(timer);
    timer = setTimeout(runChanged, CALM);
  });
  onRunEvent((jobId, event) => {
    if (!ENDED.has(event.type as 'failed') || batch.getState().auto !== 'always') return;
    // What failed would fail again, and what was stopped was stopped on purpose.
    if (event.type !== 'succeeded') setBatch({ auto: 'off' });
    else if (originOf(jobId)?.tabId === activeTab()?.id) setTimeout(() => isIdle() && void runTab(), 50);
  });
}
