// What is done with groups that are selected: with what is in them.

import { type Command, registerCommands } from '../../app/commands';
import { view } from '../../app/view';
import { groupBox, toggleMode } from '../../core/edit';
import { contains } from '../../core/geometry';
import { BYPASSED, MUTED } from '../../core/slots';
import { t } from '../../i18n/t';

/** The nodes whose middle is in a group. */
function nodesIn(group: string): string[] {
  const scene = view.scene;
  const box = groupBox(scene?.graph.groups.get(group) ?? {});
  if (scene === null || box === null) return [];
  return [...scene.nodeIndex.query(box)].filter((id) => {
    const own = scene.layout(id)?.box;
    return own !== undefined && contains(box, { x: own.x + own.w / 2, y: own.y + own.h / 2 });
  });
}

function nodesInSelected(): string[] {
  return [...new Set([...view.selectedGroups].flatMap(nodesIn))];
}

function fitGroups(): void {
  const boxes = [...view.selectedGroups].flatMap((id) => {
    const box = view.scene?.bounds(nodesIn(id)) ?? null;
    return box === null
      ? []
      : [[id, [box.x - 10, box.y - 40, box.w + 20, box.h + 50].map(Math.round)] as const];
  });
  view.doc?.edit(t('group.fit'), view.scope, (tx) => {
    for (const [id, bounding] of boxes) tx.patch('group', id, { bounding });
  });
}

function setMode(mode: typeof MUTED | typeof BYPASSED): void {
  view.doc?.edit(t('edit.groupMode'), view.scope, (tx) => toggleMode(tx, nodesInSelected(), mode));
}

/** Their ids are those of their texts; in the order in which menus have them. */
export const GROUP_COMMANDS = ['group.select', 'group.fit', 'group.bypass', 'group.mute'] as const;

const command = (id: (typeof GROUP_COMMANDS)[number], run: () => void): Command => ({
  ...{ id, group: 'nodes', run, title: () => t('group.command', { what: t(id) }) },
  when: () => view.selectedGroups.size > 0 && nodesInSelected().length > 0,
});

export function registerGroups(): void {
  registerCommands(
    command('group.select', () => view.select(nodesInSelected(), [...view.selectedGroups])),
    command('group.fit', fitGroups),
    command('group.bypass', () => setMode(BYPASSED)),
    command('group.mute', () => setMode(MUTED)),
  );
}
