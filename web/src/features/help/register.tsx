// About this program, and what it runs on.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';
import { About } from './About';

function Host() {
  return useStore(dialogs, (state) => state.open === 'about') ? <About /> : null;
}

registerHost({ id: 'about', Component: Host });
registerCommands({
  id: 'app.about',
  title: () => t('about.title'),
  group: 'application',
  run: () => openDialog('about'),
});
