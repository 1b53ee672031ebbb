// The items that nodes, groups and the canvas have in their menus.

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { keysOfCommand } from '../../app/keys';
import { commandItem, type MenuContext, registerMenu } from '../../app/menus';
import { canvasHost, view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import type { NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';
import { openPanel } from '../../stores/layout';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { addAt, openSearch } from '../search/api';
import { pasteFromClipboard } from './clip';
import { colourItems } from './colours';
import { GROUP_COMMANDS, registerGroups } from './groups';
import { pointerOnCanvas } from './pointer';

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

function renameItem(kind: 'node' | 'group', id: string, label: string): MenuItem {
  return item('rename', label, () => bus.tell('rename', kind, id), { keys: keysOfCommand('edit.rename') });
}

function nodeItems({ id, at }: MenuContext): MenuItem[] {
  const screen = view.view.toScreen(at);
  return [
    renameItem('node', id, t('edit.rename')),
    { kind: 'sub', id: 'colour', label: t('edit.colour'), items: colourItems() },
    ...commandItem('edit.bypass'),
    ...commandItem('edit.mute'),
    ...commandItem('edit.collapse'),
    ...commandItem('edit.pin'),
    item('properties', t('inspector.title'), () => openPanel('right', 'inspector'), {
      keys: keysOfCommand('nodes.inspector'),
    }),
    item('replace', t('edit.replace'), () => openSearch({ at, screen, replaces: id }), {
      keys: keysOfCommand('nodes.replace'),
    }),
  ];
}

function groupItems({ id }: MenuContext): MenuItem[] {
  return [
    renameItem('group', id, t('edit.renameGroup')),
    { kind: 'sub', id: 'colour', label: t('edit.colour'), items: colourItems() },
    ...GROUP_COMMANDS.flatMap((id) => commandItem(id).map((each) => ({ ...each, label: t(id) }))),
  ];
}

function canvasItems({ at }: MenuContext): MenuItem[] {
  const screen = view.view.toScreen(at);
  return [
    item('search', t('search.title'), () => openSearch({ at, screen }), {
      icon: 'search',
      keys: keysOfCommand('nodes.add'),
    }),
    { kind: 'sub', id: 'add', label: t('edit.addNode'), items: categoryItems(view.catalog.values(), at) },
    item('paste', t('edit.paste'), () => void pasteFromClipboard(at), { keys: 'Ctrl+V' }),
  ];
}

/** The node that is meant by keys, or else the first one selected. */
function meantNode(): NodeId | null {
  const [first] = view.selected;
  const { focused } = view;
  return focused !== null && (first === undefined || view.selected.has(focused)) ? focused : (first ?? null);
}

function replace(): void {
  const id = meantNode();
  const box = id === null ? undefined : view.scene?.layout(id)?.box;
  if (id === null || box === undefined) return;
  const { x, y } = view.view.toScreen(box);
  const { width, height } = view.view;
  const screen = { x: Math.min(Math.max(x, 0), width / 2), y: Math.min(Math.max(y, 0), height / 2) };
  openSearch({ at: box, screen, replaces: id });
}

/** Below the pointer, or where the middle of the canvas is. */
function addByCategory(): void {
  const screen = pointerOnCanvas();
  const corner = canvasHost()?.getBoundingClientRect();
  const items = categoryItems(view.catalog.values(), view.view.toGraph(screen));
  showMenu({ x: screen.x + (corner?.left ?? 0), y: screen.y + (corner?.top ?? 0) }, items, t('edit.addNode'));
}

export function registerNodeMenus(): void {
  registerGroups();
  registerCommands(
    {
      id: 'nodes.replace',
      title: () => t('edit.replace'),
      group: 'nodes',
      when: () => meantNode() !== null,
      run: replace,
    },
    {
      id: 'nodes.addByCategory',
      title: () => t('edit.addNode'),
      group: 'nodes',
      when: () => view.doc !== null,
      run: addByCategory,
    },
  );
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
