// How large the titles of groups are: with their menu, and as commands.

import { type Command, registerCommands } from '../../app/commands';
import { commandItem, registerMenu } from '../../app/menus';
import { view } from '../../app/view';
import { groupFont } from '../../core/groups';
import { t } from '../../i18n/t';
import type { MenuItem } from '../../ui/Menu';

export const FONTS = [12, 16, 20, 24, 32, 48, 64, 96] as const;

const idOf = (size: number) => `group.font${size}`;

/** Of all groups that are selected. */
export function setFont(size: number): void {
  view.doc?.edit(t('group.font'), view.scope, (tx) => {
    for (const id of view.selectedGroups) tx.patch('group', id, { font_size: size });
  });
}

/** Ticked is the size that all have that are selected. */
function fontItems(): MenuItem[] {
  const groups = [...view.selectedGroups].map((id) => view.scene?.graph.groups.get(id) ?? {});
  return FONTS.flatMap((size) =>
    commandItem(idOf(size)).map((item) => ({
      ...item,
      label: String(size),
      isChecked: groups.length > 0 && groups.every((group) => groupFont(group) === size),
    })),
  );
}

export function registerFonts(): void {
  registerCommands(
    ...FONTS.map(
      (size): Command => ({
        id: idOf(size),
        title: () => t('group.fontIs', { size }),
        group: 'nodes',
        when: () => view.selectedGroups.size > 0,
        run: () => setFont(size),
      }),
    ),
  );
  registerMenu(15, ({ kind }) =>
    kind === 'group' ? [{ kind: 'sub', id: 'font', label: t('group.font'), items: fontItems() }] : [],
  );
}
