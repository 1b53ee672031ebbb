// What can be done with the queue and with jobs that have ended. What the server refuses is said in its words.

import { call } from '../../api/call';
import { wordsOf } from '../../api/client';
import { openJobWorkflow } from '../../app/open';
import { isSure } from '../../app/sure';
import { t } from '../../i18n/t';
import { keepOrigin, originOf, runs, takeJob } from '../../stores/runs';
import { toast } from '../../ui/Toast';
import { refreshQueue } from '../run/api';

async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast({ kind: 'error', title: t('queue.refused'), text: wordsOf(error) });
  }
  await refreshQueue();
}

export const setPaused = (isPaused: boolean) =>
  attempt(() => call(isPaused ? 'POST /api/v1/queue/pause' : 'POST /api/v1/queue/resume'));

export const moveBefore = (id: string, before: string | null) =>
  attempt(() =>
    call('POST /api/v1/jobs/{job_id}/move', {
      path: { job_id: id },
      body: before === null ? { to: 'end' } : { before },
    }),
  );

export const moveToFront = (id: string) =>
  attempt(() => call('POST /api/v1/jobs/{job_id}/move', { path: { job_id: id }, body: { to: 'front' } }));

export const retry = (id: string) =>
  attempt(async () => {
    const again = await call('POST /api/v1/jobs/{job_id}/retry', { path: { job_id: id } });
    const origin = originOf(id);
    if (origin !== null) keepOrigin(again.id, origin);
    if (!runs.getState().runs.has(again.id)) takeJob(again);
  });

export const forget = (id: string) =>
  attempt(() => call('DELETE /api/v1/jobs/{job_id}', { path: { job_id: id } }));

export async function cancelAll(count: number): Promise<void> {
  if (await isSure({ title: t('queue.clearTitle', { count }), label: t('queue.clear') }))
    await attempt(() => call('POST /api/v1/jobs/cancel', { body: { pending: true } }));
}

/** The workflow that a job ran, in a tab of its own. */
export const openWorkflowOf = (id: string, name: string) => attempt(() => openJobWorkflow(id, name));
