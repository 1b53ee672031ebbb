// The settings dialog and its command.

import { useStore } from 'zustand';
import { wordsOf } from '../../api/client';
import { type Command, registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';
import { changeSettings } from '../../stores/settings';
import { toast } from '../../ui/Toast';

const useOpen = () => useStore(dialogs, (state) => state.open === 'settings');
const load = () => import('./SettingsDialog').then((module) => module.SettingsDialog);

registerHost({ id: 'settings', Component: lazily(load, useOpen) });
registerCommands(
  ...(['system', 'dark', 'light', 'contrast'] as const).map(
    (theme): Command => ({
      id: `view.theme.${theme}`,
      title: () => t('settings.setTheme', { name: t(`settings.theme.${theme}`) }),
      words: () => t('words.theme'),
      group: 'view',
      run: () =>
        changeSettings({ theme }).catch(
          (error: unknown) =>
            void toast({ kind: 'error', title: t('settings.failed'), text: wordsOf(error), key: 'theme' }),
        ),
    }),
  ),
);
registerCommands({
  id: 'app.settings',
  title: () => t('settings.title'),
  group: 'application',
  keys: ['Ctrl+,'],
  scope: 'anywhere',
  inFields: true,
  run: () => openDialog('settings'),
});
