// Commands of editing and of the view that need nothing but the document and the canvas.

import { wordsOf } from '../../api/client';
import { bus } from '../../app/bus';
import { type Command, registerCommands } from '../../app/commands';
import { isHandOut } from '../../app/hand';
import { redoStep, undoStep } from '../../app/steps';
import { view } from '../../app/view';
import { addGroup, deleteNodes, toggleFlag, toggleMode } from '../../core/edit';
import { BYPASSED, MUTED } from '../../core/slots';
import { type TextKey, t } from '../../i18n/t';
import { catalog, loadCatalog } from '../../stores/catalog';
import { toggleFocusMode } from '../../stores/layout';
import { changeSettings, settings } from '../../stores/settings';
import { activeTab } from '../../stores/tabs';
import { toast } from '../../ui/Toast';

const hasTab = () => activeTab() !== null;
const hasSelection = () => view.selected.size > 0;
const doc = () => activeTab()?.doc ?? null;

function onSelection(key: TextKey, change: Parameters<NonNullable<ReturnType<typeof doc>>['edit']>[2]): void {
  doc()?.edit(t(key), view.scope, change);
}

function zoomBy(factor: number): void {
  view.view.zoomAt({ x: view.view.width / 2, y: view.view.height / 2 }, factor);
  view.moved();
}

async function refreshTypes(): Promise<void> {
  try {
    await loadCatalog();
    toast({
      kind: 'success',
      title: t('edit.refreshed', { count: catalog.getState().types.size }),
      key: 'types',
    });
  } catch (error) {
    toast({ kind: 'error', title: t('app.noTypes'), text: wordsOf(error), key: 'types' });
  }
}

/** A switch in the settings that has keys. */
function flip(name: 'showsGrid' | 'snapsToGrid'): void {
  void changeSettings({ [name]: !settings.getState()[name] }).catch(() => {});
}

const command = (
  id: string,
  key: TextKey,
  group: Command['group'],
  keys: readonly string[],
  run: Command['run'],
  when?: () => boolean,
): Command => ({
  id,
  title: () => t(key),
  group,
  keys,
  run,
  ...(when === undefined ? {} : { when }),
});

/** What is typed there is a step of the document at once; the browser's own undo knows nothing of those. */
const isDirect = (field: Element) => field.matches('[data-direct]');

export function registerEditing(): void {
  registerCommands(
    {
      ...command(
        'edit.undo',
        'edit.undo',
        'edit',
        ['Ctrl+Z'],
        undoStep,
        () => (doc()?.steps.length ?? 0) > 0,
      ),
      scope: 'anywhere',
      inFields: isDirect,
    },
    {
      ...command(
        'edit.redo',
        'edit.redo',
        'edit',
        ['Ctrl+Y', 'Ctrl+Shift+Z'],
        redoStep,
        () => (doc()?.undoneSteps.length ?? 0) > 0,
      ),
      scope: 'anywhere',
      inFields: isDirect,
    },
    command(
      'edit.selectAll',
      'edit.selectAll',
      'edit',
      ['Ctrl+A'],
      () => view.select(view.scene?.graph.nodes.keys() ?? [], view.scene?.graph.groups.keys() ?? []),
      hasTab,
    ),
    command(
      'edit.invertSelection',
      'edit.invertSelection',
      'edit',
      [],
      () => view.select([...(view.scene?.graph.nodes.keys() ?? [])].filter((id) => !view.selected.has(id))),
      hasTab,
    ),
    command(
      'edit.delete',
      'edit.delete',
      'edit',
      ['Del', 'Backspace'],
      deleteSelection,
      () => hasSelection() || view.selectedGroups.size > 0,
    ),
    command(
      'edit.bypass',
      'edit.bypass',
      'nodes',
      ['Ctrl+B'],
      () => onSelection('edit.bypass', (tx) => toggleMode(tx, view.selected, BYPASSED)),
      hasSelection,
    ),
    command(
      'edit.mute',
      'edit.mute',
      'nodes',
      ['Ctrl+M'],
      () => onSelection('edit.mute', (tx) => toggleMode(tx, view.selected, MUTED)),
      hasSelection,
    ),
    command(
      'edit.collapse',
      'edit.collapse',
      'nodes',
      ['Alt+C'],
      () => onSelection('edit.collapse', (tx) => toggleFlag(tx, view.selected, 'collapsed')),
      hasSelection,
    ),
    command(
      'edit.pin',
      'edit.pin',
      'nodes',
      ['P'],
      () => onSelection('edit.pin', (tx) => toggleFlag(tx, view.selected, 'pinned')),
      hasSelection,
    ),
    command('edit.group', 'edit.group', 'nodes', ['Ctrl+G'], groupSelection, hasSelection),
    command('view.zoomIn', 'view.zoomIn', 'view', ['Alt+='], () => zoomBy(1.25), hasTab),
    command('view.zoomOut', 'view.zoomOut', 'view', ['Alt+-'], () => zoomBy(0.8), hasTab),
    command(
      'view.fit',
      'view.fit',
      'view',
      ['.'],
      () => view.fit(hasSelection() ? view.selected : undefined),
      hasTab,
    ),
    command('view.reset', 'view.reset', 'view', [], () => zoomBy(1 / view.view.zoom), hasTab),
    command('view.lock', 'view.lock', 'view', ['H'], () => view.setPreferences({ isLocked: true })),
    command('view.unlock', 'view.unlock', 'view', ['V'], () => view.setPreferences({ isLocked: false })),
    command('view.focus', 'view.focus', 'view', ['F'], toggleFocusMode),
    command('view.grid', 'view.grid', 'view', [], () => flip('showsGrid')),
    command('view.snap', 'view.snap', 'view', [], () => flip('snapsToGrid')),
    {
      ...command('app.refresh', 'edit.refresh', 'application', ['R'], refreshTypes),
      words: () => t('words.refresh'),
    },
  );
}

function deleteSelection(): void {
  if (isHandOut()) return;
  onSelection('edit.delete', (tx) => {
    deleteNodes(tx, new Set(view.selected), catalog.getState().types);
    for (const id of view.selectedGroups) tx.put('group', id, null);
  });
}

function groupSelection(): void {
  const box = view.scene?.bounds(view.selected) ?? null;
  if (box === null) return;
  const around = { x: box.x - 20, y: box.y - 50, w: box.w + 40, h: box.h + 70 };
  const made: string[] = [];
  onSelection('edit.group', (tx) => void made.push(addGroup(tx, t('edit.groupTitle'), around)));
  // Whoever makes a group has a name for it.
  for (const id of made) bus.tell('rename', 'group', id);
}
