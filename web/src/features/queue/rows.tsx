// One job each: running, waiting, ended.

import { useStore } from 'zustand';
import type { JobSummary } from '../../api/types';
import { seconds } from '../../core/words';
import { t } from '../../i18n/t';
import { originOf, runs } from '../../stores/runs';
import { IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import { LivePicture } from '../../ui/LivePicture';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { runWithOtherSeed } from '../gallery/api';
import { cancel, fractionOf } from '../run/api';
import { forget, moveBefore, moveToFront, openWorkflowOf, retry } from './actions';
import { useChanges, usePicture } from './changes';
import css from './QueuePanel.module.css';

export function nameOfJob(job: JobSummary): string {
  return job.name || originOf(job.id)?.name || t('queue.job', { id: job.id.slice(0, 8) });
}

/** What a job changed against the one before it: the first of it on a line, all of it in the tooltip. */
function Changes({ jobId, before }: { readonly jobId: string; readonly before: string | null }) {
  const lines = useChanges(jobId, before);
  // Its line is kept free until it is known: a row that grows would slip from under the pointer.
  if (lines === null) return before === null ? null : <p className={css['changes']}>{'\u00a0'}</p>;
  const [first, ...others] = lines;
  const more = others.length === 0 ? '' : ` · ${t('queue.moreChanges', { count: others.length })}`;
  return (
    <p className={css['changes']} title={lines.join('\n')}>
      {first === undefined ? t('queue.same') : `${first}${more}`}
    </p>
  );
}

interface RowProps {
  readonly job: JobSummary;
  /** The job that came before; null where none is known. */
  readonly before: string | null;
}

export function RunningRow({ job, before }: RowProps) {
  const run = useStore(runs, (state) => state.runs.get(job.id) ?? null);
  const done = run === null ? 0 : fractionOf(run);
  const preview = useStore(
    runs,
    (state) => [...state.previews.values()].find((each) => each.jobId === job.id)?.blob,
  );
  return (
    <li className={classes(css['row'], css['running'])}>
      {preview !== undefined ? (
        <LivePicture blob={preview} label={t('run.preview')} className={css['picture']} />
      ) : (
        <span className={css['picture']}>
          <Icon name="play" />
        </span>
      )}
      <div className={css['words']}>
        <p className={css['name']}>{nameOfJob(job)}</p>
        <p className={css['note']}>
          {run?.isStopping === true ? t('run.stopping') : `${Math.round(done * 100)} %`}
        </p>
        <Changes jobId={job.id} before={before} />
        <div className={css['track']}>
          <div className={css['fill']} style={{ transform: `scaleX(${done})` }} />
        </div>
      </div>
      <IconButton
        icon="stop"
        size="small"
        label={t('run.stop')}
        disabled={run?.isStopping ?? false}
        onClick={() => void cancel(job.id)}
      />
    </li>
  );
}

interface PendingProps extends RowProps {
  readonly index: number;
  readonly jobs: readonly JobSummary[];
  readonly dragged: string | null;
  readonly setDragged: (id: string | null) => void;
}

export function PendingRow({ job, before, index, jobs, dragged, setDragged }: PendingProps) {
  const name = nameOfJob(job);
  const items = (): MenuItem[] => [
    {
      id: 'front',
      label: t('queue.toFront'),
      isDisabled: index === 0,
      onSelect: () => void moveToFront(job.id),
    },
    {
      id: 'up',
      label: t('queue.up'),
      isDisabled: index === 0,
      onSelect: () => void moveBefore(job.id, jobs[index - 1]?.id ?? null),
    },
    {
      id: 'down',
      label: t('queue.down'),
      isDisabled: index === jobs.length - 1,
      onSelect: () => void moveBefore(job.id, jobs[index + 2]?.id ?? null),
    },
    { kind: 'separator', id: 'line' },
    { id: 'open', label: t('queue.open'), onSelect: () => void openWorkflowOf(job.id, name) },
    { id: 'cancel', label: t('queue.cancel'), isDanger: true, onSelect: () => void cancel(job.id) },
  ];
  return (
    <li
      className={classes(css['row'], dragged === job.id && css['dragged'])}
      data-job={job.id}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move';
        setDragged(job.id);
      }}
      onDragEnd={() => setDragged(null)}
      onDragOver={(event) => {
        if (dragged !== null) event.preventDefault();
      }}
      onDrop={(event) => {
        if (dragged === null || dragged === job.id) return;
        event.preventDefault();
        event.stopPropagation();
        void moveBefore(dragged, job.id);
        setDragged(null);
      }}
    >
      <span className={css['grip']}>
        <Icon name="drag" size={14} />
      </span>
      <div className={css['words']}>
        <p className={css['name']}>{name}</p>
        <p className={css['note']}>{t('queue.position', { number: index + 1 })}</p>
        <Changes jobId={job.id} before={before} />
      </div>
      <IconButton
        icon="dots"
        size="small"
        label={t('queue.moreFor', { name })}
        onClick={(event) => menuAt(event.currentTarget, items(), name)}
      />
      <IconButton icon="close" size="small" label={t('queue.cancel')} onClick={() => void cancel(job.id)} />
    </li>
  );
}

const ICON = {
  succeeded: 'check',
  failed: 'alert',
  cancelled: 'stop',
  queued: 'clock',
  running: 'play',
} as const;

export function EndedRow({ job, before, onChange }: RowProps & { readonly onChange: () => void }) {
  const picture = usePicture(job.state === 'succeeded' ? job.id : null);
  const name = nameOfJob(job);
  const at = new Date((job.finished_at ?? job.created_at) * 1000);
  const items: MenuItem[] = [
    {
      id: 'open',
      label: t('queue.open'),
      icon: 'workflow',
      onSelect: () => void openWorkflowOf(job.id, name),
    },
    { id: 'retry', label: t('queue.retry'), icon: 'refresh', onSelect: () => void retry(job.id) },
    {
      id: 'other',
      label: t('gallery.runOther'),
      icon: 'dice',
      onSelect: () => void runWithOtherSeed(job.id),
    },
    { kind: 'separator', id: 'line' },
    {
      id: 'forget',
      label: t('queue.forget'),
      isDanger: true,
      onSelect: () => void forget(job.id).then(onChange),
    },
  ];
  return (
    <div className={classes(css['row'], css['ended'])}>
      <span
        className={classes(css['state'], css[job.state])}
        role="img"
        aria-label={t(`queue.state.${job.state}`)}
      >
        <Icon name={ICON[job.state]} size={14} />
      </span>
      {picture !== null && (
        <img className={css['picture']} src={picture} alt="" loading="lazy" decoding="async" />
      )}
      <div className={css['words']}>
        <p className={css['name']}>{name}</p>
        <p className={css['note']} title={job.error?.message ?? at.toLocaleString()}>
          {job.error?.message ??
            [at.toLocaleTimeString(), job.seconds === null ? '' : seconds(job.seconds)]
              .filter((part) => part !== '')
              .join(' · ')}
        </p>
        <Changes jobId={job.id} before={before} />
      </div>
      {job.state !== 'succeeded' && (
        <IconButton icon="refresh" size="small" label={t('queue.retry')} onClick={() => void retry(job.id)} />
      )}
      <IconButton
        icon="dots"
        size="small"
        label={t('queue.moreFor', { name })}
        onClick={(event) => menuAt(event.currentTarget, items, name)}
      />
    </div>
  );
}

function menuAt(element: Element, items: readonly MenuItem[], label: string): void {
  const { left, bottom } = element.getBoundingClientRect();
  showMenu({ x: left, y: bottom }, items, label);
}
