// The bar over a selection.

import { registerCommands } from '../../app/commands';
import { lazily, useHasTab } from '../../app/lazily';
import { registerOverlay } from '../../app/panels';
import { registerTools } from '../../app/toolbox';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { focusToolbox, hasToolbox } from './shown';

registerOverlay({
  id: 'toolbox',
  order: 30,
  Component: lazily(() => import('./Toolbox').then((module) => module.Toolbox), useHasTab),
});

registerTools(
  { order: 10, command: 'run.selected', icon: 'play' },
  { order: 20, command: 'edit.bypass', icon: 'bypass' },
  { order: 21, command: 'edit.mute', icon: 'mute' },
  { order: 40, command: 'edit.group', icon: 'group' },
  { order: 60, command: 'edit.duplicate', icon: 'copy' },
  { order: 90, command: 'edit.delete', icon: 'trash' },
);

registerCommands({
  id: 'edit.toolbox',
  title: () => t('toolbox.focus'),
  group: 'edit',
  keys: ['Alt+F10'],
  scope: 'anywhere',
  when: () => settings.getState().showsToolbox && hasToolbox(),
  run: focusToolbox,
});
