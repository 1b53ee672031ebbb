// The large preview: over the canvas or at the side, and the command for it.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerOverlay, registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { followLayout, PANEL, preview, togglePreview } from './store';

registerOverlay({
  id: 'preview',
  order: 55,
  Component: lazily(
    () => import('./Floating').then((module) => module.Floating),
    () => useStore(preview, (state) => state.isFloating),
  ),
});

registerPanel({
  id: PANEL,
  side: 'right',
  title: () => t('preview.title'),
  icon: 'eye',
  order: 45,
  Component: lazily(() => import('./Docked').then((module) => module.Docked)),
});

registerCommands({
  id: 'preview.toggle',
  title: () => t('preview.show'),
  group: 'results',
  keys: ['Shift+V'],
  run: togglePreview,
});

followLayout();
