// The panel of properties, at the right; and folding of what is rarely needed.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { commandItem, registerMenu } from '../../app/menus';
import { registerPanel } from '../../app/panels';
import { view } from '../../app/view';
import { editFold } from '../../engine/node/edits';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';

registerPanel({
  id: 'inspector',
  side: 'right',
  title: () => t('inspector.title'),
  icon: 'settings',
  order: 10,
  Component: lazily(() => import('./Inspector').then((module) => module.Inspector)),
});

/** The selected nodes that have something to fold. */
function foldable(): string[] {
  return [...view.selected].filter((id) => view.scene?.layout(id)?.fold != null);
}

registerCommands(
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
