// Commands, panel and everything that follows runs.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { commandItem, registerMenu } from '../../app/menus';
import { registerPanel } from '../../app/panels';
import { view } from '../../app/view';
import { registerNodeExtra } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { openPanel, togglePanel } from '../../stores/layout';
import { onRunEvent, originOf } from '../../stores/runs';
import { activeTab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { Announcer } from './Announcer';
import { batch, followBatch } from './batch';
import { registerBatch } from './batchCommands';
import { followEnds } from './done';
import { followForecast } from './forecast';
import { toggleMeters } from './load';
import { freeMemory } from './memory';
import { followMended } from './mended';
import { NodePreview } from './NodePreview';
import { registerPreviews } from './pictures';
import { useIssueCount } from './problems';
import { followTimings } from './progress';
import { followRuns } from './show';
import { canInterrupt, interrupt, runSelected, runTab, runWithNewSeeds } from './submit';
import { followTitle } from './title';
import './sync';
import { registerHost } from '../../app/panels';

const hasTab = () => activeTab() !== null;

registerPanel({
  id: 'issues',
  side: 'bottom',
  title: () => t('issues.title'),
  icon: 'alert',
  order: 10,
  command: 'run.issues',
  Component: lazily(() => import('./IssuesPanel').then((module) => module.IssuesPanel)),
  useBadge: useIssueCount,
});
registerMenu(20, ({ kind }) => (kind === 'node' ? commandItem('run.selected') : []));
registerHost({ id: 'announcer', Component: Announcer });

registerCommands(
  {
    id: 'run.start',
    title: () => t('run.start'),
    group: 'run',
    keys: ['Ctrl+Enter'],
    scope: 'anywhere',
    inFields: true,
    when: hasTab,
    run: () => runTab(undefined, { count: batch.getState().count }),
  },
  {
    id: 'run.front',
    title: () => t('run.front'),
    group: 'run',
    keys: ['Ctrl+Shift+Enter'],
    scope: 'anywhere',
    inFields: true,
    when: hasTab,
    run: () => runTab(undefined, { front: true }),
  },
  {
    id: 'run.newSeeds',
    title: () => t('run.newSeeds'),
    group: 'run',
    when: hasTab,
    run: runWithNewSeeds,
  },
  {
    id: 'run.selected',
    title: () => t('run.selected'),
    group: 'run',
    when: () => view.selected.size > 0,
    run: runSelected,
  },
  {
    id: 'run.interrupt',
    title: () => t('run.stop'),
    words: () => t('words.stop'),
    group: 'run',
    keys: ['Ctrl+Alt+Enter'],
    scope: 'anywhere',
    inFields: true,
    when: canInterrupt,
    run: interrupt,
  },
  {
    id: 'run.freeMemory',
    title: () => t('meters.free'),
    words: () => t('words.memory'),
    group: 'run',
    run: freeMemory,
  },
  {
    id: 'run.issues',
    title: () => t('issues.show'),
    group: 'view',
    run: () => togglePanel('bottom', 'issues'),
  },
  {
    id: 'run.meters',
    title: () => t('meters.show'),
    group: 'view',
    run: toggleMeters,
  },
);

registerBatch();
registerNodeExtra({ id: 'preview', Component: NodePreview });
registerPreviews();
followRuns();
followMended();
followTitle();
followForecast();
followTimings();
followEnds();
followBatch();

onRunEvent((jobId, event) => {
  if (event.type !== 'failed') return;
  const isHere = originOf(jobId)?.tabId === activeTab()?.id;
  if (isHere) openPanel('bottom', 'issues');
  toast({
    kind: 'error',
    title: t('run.failed'),
    text: event.error.message,
    key: `failed-${jobId}`,
    seconds: 10,
  });
});
