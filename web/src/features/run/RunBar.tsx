// Run, stop, and how far it is.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { runCommand } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { useKeys } from '../../app/useKeys';
import { paceWords } from '../../core/progress';
import { seconds } from '../../core/words';
import { t } from '../../i18n/t';
import { openPanel } from '../../stores/layout';
import { type Run, runOf, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { Button, IconButton } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Menu } from '../../ui/Menu';
import { KEEPS_FOCUS } from '../../ui/returnFocus';
import { batch, COUNTS, setBatch } from './batch';
import { countFates, type Forecast, forecast, planOf } from './forecast';
import { serverLoad } from './load';
import { progressOf } from './progress';
import css from './RunBar.module.css';

const Meters = lazily(() => import('./Meters').then((module) => module.Meters));

export function RunBar() {
  const active = useStore(tabs, (state) => state.active);
  const connection = useStore(runs, (state) => state.connection);
  const own = useStore(runs, (state) => runOf(state, active));
  const other = useStore(runs, (state) => {
    const id = state.running[0]?.id;
    return id === undefined ? null : (state.runs.get(id) ?? null);
  });
  const waiting = useStore(runs, (state) => state.pendingTotal);
  const isPaused = useStore(runs, (state) => state.isPaused);
  const { count, auto } = useStore(batch);
  const hasMeters = useStore(serverLoad, (state) => state.isShown);
  const plan = useStore(forecast, (state) => (state.tabId === active ? state : null));
  const run = own?.state === 'running' ? own : (other ?? own);
  const isRunning = run?.state === 'running';
  const keysOf = useKeys();
  return (
    <section className={css['bar']} aria-label={t('run.label')} {...KEEPS_FOCUS}>
      {hasMeters && (
        <div className={css['meters']}>
          <Meters />
        </div>
      )}
      <Status plan={plan} run={run} isOffline={connection === 'offline'} isPaused={isPaused} />
      {waiting > 0 && (
        <Button size="small" kind="quiet" icon="queue" onClick={() => openPanel('left', 'queue')}>
          {t('run.waiting', { count: waiting })}
        </Button>
      )}
      {isRunning && (
        <IconButton
          icon="stop"
          label={run.isStopping ? t('run.stopping') : t('run.stop')}
          keys={keysOf('run.interrupt')}
          kind="plain"
          disabled={run.isStopping}
          onClick={() => runCommand('run.interrupt')}
        />
      )}
      <div className={css['split']}>
        <Button
          kind="primary"
          icon="play"
          className={css['run']}
          disabled={active === null || connection === 'offline'}
          onClick={() => runCommand('run.start')}
        >
          {count > 1 ? t('run.startMany', { count }) : t('run.start')}
        </Button>
        <Menu
          align="end"
          items={[
            {
              id: 'front',
              label: t('run.front'),
              keys: keysOf('run.front'),
              onSelect: () => runCommand('run.front'),
            },
            {
              id: 'selected',
              label: t('run.selected'),
              onSelect: () => runCommand('run.selected'),
              keys: keysOf('run.selected'),
            },
            {
              id: 'newSeeds',
              label: t('run.newSeeds'),
              onSelect: () => runCommand('run.newSeeds'),
              keys: keysOf('run.newSeeds'),
            },
            { kind: 'separator', id: 'a' },
            { kind: 'label', id: 'count', label: t('run.count') },
            ...COUNTS.map((each) => ({
              id: `count-${each}`,
              label: String(each),
              isChecked: count === each,
              onSelect: () => setBatch({ count: each }),
            })),
            {
              id: 'count-other',
              label: COUNTS.includes(count) ? t('run.countOther') : t('run.countOtherNow', { count }),
              isChecked: !COUNTS.includes(count),
              onSelect: () => runCommand('run.countOther'),
              keys: keysOf('run.countOther'),
            },
            { kind: 'separator', id: 'b' },
            { kind: 'label', id: 'auto', label: t('run.auto') },
            ...(['off', 'change', 'always'] as const).map((each) => ({
              id: `auto-${each}`,
              label: t(`run.auto.${each}`),
              isChecked: auto === each,
              onSelect: () => setBatch({ auto: each }),
            })),
          ]}
        >
          <Button
            kind="primary"
            icon="chevronDown"
            className={css['more']}
            disabled={active === null}
            aria-label={t('run.options')}
          />
        </Menu>
      </div>
    </section>
  );
}

/** Of what keeps nodes from running, in the tooltip. */
const MOST_REASONS = 5;

interface StatusProps {
  readonly plan: Forecast | null;
  readonly run: Run | null;
  readonly isOffline: boolean;
  readonly isPaused: boolean;
}

function Status({ plan, run, isOffline, isPaused }: StatusProps) {
  if (isOffline)
    return (
      <p className={classes(css['status'], css['offline'])} title={t('app.offline')} role="status">
        {t('app.offlineShort')}
      </p>
    );
  if (run?.state === 'running') return <Progress run={run} />;
  if (isPaused) return <p className={classes(css['status'], css['paused'])}>{t('run.paused')}</p>;
  if (run?.state === 'failed' && !run.isDismissed)
    return (
      <button
        type="button"
        className={classes(css['status'], css['failed'])}
        onClick={() => openPanel('bottom', 'issues')}
      >
        {t('run.failed')}
      </button>
    );
  if (plan !== null && countFates(plan).blocked > 0)
    return (
      <button
        type="button"
        className={classes(css['status'], css['blocked'])}
        title={[...new Set(Object.values(plan.reasons))].slice(0, MOST_REASONS).join('\n')}
        onClick={() => openPanel('bottom', 'issues')}
      >
        {planOf(plan)}
      </button>
    );
  if (plan !== null && countFates(plan).runs > 0) return <p className={css['status']}>{planOf(plan)}</p>;
  if (run?.state === 'succeeded' && didNothing(run))
    return (
      <button
        type="button"
        className={classes(css['status'], css['nothing'])}
        title={t('run.newSeeds')}
        onClick={() => runCommand('run.newSeeds')}
      >
        {t('run.tookNothing')}
      </button>
    );
  if (run?.state === 'succeeded' && run.startedAt !== null && run.finishedAt !== null)
    return (
      <p className={css['status']}>{t('run.took', { time: seconds(run.finishedAt - run.startedAt) })}</p>
    );
  return plan === null ? null : <p className={css['status']}>{planOf(plan)}</p>;
}

function didNothing({ nodes }: Run): boolean {
  return nodes.size > 0 && [...nodes.values()].every((node) => node.state === 'cached');
}

function Progress({ run }: { readonly run: Run }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, []);
  const { fraction: done, secondsLeft, pace, step } = progressOf(run, now);
  const elapsed = run.startedAt === null ? 0 : Math.max(0, now - run.startedAt);
  const speed = pace === null ? null : paceWords(pace);
  const words = run.isStopping
    ? t('run.stopping')
    : [
        `${Math.round(done * 100)} %`,
        step === null ? '' : `${step.value}/${step.total}`,
        speed === null ? '' : t(speed.key, { pace: speed.pace }),
        secondsLeft === null ? seconds(elapsed) : t('run.left', { time: seconds(secondsLeft) }),
      ]
        .filter((part) => part !== '')
        .join(' · ');
  return (
    <div className={css['progress']} title={`${run.name} · ${words}`}>
      <span className={css['words']}>{words}</span>
      <div
        role="progressbar"
        aria-label={t('run.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(done * 100)}
        className={css['track']}
      >
        <div className={css['fill']} style={{ transform: `scaleX(${done})` }} />
      </div>
    </div>
  );
}
