// The settings dialog and its command.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';

const useOpen = () => useStore(dialogs, (state) => state.open === 'settings');
const load = () => import('./SettingsDialog').then((module) => module.SettingsDialog);

registerHost({ id: 'settings', Component: lazily(load, useOpen) });
registerCommands({
  id: 'app.settings',
  title: () => t('settings.title'),
  group: 'application',
  keys: ['Ctrl+,'],
  scope: 'anywhere',
  inFields: true,
  run: () => openDialog('settings'),
});
