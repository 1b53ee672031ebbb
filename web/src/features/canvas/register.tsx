// How the canvas looks and is moved about in: the view bar, styles of links, wheel or trackpad.

import { type Command, registerCommands } from '../../app/commands';
import { registerOverlay } from '../../app/panels';
import { LINK_STYLES } from '../../core/stretches';
import { t } from '../../i18n/t';
import { change, setLinks, toggleLinks, toggleTeleports } from './preferences';
import { ViewBar } from './ViewBar';

const command = (
  id: string,
  title: () => string,
  run: () => void,
  keys: readonly string[] = [],
): Command => ({ id, title, group: 'view', keys, run });

registerOverlay({ id: 'view-bar', Component: ViewBar });
registerCommands(
  command('view.links', () => t('canvas.links.toggle'), toggleLinks, ['Shift+H']),
  ...[...LINK_STYLES, 'hidden' as const].map((style) =>
    command(
      `view.links.${style}`,
      () => t('canvas.links.style', { style: t(`canvas.links.${style}`) }),
      () => setLinks(style),
    ),
  ),
  command('view.teleports', () => t('canvas.teleports.toggle'), toggleTeleports, ['Shift+G']),
  ...(['auto', 'mouse', 'trackpad'] as const).map((navigation) =>
    command(
      `view.navigation.${navigation}`,
      () => t('canvas.navigation', { mode: t(`settings.navigation.${navigation}`) }),
      () => change({ navigation }),
    ),
  ),
);
