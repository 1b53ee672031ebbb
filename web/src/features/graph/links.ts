// What can be done with a link, from the dot halfway along it or by the right button.

import { bus } from '../../app/bus';
import { runCommand } from '../../app/commands';
import { view } from '../../app/view';
import { addNode, deleteNodes, unlink, unlinkAll } from '../../core/edit';
import { insertOnLink } from '../../core/insert';
import { addReroute, linksThrough, removeReroute } from '../../core/reroutes';
import { distanceTo } from '../../core/stretches';
import { typesFit } from '../../core/typecheck';
import type { LinkId, Point } from '../../core/types';
import type { LinkSpot } from '../../engine/GraphView';
import { t } from '../../i18n/t';
import { type MenuItem, showMenu } from '../../ui/Menu';

const MOST = 40;

/** After how many of its points a place on a link is. */
function segmentAt(link: LinkId, at: Point): number {
  const stretches = view.scene?.stretches(link) ?? [];
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, stretch] of stretches.entries()) {
    const distance = distanceTo(stretch, at);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

/** Node types that take what the link carries and give what it is wanted for. */
function insertable(link: LinkId, at: Point): MenuItem[] {
  const type = view.scene?.graph.links.get(link)?.type ?? '*';
  const fitting = [...view.catalog.values()].filter(
    (each) =>
      !each.deprecated &&
      each.promoted === undefined &&
      each.inputs.some((input) => !input.is_widget && input.type === type) &&
      each.outputs.some((output) => typesFit(output.type, type)),
  );
  return fitting
    .sort((one, other) => one.display_name.localeCompare(other.display_name))
    .slice(0, MOST)
    .map((each) => ({
      id: each.type,
      label: each.display_name,
      hint: each.category,
      onSelect: () =>
        void view.doc?.edit(t('graph.add'), view.scope, (tx) => {
          const id = addNode(tx, each, { x: at.x - 100, y: at.y - 20 });
          insertOnLink(tx, id, link, view.catalog);
        }),
    }));
}

function itemsFor({ link, reroute, at }: LinkSpot): MenuItem[] {
  const { doc, scope, scene } = view;
  if (doc === null || scene === null) return [];
  if (reroute !== null) {
    const through = linksThrough(scene.graph, reroute);
    return [
      {
        id: 'remove',
        label: t('graph.remove'),
        onSelect: () => void doc.edit(t('graph.remove'), scope, (tx) => removeReroute(tx, reroute)),
      },
      {
        id: 'cut',
        label: t('graph.cut'),
        isDanger: true,
        onSelect: () => void doc.edit(t('graph.cut'), scope, (tx) => unlinkAll(tx, through)),
      },
    ];
  }
  const record = link === null ? undefined : scene.graph.links.get(link);
  if (link === null || record === undefined) return [];
  return [
    { kind: 'sub', id: 'add', label: t('graph.add'), icon: 'plus', items: insertable(link, at) },
    {
      id: 'reroute',
      label: t('graph.reroute'),
      onSelect: () =>
        void doc.edit(
          t('graph.reroute'),
          scope,
          (tx) => void addReroute(tx, record, segmentAt(link, at), at),
        ),
    },
    { kind: 'separator', id: 'line' },
    {
      id: 'cut',
      label: t('graph.cut'),
      isDanger: true,
      onSelect: () => void doc.edit(t('graph.cut'), scope, (tx) => unlink(tx, link)),
    },
  ];
}

/** Take away what is selected; what came into it goes on to whom it fed. */
export function deleteThrough(): void {
  view.doc?.edit(t('graph.deleteThrough'), view.scope, (tx) =>
    deleteNodes(tx, new Set(view.selected), view.catalog, true),
  );
}

/** Points that are selected are deleted by the keys that delete nodes. */
export function deleteReroutes(): void {
  const ids = [...view.selectedReroutes];
  view.doc?.edit(t('graph.remove'), view.scope, (tx) => ids.forEach((id) => void removeReroute(tx, id)));
  if (view.selected.size > 0 || view.selectedGroups.size > 0) runCommand('edit.delete');
}

export function registerLinkMenu(): void {
  bus.on('linkMenu', (spot, page) => {
    const items = itemsFor(spot).filter((item) => item.kind !== 'sub' || item.items.length > 0);
    if (items.length > 0) showMenu(page, items, t('graph.links'));
  });
}
