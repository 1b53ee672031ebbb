// Jobs that have ended, the newest first, page by page.

import { useCallback, useEffect, useState } from 'react';
import { call } from '../../api/call';
import { wordsOf } from '../../api/client';
import type { JobState, JobSummary } from '../../api/types';
import { t } from '../../i18n/t';
import { ENDED, onRunEvent } from '../../stores/runs';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { SearchInput } from '../../ui/Field';
import { Spinner } from '../../ui/Spinner';
import { VirtualList } from '../../ui/VirtualList';
import css from './QueuePanel.module.css';
import { EndedRow } from './rows';

const STATES: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];
const PAGE = 100;
const ROW = 62;

export function History() {
  const [jobs, setJobs] = useState<readonly JobSummary[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState('');
  const [text, setText] = useState('');
  const load = useCallback(
    async (after: string | null) => {
      try {
        const page = await call('GET /api/v1/jobs', {
          query: { state: STATES, limit: PAGE, cursor: after, text: text === '' ? null : text },
        });
        setJobs((before) => (after === null ? page.jobs : [...(before ?? []), ...page.jobs]));
        setCursor(page.next_cursor);
        setError('');
      } catch (thrown) {
        setError(wordsOf(thrown));
      }
    },
    [text],
  );
  useEffect(() => {
    const timer = setTimeout(() => void load(null), text === '' ? 0 : 250);
    return () => clearTimeout(timer);
  }, [load, text]);
  useEffect(
    () =>
      onRunEvent((_id, event) => {
        if (ENDED.has(event.type as JobState)) setTimeout(() => void load(null), 100);
      }),
    [load],
  );
  return (
    <div className={css['history']}>
      <SearchInput label={t('queue.search')} value={text} onChange={setText} />
      {error !== '' && <p className={css['paused']}>{error}</p>}
      {jobs === null && error === '' && <Spinner label={t('app.loading')} />}
      {jobs?.length === 0 && <Empty icon="history" title={t('queue.noHistory')} />}
      {jobs !== null && jobs.length > 0 && (
        <VirtualList items={jobs} height={ROW} keyOf={(job) => job.id}>
          {(job, index) => (
            <EndedRow job={job} before={jobs[index + 1]?.id ?? null} onChange={() => void load(null)} />
          )}
        </VirtualList>
      )}
      {cursor !== null && (
        <Button size="small" onClick={() => void load(cursor)}>
          {t('queue.older')}
        </Button>
      )}
    </div>
  );
}
