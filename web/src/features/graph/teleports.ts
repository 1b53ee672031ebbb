// Teleports (links by name, to people) from menus and the palette: made of a link, renamed at all their ends, got anywhere
// in the graph.

import { registerCommands } from '../../app/commands';
import { commandItem, registerMenu } from '../../app/menus';
import { canvasHost, view } from '../../app/view';
import {
  addGetter,
  isGetter,
  isSetter,
  renameTeleport,
  teleportName,
  teleportNames,
} from '../../core/teleports';
import type { NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';
import { askText } from '../../ui/ask';
import { type MenuItem, showMenu } from '../../ui/Menu';

/** A name; null if the user wants none. */
export async function askName(value: string): Promise<string | null> {
  return askText({
    title: t('graph.teleport.title'),
    choices: [{ id: 'set', label: t('graph.teleport.set'), kind: 'primary' }],
    closeLabel: t('app.close'),
    field: { label: t('graph.teleport.field'), value },
  });
}

/** The name that a node sets or gets; null if it does neither. */
function nameAt(id: NodeId | null | undefined): string | null {
  const node = id == null ? undefined : view.scene?.graph.nodes.get(id);
  const isEnd = node !== undefined && (isSetter(node, view.catalog) || isGetter(node, view.catalog));
  return isEnd ? teleportName(node) : null;
}

function chosenName(): string | null {
  return nameAt(view.selected.size === 1 ? [...view.selected][0] : view.focused);
}

async function rename(): Promise<void> {
  const { doc, scope, catalog } = view;
  const old = chosenName();
  if (doc === null || old === null) return;
  const name = (await askName(old))?.trim() ?? '';
  doc.edit(t('graph.teleport.renameStep'), scope, (tx) => void renameTeleport(tx, old, name, catalog));
}

/** All names of the graph; choosing one gets it at a place. */
function getterItems(at: Point): MenuItem[] {
  const { scene, doc, scope, catalog } = view;
  if (scene === null || doc === null) return [];
  return teleportNames(scene.graph, catalog).map((named) => ({
    ...{ id: named.name, label: named.name, hint: named.type },
    onSelect: () => void doc.edit(t('graph.teleport.get'), scope, (tx) => void addGetter(tx, named, at)),
  }));
}

function chooseGetter(): void {
  const host = canvasHost()?.getBoundingClientRect();
  const { width, height } = view.view;
  const middle = { x: width / 2, y: height / 2 };
  const items = getterItems(view.view.toGraph(middle));
  const at = { x: (host?.left ?? 0) + middle.x, y: (host?.top ?? 0) + middle.y };
  // Once the palette has given the keyboard back.
  setTimeout(() => showMenu(at, items, t('graph.teleport.get')));
}

export function registerTeleports(): void {
  registerCommands(
    {
      ...{ id: 'graph.renameNamed', group: 'edit', title: () => t('graph.teleport.rename') },
      when: () => chosenName() !== null,
      run: rename,
    },
    {
      ...{ id: 'graph.getNamed', group: 'nodes', title: () => t('graph.teleport.get') },
      when: () => view.scene !== null && teleportNames(view.scene.graph, view.catalog).length > 0,
      run: chooseGetter,
    },
  );
  registerMenu(34, ({ kind, id, at }): MenuItem[] => {
    if (kind === 'node') return nameAt(id) === null ? [] : commandItem('graph.renameNamed');
    const items = kind === 'canvas' ? getterItems(at) : [];
    return items.length === 0
      ? []
      : [{ kind: 'sub', id: 'named', label: t('graph.teleport.get'), icon: 'link', items }];
  });
}
