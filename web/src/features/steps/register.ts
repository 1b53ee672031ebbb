// Steps of undo by name, and the flash that shows where one was undone.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerOverlay, registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { Flash } from './Flash';

registerOverlay({ id: 'flash', order: 5, Component: Flash });
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
