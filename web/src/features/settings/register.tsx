// The settings dialog and its command.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';
import { SettingsDialog } from './SettingsDialog';

function Host() {
  return useStore(dialogs, (state) => state.open === 'settings') ? <SettingsDialog /> : null;
}

registerHost({ id: 'settings', Component: Host });
registerCommands({
  id: 'app.settings',
  title: () => t('settings.title'),
  group: 'application',
  keys: ['Ctrl+,'],
  scope: 'anywhere',
  inFields: true,
  run: () => openDialog('settings'),
});
