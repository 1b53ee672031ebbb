// Commands, panel and drop of workflow files.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { openings } from '../../app/opening';
import { registerHost, registerOverlay, registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { activateTab, activeTab, reopenTab, tabs } from '../../stores/tabs';
import { exportApi, exportCanvas, exportPython } from './export';
import { newFolder } from './file-actions';
import { chooseFiles, newWorkflow, openTemplate } from './open';
import { close, save, saveAs } from './save';
import { clearTab, duplicateTab, renameTab } from './tab-commands';
import { listenForWorkflows } from './take';
import { showTrash, trash } from './trash.store';
import { shownVersions, showVersions } from './versions.store';

/** What one begins with who has no idea yet. */
const DEFAULT = { pack: 'skein', name: 'text_to_image' };

const hasTab = () => activeTab() !== null;

registerPanel({
  id: 'workflows',
  side: 'left',
  title: () => t('workflows.title'),
  icon: 'folder',
  order: 10,
  command: 'workflow.panel',
  Component: lazily(() => import('./WorkflowPanel').then((module) => module.WorkflowPanel)),
});

registerOverlay({
  id: 'opening',
  // Over the page to begin with, too.
  order: 90,
  Component: lazily(() => import('./OpeningNotes').then((module) => module.OpeningNotes)),
});
registerHost({
  id: 'versions',
  Component: lazily(
    () => import('./VersionsDialog').then((module) => module.VersionsDialog),
    () => useStore(shownVersions, (state) => state.name !== null),
  ),
});
registerHost({
  id: 'trash',
  Component: lazily(
    () => import('./TrashDialog').then((module) => module.TrashDialog),
    () => useStore(trash, (state) => state.isOpen),
  ),
});

function step(by: number): void {
  const { tabs: all, active } = tabs.getState();
  const index = all.findIndex((tab) => tab.id === active);
  const next = all[(index + by + all.length) % Math.max(1, all.length)];
  if (next !== undefined) activateTab(next.id);
}

registerCommands(
  {
    id: 'workflow.panel',
    title: () => t('workflows.show'),
    group: 'view',
    keys: ['W'],
    run: () => togglePanel('left', 'workflows'),
  },
  {
    id: 'workflow.new',
    title: () => t('workflows.new'),
    group: 'workflow',
    keys: ['Alt+N'],
    scope: 'anywhere',
    run: () => void newWorkflow(),
  },
  {
    id: 'workflow.open',
    title: () => t('workflows.openFile'),
    group: 'workflow',
    keys: ['Ctrl+O'],
    scope: 'anywhere',
    inFields: true,
    run: chooseFiles,
  },
  {
    id: 'workflow.stopOpening',
    title: () => t('opening.stopAll'),
    group: 'workflow',
    when: () => openings.getState().notes.length > 0,
    run: () => {
      for (const { stop } of openings.getState().notes) stop();
    },
  },
  {
    id: 'workflow.save',
    title: () => t('workflows.save'),
    group: 'workflow',
    keys: ['Ctrl+S'],
    scope: 'anywhere',
    inFields: true,
    when: hasTab,
    run: async () => void (await save()),
  },
  {
    id: 'workflow.saveAs',
    title: () => t('workflows.saveAs'),
    group: 'workflow',
    keys: ['Ctrl+Shift+S'],
    scope: 'anywhere',
    inFields: true,
    when: hasTab,
    run: async () => void (await saveAs()),
  },
  {
    id: 'workflow.export',
    title: () => t('workflows.export'),
    group: 'workflow',
    when: hasTab,
    run: () => exportCanvas(),
  },
  {
    id: 'workflow.exportApi',
    title: () => t('workflows.exportApi'),
    group: 'workflow',
    when: hasTab,
    run: () => exportApi(),
  },
  {
    id: 'workflow.exportPython',
    title: () => t('workflows.exportPython'),
    group: 'workflow',
    when: hasTab,
    run: () => exportPython(),
  },
  {
    id: 'workflow.newFolder',
    title: () => t('workflows.newFolder'),
    group: 'workflow',
    run: () => newFolder(),
  },
  {
    id: 'workflow.trash',
    title: () => t('trash.show'),
    group: 'workflow',
    run: showTrash,
  },
  {
    id: 'workflow.versions',
    title: () => t('versions.show'),
    group: 'workflow',
    when: () => activeTab()?.path != null,
    run: () => showVersions(activeTab()?.path ?? ''),
  },
  {
    id: 'workflow.rename',
    title: () => t('workflows.renameTab'),
    group: 'workflow',
    when: hasTab,
    run: () => renameTab(activeTab()),
  },
  {
    id: 'workflow.duplicate',
    title: () => t('workflows.duplicate'),
    group: 'workflow',
    when: hasTab,
    run: () => duplicateTab(activeTab()),
  },
  {
    id: 'workflow.clear',
    title: () => t('workflows.clear'),
    group: 'workflow',
    when: () => (activeTab()?.doc.graph('').nodes.size ?? 0) > 0,
    run: () => clearTab(activeTab()),
  },
  {
    id: 'workflow.default',
    title: () => t('workflows.loadDefault'),
    group: 'workflow',
    run: () => openTemplate(DEFAULT),
  },
  {
    id: 'workflow.close',
    title: () => t('workflows.close'),
    group: 'workflow',
    keys: ['Alt+W'],
    scope: 'anywhere',
    when: hasTab,
    run: async () => void (await close(activeTab()?.id ?? '')),
  },
  {
    id: 'workflow.reopen',
    title: () => t('workflows.reopen'),
    group: 'workflow',
    keys: ['Alt+Shift+T'],
    scope: 'anywhere',
    when: () => tabs.getState().closed.length > 0,
    run: () => void reopenTab(),
  },
  {
    id: 'workflow.next',
    title: () => t('workflows.next'),
    group: 'workflow',
    keys: ['Alt+PageDown'],
    scope: 'anywhere',
    when: () => tabs.getState().tabs.length > 1,
    run: () => step(1),
  },
  {
    id: 'workflow.previous',
    title: () => t('workflows.previous'),
    group: 'workflow',
    keys: ['Alt+PageUp'],
    scope: 'anywhere',
    when: () => tabs.getState().tabs.length > 1,
    run: () => step(-1),
  },
);

listenForWorkflows();
