// How links look: curved, straight, at right angles, not at all; and whether links by name have lines.

import { useStore } from 'zustand';
import { LINK_STYLES } from '../../core/stretches';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { IconButton } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { change, setLinks } from './preferences';

export function LinkMenu() {
  const { showsLinks, linkStyle, showsTeleports } = useStore(settings);
  return (
    <Menu
      side="top"
      align="center"
      items={[
        ...LINK_STYLES.map((style) => ({
          id: style,
          label: t(`canvas.links.${style}`),
          isChecked: showsLinks && linkStyle === style,
          onSelect: () => setLinks(style),
        })),
        {
          id: 'hidden',
          label: t('canvas.links.hidden'),
          isChecked: !showsLinks,
          onSelect: () => setLinks('hidden'),
        },
        { kind: 'separator', id: 'line' },
        {
          id: 'teleports',
          label: t('settings.showsTeleports'),
          isChecked: showsTeleports,
          onSelect: () => change({ showsTeleports: !showsTeleports }),
        },
      ]}
    >
      <IconButton icon="workflow" label={t('canvas.links')} side="top" isActive={!showsLinks} />
    </Menu>
  );
}
