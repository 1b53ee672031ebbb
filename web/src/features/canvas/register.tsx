// How the canvas looks and is moved about in: the view bar, styles of links, wheel or trackpad.

import { type Command, registerCommands } from '../../app/commands';
import { lazily, useHasTab } from '../../app/lazily';
import { registerOverlay } from '../../app/panels';
import { LINK_STYLES } from '../../core/stretches';
import { t } from '../../i18n/t';
import { activeTab } from '../../stores/tabs';
import { followValues } from '../../stores/values';
import { change, setLinks, toggleLinks, toggleSnapToNodes, toggleTeleports } from './preferences';
import { hasPartners, jumpToPartner, registerTeleportMenu } from './teleports';
import { ViewBar } from './ViewBar';
import { askZoom } from './zoom';

const command = (
  id: string,
  title: () => string,
  run: Command['run'],
  keys: readonly string[] = [],
): Command => ({ id, title, group: 'view', keys, run });

const loadLinkTip = () => import('./LinkTip').then((module) => module.LinkTip);

registerOverlay({ id: 'view-bar', Component: ViewBar });
registerOverlay({
  id: 'empty',
  order: -5,
  Component: lazily(() => import('./EmptyHint').then((module) => module.EmptyHint), useHasTab),
});
registerOverlay({ id: 'link-tip', order: 44, Component: lazily(loadLinkTip, useHasTab) });
registerTeleportMenu();
followValues();
registerCommands(
  command('view.links', () => t('canvas.links.toggle'), toggleLinks, ['Shift+H']),
  ...[...LINK_STYLES, 'hidden' as const].map((style) =>
    command(
      `view.links.${style}`,
      () => t('canvas.links.style', { style: t(`canvas.links.${style}`) }),
      () => setLinks(style),
    ),
  ),
  {
    ...command('graph.teleport', () => t('canvas.teleports.jump'), jumpToPartner, ['J']),
    when: hasPartners,
  },
  { ...command('view.zoomTo', () => t('view.zoomTo'), askZoom), when: () => activeTab() !== null },
  command('view.teleports', () => t('canvas.teleports.toggle'), toggleTeleports, ['Shift+G']),
  ...(['next', 'search'] as const).map((tabKey) =>
    command(
      `view.tabKey.${tabKey}`,
      () => t('canvas.tabKey', { what: t(`settings.tabKey.${tabKey}`) }),
      () => change({ tabKey }),
    ),
  ),
  command('view.snapNodes', () => t('canvas.snapNodes'), toggleSnapToNodes),
  ...(['auto', 'mouse', 'trackpad'] as const).map((navigation) =>
    command(
      `view.navigation.${navigation}`,
      () => t('canvas.navigation', { mode: t(`settings.navigation.${navigation}`) }),
      () => change({ navigation }),
    ),
  ),
);
