// The items that nodes, groups and the canvas have in their menus.

import { bus } from '../../app/bus';
import { commandItem, type MenuContext, registerMenu } from '../../app/menus';
import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import { groupBox, toggleMode } from '../../core/edit';
import { contains } from '../../core/geometry';
import { BYPASSED, MUTED } from '../../core/slots';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { openPanel } from '../../stores/layout';
import type { MenuItem } from '../../ui/Menu';
import { addAt, openSearch } from '../search/api';
import { pasteFromClipboard } from './clip';
import { colourItems } from './colours';

/** Node types by category, as menus in menus. */
export function categoryItems(types: Iterable<NodeType>, at: Point): MenuItem[] {
  interface Folder {
    readonly folders: Map<string, Folder>;
    readonly types: NodeType[];
  }
  const root: Folder = { folders: new Map(), types: [] };
  for (const type of types) {
    if (type.deprecated) continue;
    let folder = root;
    for (const part of type.category.split('/').filter((each) => each !== '')) {
      const next = folder.folders.get(part) ?? { folders: new Map(), types: [] };
      folder.folders.set(part, next);
      folder = next;
    }
    folder.types.push(type);
  }
  const itemsOf = (folder: Folder, path: string): MenuItem[] => [
    ...[...folder.folders]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([name, child]): MenuItem => {
        const id = `${path}/${name}`;
        return { kind: 'sub', id, label: name, items: itemsOf(child, id) };
      }),
    ...folder.types
      .toSorted((one, other) => one.display_name.localeCompare(other.display_name))
      .map(
        (type): MenuItem => ({
          id: type.type,
          label: type.display_name,
          onSelect: () => void addAt(type, at),
        }),
      ),
  ];
  return itemsOf(root, '');
}

const item = (id: string, label: string, onSelect: () => void, more: object = {}): MenuItem => ({
  id,
  label,
  onSelect,
  ...more,
});

function nodeItems({ id, at }: MenuContext): MenuItem[] {
  const screen = view.view.toScreen(at);
  return [
    item('rename', t('edit.rename'), () => bus.tell('rename', 'node', id), { keys: 'F2' }),
    { kind: 'sub', id: 'colour', label: t('edit.colour'), items: colourItems() },
    ...commandItem('edit.bypass'),
    ...commandItem('edit.mute'),
    ...commandItem('edit.collapse'),
    ...commandItem('edit.pin'),
    item('properties', t('inspector.title'), () => openPanel('right', 'inspector')),
    item('replace', t('edit.replace'), () => openSearch({ at, screen, replaces: id })),
  ];
}

function groupItems({ id }: MenuContext): MenuItem[] {
  const setMode = (mode: typeof MUTED | typeof BYPASSED) =>
    view.doc?.edit(t('edit.groupMode'), view.scope, (tx) => toggleMode(tx, nodesIn(id), mode));
  return [
    item('rename', t('edit.renameGroup'), () => bus.tell('rename', 'group', id), { keys: 'F2' }),
    { kind: 'sub', id: 'colour', label: t('edit.colour'), items: colourItems() },
    item('inside', t('group.select'), () => view.select(nodesIn(id), [id])),
    item('fit', t('group.fit'), () => fitGroup(id), { isDisabled: nodesIn(id).length === 0 }),
    item('bypass', t('group.bypass'), () => void setMode(BYPASSED)),
    item('mute', t('group.mute'), () => void setMode(MUTED)),
  ];
}

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

function fitGroup(id: string): void {
  const box = view.scene?.bounds(nodesIn(id)) ?? null;
  if (box === null) return;
  const bounding = [box.x - 10, box.y - 40, box.w + 20, box.h + 50].map(Math.round);
  view.doc?.edit(t('group.fit'), view.scope, (tx) => tx.patch('group', id, { bounding }));
}

function canvasItems({ at }: MenuContext): MenuItem[] {
  const screen = view.view.toScreen(at);
  return [
    item('search', t('search.title'), () => openSearch({ at, screen }), { icon: 'search', keys: 'Space' }),
    { kind: 'sub', id: 'add', label: t('edit.addNode'), items: categoryItems(view.catalog.values(), at) },
    item('paste', t('edit.paste'), () => void pasteFromClipboard(at), { keys: 'Ctrl+V' }),
  ];
}

export function registerNodeMenus(): void {
  registerMenu(10, (context) => {
    if (context.kind === 'node') return nodeItems(context);
    return context.kind === 'group' ? groupItems(context) : canvasItems(context);
  });
  registerMenu(30, ({ kind }) =>
    kind === 'canvas'
      ? [...commandItem('edit.selectAll'), ...commandItem('view.fit'), ...commandItem('edit.undo')]
      : [...commandItem('edit.copy'), ...commandItem('edit.duplicate'), ...commandItem('edit.group')],
  );
  registerMenu(90, ({ kind }) => (kind === 'canvas' ? [] : commandItem('edit.delete', { isDanger: true })));
}
