// The queue's panel and its commands.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { runs } from '../../stores/runs';
import { cancelAll, setPaused } from './actions';

registerPanel({
  id: 'queue',
  side: 'left',
  title: () => t('queue.title'),
  icon: 'queue',
  order: 50,
  command: 'queue.panel',
  Component: lazily(() => import('./QueuePanel').then((module) => module.QueuePanel)),
  useBadge: () => useStore(runs, (state) => state.running.length + state.pendingTotal),
});

registerCommands(
  {
    id: 'queue.panel',
    title: () => t('queue.show'),
    group: 'view',
    keys: ['Q'],
    run: () => togglePanel('left', 'queue'),
  },
  {
    id: 'queue.pause',
    title: () => t('queue.pause'),
    group: 'run',
    when: () => !runs.getState().isPaused,
    run: () => setPaused(true),
  },
  {
    id: 'queue.resume',
    title: () => t('queue.resume'),
    group: 'run',
    when: () => runs.getState().isPaused,
    run: () => setPaused(false),
  },
  {
    id: 'queue.clear',
    title: () => t('queue.clear'),
    group: 'run',
    when: () => runs.getState().pendingTotal > 0,
    run: () => cancelAll(runs.getState().pendingTotal),
  },
);
