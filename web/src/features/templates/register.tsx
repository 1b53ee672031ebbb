// The start page, and the browser of workflows to begin with.

import { registerCommands } from '../../app/commands';
import { registerHost, registerOverlay } from '../../app/panels';
import { t } from '../../i18n/t';
import { StartPage } from './StartPage';
import { browser, TemplateBrowserHost } from './TemplateBrowser';

registerOverlay({ id: 'start-page', order: -10, Component: StartPage });
registerHost({ id: 'templates', Component: TemplateBrowserHost });

registerCommands({
  id: 'templates.browse',
  title: () => t('templates.browse'),
  group: 'workflow',
  run: () => browser.setState({ isOpen: true }),
});
