// The logs panel and its command.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';

registerPanel({
  id: 'logs',
  side: 'bottom',
  title: () => t('logs.title'),
  icon: 'terminal',
  order: 20,
  command: 'app.logs',
  Component: lazily(() => import('./LogsPanel').then((module) => module.LogsPanel)),
});
registerCommands({
  id: 'app.logs',
  title: () => t('logs.show'),
  group: 'view',
  keys: ['Ctrl+`'],
  scope: 'anywhere',
  run: () => togglePanel('bottom', 'logs'),
});
