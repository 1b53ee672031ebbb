// The panel of properties, at the right, with what is known of node types; and folding of what is rarely needed.

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { type HelpSubject, help, wantHelp } from '../../app/help';
import { lazily } from '../../app/lazily';
import { commandItem, registerMenu } from '../../app/menus';
import { registerPanel } from '../../app/panels';
import { view } from '../../app/view';
import { editFold } from '../../engine/node/edits';
import { t } from '../../i18n/t';
import { layout, openPanel, togglePanel } from '../../stores/layout';

registerPanel({
  id: 'inspector',
  side: 'right',
  title: () => t('inspector.title'),
  icon: 'settings',
  order: 10,
  command: 'nodes.inspector',
  Component: lazily(() => import('./Inspector').then((module) => module.Inspector)),
});

/** The selected nodes that have something to fold. */
function foldable(): string[] {
  return [...view.selected].filter((id) => view.scene?.layout(id)?.fold != null);
}

/** The one node that is selected, if there is anything to read about it. */
function selectedSubject(): HelpSubject | null {
  const [node] = view.selected;
  const isOne = view.selected.size === 1 && node !== undefined && view.scene?.shape(node)?.type != null;
  return isOne ? { node, slot: null } : null;
}

/** The input that has the keyboard, or else the selected node. */
function subjectHere(): HelpSubject | null {
  const field = document.activeElement?.closest<HTMLElement>('[data-input]') ?? null;
  const name = field?.dataset['input'];
  const node = field?.closest<HTMLElement>('[data-node]')?.dataset['node'];
  if (name === undefined || node === undefined) return selectedSubject();
  return { node, slot: { side: 'input', name } };
}

const isOpen = () => layout.getState().open.right === 'inspector';

help.subscribe(({ wanted }) => {
  if (wanted === null) return;
  view.select([wanted.node]);
  openPanel('right', 'inspector');
});
bus.on('selection', () => {
  const { wanted } = help.getState();
  // While a graph is shown anew nothing is selected for a moment.
  if (wanted !== null && view.selected.size > 0 && !view.selected.has(wanted.node)) wantHelp(null);
});

registerCommands(
  {
    id: 'nodes.help',
    title: () => t('inspector.showHelp'),
    group: 'nodes',
    keys: ['?'],
    when: () => selectedSubject() !== null,
    run: () => {
      const subject = selectedSubject();
      const isShown = isOpen() && help.getState().wanted?.node === subject?.node;
      if (isShown) openPanel('right', null);
      wantHelp(isShown ? null : subject);
    },
  },
  {
    id: 'nodes.helpHere',
    title: () => t('inspector.showHelpHere'),
    group: 'nodes',
    keys: ['F1'],
    scope: 'anywhere',
    inFields: true,
    when: () => subjectHere() !== null,
    run: () => wantHelp(subjectHere()),
  },
  {
    id: 'nodes.inspector',
    title: () => t('inspector.title'),
    group: 'nodes',
    keys: ['?'],
    run: () => togglePanel('right', 'inspector'),
  },
  {
    id: 'nodes.advanced',
    title: () => t('inspector.fold'),
    group: 'nodes',
    keys: ['Alt+A'],
    when: () => foldable().length > 0,
    run: () => {
      const ids = foldable();
      editFold(view, ids, !ids.every((id) => view.scene?.layout(id)?.fold?.isUnfolded === true));
    },
  },
);

registerMenu(12, ({ kind }) => (kind === 'node' ? commandItem('nodes.advanced') : []));
