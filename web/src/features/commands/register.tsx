// The keyboard, the palette and the sheet of keys.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { listenForKeys } from '../../app/keys';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';
import { registerEditing } from './edit';
import { Palette } from './Palette';
import { Shortcuts } from './Shortcuts';

function Dialogs() {
  const open = useStore(dialogs, (state) => state.open);
  if (open === 'palette') return <Palette />;
  return open === 'shortcuts' ? <Shortcuts /> : null;
}

registerHost({ id: 'commands', Component: Dialogs });
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
    run: () => openDialog('palette'),
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
