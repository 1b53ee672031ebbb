// What runs, what waits (in an order that can be changed), and what has been.

import { useState } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import { type Run, type RunsState, runs } from '../../stores/runs';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Tabs } from '../../ui/Tabs';
import { cancelAll, setPaused } from './actions';
import { History } from './History';
import css from './QueuePanel.module.css';
import { PendingRow, RunningRow } from './rows';

export function QueuePanel() {
  const [view, setView] = useState('queue');
  const total = useStore(runs, (state) => state.running.length + state.pendingTotal);
  return (
    <Tabs
      label={t('queue.title')}
      value={view}
      onChange={setView}
      tabs={[
        { id: 'queue', label: t('queue.now'), badge: total, content: <Now /> },
        { id: 'history', label: t('queue.history'), content: <History /> },
      ]}
    />
  );
}

function Now() {
  const { running, pending, pendingTotal, isPaused } = useStore(runs);
  const [dragged, setDragged] = useState<string | null>(null);
  const last = useStore(runs, lastEnded);
  return (
    <div className={css['panel']}>
      <div className={css['tools']}>
        <Button size="small" icon={isPaused ? 'play' : 'pause'} onClick={() => void setPaused(!isPaused)}>
          {t(isPaused ? 'queue.resume' : 'queue.pause')}
        </Button>
        {pendingTotal > 0 && (
          <Button size="small" icon="close" onClick={() => void cancelAll(pendingTotal)}>
            {t('queue.clear')}
          </Button>
        )}
      </div>
      {isPaused && <p className={css['paused']}>{t('queue.isPaused')}</p>}
      {running.length + pending.length === 0 && (
        <Empty icon="queue" title={t('queue.empty')} text={t('queue.emptyText')} />
      )}
      <ol className={css['list']} aria-label={t('queue.running')}>
        {running.map((job) => (
          <RunningRow key={job.id} job={job} before={last} />
        ))}
      </ol>
      <ol className={css['list']} aria-label={t('queue.pending')}>
        {pending.map((job, index) => (
          <PendingRow
            key={job.id}
            job={job}
            before={pending[index - 1]?.id ?? running.at(-1)?.id ?? last}
            index={index}
            jobs={pending}
            dragged={dragged}
            setDragged={setDragged}
          />
        ))}
      </ol>
      {pendingTotal > pending.length && (
        <p className={css['more']}>{t('queue.more', { count: pendingTotal - pending.length })}</p>
      )}
    </div>
  );
}

/** The job that ended last, as far as this page knows. */
function lastEnded(state: RunsState): string | null {
  let found: Run | null = null;
  for (const run of state.runs.values())
    if (run.finishedAt !== null && run.finishedAt > (found?.finishedAt ?? 0)) found = run;
  return found?.jobId ?? null;
}
