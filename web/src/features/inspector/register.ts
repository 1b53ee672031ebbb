// The panel of properties, at the right.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerPanel } from '../../app/panels';
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

registerCommands({
  id: 'nodes.inspector',
  title: () => t('inspector.title'),
  group: 'nodes',
  keys: ['?'],
  run: () => togglePanel('right', 'inspector'),
});
