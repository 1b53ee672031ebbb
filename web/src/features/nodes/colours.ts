// Colours for nodes and groups, written into files as programs of this kind do: a title and a body for nodes.

import { type Command, registerCommands } from '../../app/commands';
import { commandItem } from '../../app/menus';
import { registerTools } from '../../app/toolbox';
import { view } from '../../app/view';
import { type TextKey, t } from '../../i18n/t';
import type { MenuItem } from '../../ui/Menu';

export interface NodeColour {
  readonly name: TextKey;
  readonly color: string | undefined;
  readonly bgcolor: string | undefined;
  readonly group: string;
}

export const COLOURS: readonly NodeColour[] = [
  { name: 'colour.none', color: undefined, bgcolor: undefined, group: '#3f789e' },
  { name: 'colour.red', color: '#322', bgcolor: '#533', group: '#aa8888' },
  { name: 'colour.brown', color: '#332922', bgcolor: '#593930', group: '#b06634' },
  { name: 'colour.green', color: '#232', bgcolor: '#353', group: '#88aa88' },
  { name: 'colour.blue', color: '#223', bgcolor: '#335', group: '#8888aa' },
  { name: 'colour.cyan', color: '#233', bgcolor: '#355', group: '#88aaaa' },
  { name: 'colour.purple', color: '#323', bgcolor: '#535', group: '#a1309b' },
  { name: 'colour.yellow', color: '#432', bgcolor: '#653', group: '#b58b2a' },
  { name: 'colour.black', color: '#222', bgcolor: '#000', group: '#444444' },
];

export function paintSelection({ color, bgcolor, group }: NodeColour): void {
  view.doc?.edit(t('edit.colour'), view.scope, (tx) => {
    for (const id of view.selected) tx.patch('node', id, { color, bgcolor });
    for (const id of view.selectedGroups) tx.patch('group', id, { color: group });
  });
}

const COMMAND = (colour: NodeColour) => `edit.${colour.name}`;

export function colourItems(): MenuItem[] {
  const isOfGroup = view.selected.size === 0;
  return COLOURS.flatMap((each) => {
    const colour = isOfGroup ? each.group : (each.bgcolor ?? 'var(--c-node)');
    return commandItem(COMMAND(each)).map((item) => ({ ...item, label: t(each.name), colour }));
  });
}

export function registerColours(): void {
  registerCommands(
    ...COLOURS.map(
      (colour): Command => ({
        id: COMMAND(colour),
        title: () => t('edit.colourIs', { name: t(colour.name) }),
        group: 'nodes',
        when: () => view.selected.size > 0 || view.selectedGroups.size > 0,
        run: () => paintSelection(colour),
      }),
    ),
  );
  registerTools({
    ...{ order: 30, id: 'colour', icon: 'palette', title: () => t('edit.colour') },
    items: colourItems,
  });
}
