// The keyboard, the palette and the sheet of keys.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { keepTyped } from '../../app/early';
import { listenForKeys } from '../../app/keys';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { closeDialog, dialogs, openDialog } from '../../stores/dialogs';
import { registerEditing } from './edit';

registerHost({
  id: 'palette',
  Component: lazily(
    () => import('./Palette').then((module) => module.Palette),
    () => useStore(dialogs, (state) => state.open === 'palette'),
  ),
});
registerHost({
  id: 'shortcuts',
  Component: lazily(
    () => import('./Shortcuts').then((module) => module.Shortcuts),
    () => useStore(dialogs, (state) => state.open === 'shortcuts'),
  ),
});
registerEditing();
registerCommands(
  {
    id: 'app.palette',
    title: () => t('commands.palette'),
    group: 'application',
    keys: ['Ctrl+K', 'Ctrl+Shift+P'],
    scope: 'anywhere',
    inFields: true,
    isHidden: true,
    run: () => {
      if (dialogs.getState().open === 'palette') return;
      openDialog('palette');
      keepTyped(closeDialog);
    },
  },
  {
    id: 'app.shortcuts',
    title: () => t('shortcuts.title'),
    group: 'application',
    keys: ['Ctrl+Shift+K'],
    scope: 'anywhere',
    run: () => openDialog('shortcuts'),
  },
);
listenForKeys();
