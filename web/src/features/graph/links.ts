// What can be done with a link, from the dot halfway along it or by the right button.

import { bus } from '../../app/bus';
import { type Command, runCommand } from '../../app/commands';
import { canvasHost, view } from '../../app/view';
import { addNode, deleteNodes, unlink, unlinkAll } from '../../core/edit';
import { insertOnLink } from '../../core/insert';
import { addReroute, linksThrough, removeReroute } from '../../core/reroutes';
import { distanceTo } from '../../core/stretches';
import { makeTeleport } from '../../core/teleports';
import { typesFit } from '../../core/typecheck';
import type { Link, LinkId, Point } from '../../core/types';
import type { LinkSpot } from '../../engine/GraphView';
import { type TextKey, t } from '../../i18n/t';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { lineOf } from './connect';
import { askName } from './teleports';
import { announce } from './voice';

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

function addPoint(link: LinkId, at: Point): void {
  const record = view.scene?.graph.links.get(link);
  if (record !== undefined)
    view.doc?.edit(
      t('graph.reroute'),
      view.scope,
      (tx) => void addReroute(tx, record, segmentAt(link, at), at),
    );
}

function cut(link: LinkId): void {
  view.doc?.edit(t('graph.cut'), view.scope, (tx) => unlink(tx, link));
}

/** Ask for a name, and have the link lead by it, without a line. */
async function giveName(id: LinkId): Promise<void> {
  const { doc, scope, scene, catalog } = view;
  const link = scene?.graph.links.get(id);
  if (doc === null || link === undefined) return;
  const name = await askName(link.type);
  if (name !== null) doc.edit(t('graph.teleport.step'), scope, (tx) => makeTeleport(tx, link, name, catalog));
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
  if (link === null || !scene.graph.links.has(link)) return [];
  return [
    { kind: 'sub', id: 'add', label: t('graph.add'), icon: 'plus', items: insertable(link, at) },
    { id: 'reroute', label: t('graph.reroute'), onSelect: () => addPoint(link, at) },
    { id: 'byName', label: t('graph.teleport'), onSelect: () => void giveName(link) },
    { kind: 'separator', id: 'line' },
    { id: 'cut', label: t('graph.cut'), isDanger: true, onSelect: () => cut(link) },
  ];
}

// -- by commands -----------------------------------------------------------------------------------------------------

/** The link under the pointer; or those between the nodes that are selected, or, of one node, all of it. */
function meantLinks(): Link[] {
  const { scene, selected, focused, hoveredLink } = view;
  if (scene === null) return [];
  const hovered = hoveredLink === null ? undefined : scene.graph.links.get(hoveredLink);
  if (hovered !== undefined) return [hovered];
  const nodes = selected.size > 0 ? [...selected] : focused === null ? [] : [focused];
  const links = new Map(
    nodes
      .flatMap((id) => [...scene.linksOf(id)])
      .flatMap((id) => {
        const link = scene.graph.links.get(id);
        return link === undefined ? [] : [[id, link] as const];
      }),
  );
  const isOne = nodes.length === 1;
  return [...links.values()].filter(({ from, to }) => isOne || (selected.has(from) && selected.has(to)));
}

/** About halfway along a link. */
function middleOf(link: LinkId): Point {
  return view.scene?.middle(link) ?? { x: 0, y: 0 };
}

/** Of several links, one is chosen. */
function withLink(title: TextKey, act: (link: LinkId) => void): void {
  const links = meantLinks();
  const [first] = links;
  if (first === undefined) return;
  if (links.length === 1) act(first.id);
  else {
    const items = links.map(
      (link): MenuItem => ({
        ...{ id: link.id, label: lineOf(link), onSelect: () => act(link.id) },
      }),
    );
    showMenu(pageOf(middleOf(first.id)), items, t(title));
  }
}

/** In the page, and in sight. */
function pageOf(at: Point): Point {
  const host = canvasHost()?.getBoundingClientRect();
  const { x, y } = view.view.toScreen(at);
  const within = (value: number, most: number) => Math.max(8, Math.min(value, most - 8));
  return {
    x: (host?.left ?? 0) + within(x, host?.width ?? 600),
    y: (host?.top ?? 0) + within(y, host?.height ?? 400),
  };
}

function addNodeInto(link: LinkId): void {
  const at = middleOf(link);
  const items = insertable(link, at);
  // Once the menu that it was chosen from has given the keyboard back.
  if (items.length > 0) setTimeout(() => showMenu(pageOf(at), items, t('graph.add')));
  else announce(t('graph.noTargets'));
}

function linkCommand(id: string, title: TextKey, act: (link: LinkId) => void): Command {
  return {
    ...{ id, group: 'edit', title: () => t('graph.linkCommand', { what: t(title) }) },
    when: () => meantLinks().length > 0,
    run: () => withLink(title, act),
  };
}

export const LINK_COMMANDS: readonly Command[] = [
  linkCommand('graph.addIntoLink', 'graph.add', addNodeInto),
  {
    ...linkCommand('graph.addPoint', 'graph.addPoint', (link) => addPoint(link, middleOf(link))),
    words: () => t('words.point'),
  },
  linkCommand('graph.linkByName', 'graph.teleport', (link) => void giveName(link)),
  linkCommand('graph.cutLink', 'graph.cut', cut),
];

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
