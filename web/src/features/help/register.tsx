// About this program, and what it runs on.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { t } from '../../i18n/t';
import { dialogs, openDialog } from '../../stores/dialogs';

const useOpen = () => useStore(dialogs, (state) => state.open === 'about');
const load = () => import('./About').then((module) => module.About);

registerHost({ id: 'about', Component: lazily(load, useOpen) });
registerCommands({
  id: 'app.about',
  title: () => t('about.title'),
  group: 'application',
  run: () => openDialog('about'),
});
