// The graph's own parts of the application: keyboard, minimap, where one is, find, outline, links, arrangement.

import { useStore } from 'zustand';
import { type Command, registerCommands } from '../../app/commands';
import { later, lazily } from '../../app/lazily';
import { commandItem, registerMenu } from '../../app/menus';
import { registerOverlay, registerPanel } from '../../app/panels';
import { goBack, goForward, goToKept, keepSpot, leaveScope, watchScopes } from '../../app/scopes';
import { registerTools } from '../../app/toolbox';
import { view } from '../../app/view';
import type { Edge } from '../../core/align';
import { type Direction, reachable } from '../../core/select';
import { type TextKey, t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import type { MenuItem } from '../../ui/Menu';
import { toast } from '../../ui/Toast';
import { Breadcrumb } from './Breadcrumb';
import { registerKeyboard } from './keyboard';
import { deleteReroutes, deleteThrough, LINK_COMMANDS, registerLinkMenu } from './links';
import { finder, minimap, openFinder, toggleMinimap } from './shown.store';
import { registerSlots } from './slots';
import { registerTabStop } from './tabStop';
import { registerTeleports } from './teleports';

const arranging = later(() => import('./arrange'));
const hasDoc = () => view.doc !== null;
const hasSelection = () => view.selected.size > 0;

function command(
  id: string,
  title: TextKey,
  keys: readonly string[],
  run: Command['run'],
  when: () => boolean = hasDoc,
  group: Command['group'] = 'view',
): Command {
  return { id, title: () => t(title), group, keys, run, when };
}

function selectReachable(direction: Direction): void {
  const graph = view.scene?.graph;
  if (graph !== undefined) view.select(reachable(graph, view.selected, direction));
}

const EDGES: readonly (readonly [Edge, TextKey])[] = [
  ['left', 'graph.alignLeft'],
  ['centre', 'graph.alignCentre'],
  ['right', 'graph.alignRight'],
  ['top', 'graph.alignTop'],
  ['middle', 'graph.alignMiddle'],
  ['bottom', 'graph.alignBottom'],
];

registerKeyboard();
registerTabStop();
registerLinkMenu();
registerTeleports();
registerSlots();
watchScopes();
registerOverlay({
  id: 'minimap',
  order: 10,
  Component: lazily(
    () => import('./Minimap').then((module) => module.Minimap),
    () => useStore(minimap, (state) => state.isOpen),
  ),
});
registerOverlay({ id: 'path', order: 20, Component: Breadcrumb });
registerOverlay({
  id: 'find',
  order: 45,
  Component: lazily(
    () => import('./Find').then((module) => module.Find),
    () => useStore(finder, (state) => state.isOpen),
  ),
});
registerPanel({
  ...{ id: 'outline', side: 'left', title: () => t('graph.outline'), icon: 'layers', order: 50 },
  command: 'graph.outline',
  Component: lazily(() => import('./Outline').then((module) => module.Outline)),
});

registerCommands(
  ...LINK_COMMANDS,
  command('graph.outline', 'graph.outline', ['O'], () => togglePanel('left', 'outline')),
  { ...command('graph.minimap', 'graph.minimap', ['Alt+M'], toggleMinimap), scope: 'anywhere' },
  {
    ...command('graph.find', 'graph.find', ['Ctrl+F'], openFinder),
    scope: 'anywhere',
  },
  command('graph.back', 'graph.back', ['Alt+ArrowLeft'], goBack),
  command('graph.forward', 'graph.forward', ['Alt+ArrowRight'], goForward),
  command('graph.exit', 'graph.exit', [], leaveScope, () => view.scope !== ''),
  command(
    'graph.selectUpstream',
    'graph.selectUpstream',
    ['Shift+ArrowLeft'],
    () => selectReachable('upstream'),
    hasSelection,
    'edit',
  ),
  command(
    'graph.selectDownstream',
    'graph.selectDownstream',
    ['Shift+ArrowRight'],
    () => selectReachable('downstream'),
    hasSelection,
    'edit',
  ),
  command(
    'graph.selectConnected',
    'graph.selectConnected',
    ['Shift+ArrowUp'],
    () => selectReachable('connected'),
    hasSelection,
    'edit',
  ),
  {
    ...command(
      'graph.arrange',
      'graph.arrange',
      ['Shift+L'],
      () => arranging.run(({ arrange }) => arrange()),
      hasDoc,
      'nodes',
    ),
    words: () => t('words.arrange'),
  },
  command(
    'graph.alignGrid',
    'graph.alignGrid',
    [],
    () => arranging.run(({ snapToGrid }) => snapToGrid()),
    hasDoc,
    'nodes',
  ),
  command(
    'graph.distributeX',
    'graph.distributeX',
    [],
    () => arranging.run(({ distribute }) => distribute('x')),
    () => view.selected.size > 2,
    'nodes',
  ),
  command(
    'graph.distributeY',
    'graph.distributeY',
    [],
    () => arranging.run(({ distribute }) => distribute('y')),
    () => view.selected.size > 2,
    'nodes',
  ),
  ...EDGES.map(([edge, title]) =>
    command(
      `graph.align.${edge}`,
      title,
      [],
      () => arranging.run(({ align }) => align(edge)),
      () => view.selected.size > 1,
      'nodes',
    ),
  ),
  command('graph.deleteThrough', 'graph.deleteThrough', ['Shift+Del'], deleteThrough, hasSelection, 'edit'),
  {
    ...command(
      'graph.deleteReroutes',
      'graph.remove',
      ['Del', 'Backspace'],
      deleteReroutes,
      () => view.selectedReroutes.size > 0,
      'edit',
    ),
    isHidden: true,
  },
  ...[1, 2, 3, 4].flatMap((number): Command[] => [
    {
      ...command(`graph.keep${number}`, 'graph.bookmarkSet', [`Alt+Shift+${number}`], () => {
        keepSpot(number);
        toast({ title: t('graph.bookmarkKept', { number }), key: 'bookmark' });
      }),
      title: () => t('graph.bookmarkSet', { number }),
    },
    {
      ...command(`graph.go${number}`, 'graph.bookmarkGo', [`Alt+${number}`], () => {
        if (!goToKept(number)) toast({ title: t('graph.bookmarkNone', { number }), key: 'bookmark' });
      }),
      title: () => t('graph.bookmarkGo', { number }),
    },
  ]),
);

/** How several nodes stand to each other. */
function alignItems(): MenuItem[] {
  if (view.selected.size < 2) return [];
  const ids = [
    'arrange',
    ...EDGES.map(([edge]) => `align.${edge}`),
    'distributeX',
    'distributeY',
    'alignGrid',
  ];
  return ids.flatMap((id) => commandItem(`graph.${id}`));
}

registerMenu(40, ({ kind }) =>
  kind !== 'node' || view.selected.size < 2
    ? []
    : [{ kind: 'sub', id: 'align', label: t('graph.align'), items: alignItems() }],
);
registerTools({
  ...{ order: 50, id: 'align', icon: 'align', title: () => t('graph.align') },
  items: alignItems,
});
