// From one end of a link without a line to the other: Set and Get nodes, use everywhere.

import { registerMenu } from '../../app/menus';
import { jumpTo, whereabouts } from '../../app/scopes';
import { view } from '../../app/view';
import { titleOf } from '../../core/slots';
import { isGetter, setterOf, teleportName } from '../../core/teleports';
import type { NodeId, Scope } from '../../core/types';
import { t } from '../../i18n/t';
import type { MenuItem } from '../../ui/Menu';
import { toast } from '../../ui/Toast';

interface Partner {
  readonly scope: Scope;
  readonly node: NodeId;
  /** It is where the value comes from. */
  readonly isSource: boolean;
}

/** The other ends, sources first. A getter may have its setter in a graph around. */
function partnersOf(id: NodeId): Partner[] {
  const { scene, doc, scope, catalog } = view;
  const node = scene?.graph.nodes.get(id);
  if (scene === null || doc === null || node === undefined) return [];
  const sources = new Map<NodeId, Partner>();
  const users = new Map<NodeId, Partner>();
  for (const { from, to } of scene.teleportsAt(id)) {
    if (from !== id) sources.set(from, { scope, node: from, isSource: true });
    if (to !== id) users.set(to, { scope, node: to, isSource: false });
  }
  const found = [...sources.values(), ...users.values()];
  if (found.length === 0 && isGetter(node, catalog)) {
    const path = ['', ...whereabouts.getState().path.map((place) => place.scope)];
    const setter = setterOf(doc, path, node, catalog);
    if (setter !== null) return [{ ...setter, isSource: true }];
  }
  return found;
}

function current(): NodeId | null {
  const [only] = view.selected;
  return view.focused ?? (view.selected.size === 1 ? (only ?? null) : null);
}

function isNamed(id: NodeId): boolean {
  const node = view.scene?.graph.nodes.get(id);
  return node !== undefined && isGetter(node, view.catalog);
}

export function hasPartners(): boolean {
  const id = current();
  return id !== null && (isNamed(id) || partnersOf(id).length > 0);
}

/** To the source; from a source to the first that uses it. */
export function jumpToPartner(): void {
  const id = current();
  if (id === null) return;
  const [first] = partnersOf(id);
  if (first !== undefined) jumpTo(first.scope, first.node);
  else {
    const name = teleportName(view.scene?.graph.nodes.get(id) ?? {});
    toast({ title: t('canvas.teleports.none', { name }), key: 'teleport' });
  }
}

function nameOf({ scope, node }: Partner): string {
  const record = view.doc?.graph(scope).nodes.get(node);
  return record === undefined ? node : `${titleOf(record, view.catalog)} #${node}`;
}

export function registerTeleportMenu(): void {
  registerMenu(35, ({ kind, id }): MenuItem[] => {
    const partners = kind === 'node' && view.selected.size <= 1 ? partnersOf(id) : [];
    const go = (partner: Partner) => () => jumpTo(partner.scope, partner.node);
    const users = partners.filter((each) => !each.isSource);
    const items = partners
      .filter((each) => each.isSource)
      .map((each): MenuItem => {
        const label = t('canvas.teleports.from', { name: nameOf(each) });
        return { id: `from${each.node}`, label, icon: 'link', onSelect: go(each) };
      });
    const rows = users.map((each): MenuItem => {
      return { id: `to${each.node}`, label: nameOf(each), onSelect: go(each) };
    });
    return rows.length === 0
      ? items
      : [...items, { kind: 'sub', id: 'users', label: t('canvas.teleports.to'), icon: 'link', items: rows }];
  });
}
