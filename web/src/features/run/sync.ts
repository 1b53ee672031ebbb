// Keeps the queue as the server has it, and takes over runs that this page has not seen from their start.

import { call } from '../../api/call';
import { ApiError } from '../../api/client';
import { readJob } from '../../api/jobs';
import { whenConnected, whenStarted } from '../../app/start';
import { ENDED, onRunEvent, origins, runs, takeJob, updateRun } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { restoreSeeds } from './seeds';

const MOST_SHOWN = 200;
let isAsked = false;
let asking: Promise<void> | null = null;

/** Ask for the queue; several calls at a time are one. */
export function refreshQueue(): Promise<void> {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

function refreshSoon(): void {
  if (isAsked) return;
  isAsked = true;
  setTimeout(() => {
    isAsked = false;
    void refreshQueue();
  }, 60);
}

async function ask(): Promise<void> {
  try {
    const queue = await call('GET /api/v1/queue', { query: { limit: MOST_SHOWN } });
    runs.setState({
      isPaused: queue.paused,
      running: queue.running,
      pending: queue.pending,
      pendingTotal: queue.pending_total,
    });
    const known = runs.getState().runs;
    await Promise.all(queue.running.filter((job) => !known.has(job.id)).map((job) => takeOver(job.id)));
  } catch {
    // The connection's state says that the server is away.
  }
}

async function takeOver(jobId: string): Promise<void> {
  try {
    const job = await readJob(jobId);
    const known = runs.getState().runs.get(jobId);
    if (known === undefined || !ENDED.has(known.state)) takeJob(job);
  } catch (error) {
    // A server that forgot the job will not tell its end.
    if (error instanceof ApiError && error.status === 404 && runs.getState().runs.has(jobId))
      updateRun(jobId, { state: 'cancelled', isStopping: false });
  }
}

/** After a reload or an outage: the queue, what runs, and what each tab last made. */
async function resync(): Promise<void> {
  await refreshQueue();
  const { runs: known, running } = runs.getState();
  const unsure = [...known.values()].filter((run) => !ENDED.has(run.state)).map((run) => run.jobId);
  const ids = new Set([...running.map((job) => job.id), ...unsure]);
  await Promise.all([...ids].map(takeOver));
}

async function restoreLast(): Promise<void> {
  const wanted = new Map<string, string>();
  const open = new Set(tabs.getState().tabs.map((tab) => tab.id));
  for (const [jobId, { tabId }] of origins()) if (tabId !== null && open.has(tabId)) wanted.set(tabId, jobId);
  const known = runs.getState().runs;
  await Promise.all([...wanted.values()].filter((id) => !known.has(id)).map(takeOver));
}

whenConnected(resync);
whenStarted(restoreSeeds, 10);
whenStarted(restoreLast, 10);

onRunEvent((_jobId, event) => {
  if (event.type === 'queued' || event.type === 'started' || ENDED.has(event.type as 'failed')) refreshSoon();
});
