// Steps of undo by name, and the flash that shows where one was undone.

import { registerCommands } from '../../app/commands';
import { lazily, useHasTab } from '../../app/lazily';
import { registerOverlay, registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';

registerOverlay({
  id: 'flash',
  order: 5,
  Component: lazily(() => import('./Flash').then((module) => module.Flash), useHasTab),
});
registerPanel({
  id: 'steps',
  side: 'left',
  title: () => t('steps.title'),
  icon: 'history',
  order: 60,
  command: 'edit.steps',
  Component: lazily(() => import('./StepsPanel').then((module) => module.StepsPanel)),
});
registerCommands({
  id: 'edit.steps',
  title: () => t('steps.show'),
  group: 'edit',
  keys: ['Alt+Z'],
  scope: 'anywhere',
  run: () => togglePanel('left', 'steps'),
});
