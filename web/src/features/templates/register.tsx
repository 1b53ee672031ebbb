// The start page, and the browser of workflows to begin with.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerHost, registerOverlay } from '../../app/panels';
import { t } from '../../i18n/t';
import { StartPage } from './StartPage';
import { browser } from './templates.store';

const useOpen = () => useStore(browser, (state) => state.isOpen);
const load = () => import('./TemplateBrowser').then((module) => module.TemplateBrowser);

registerOverlay({ id: 'start-page', order: -10, Component: StartPage });
registerHost({ id: 'templates', Component: lazily(load, useOpen) });

registerCommands({
  id: 'templates.browse',
  title: () => t('templates.browse'),
  group: 'workflow',
  run: () => browser.setState({ isOpen: true }),
});
