// What can be done with a slot, by the right button: link it to what fits, go to its other ends, call it something else,
// let go of its links.

import { menuItems, registerSlotMenu, type SlotContext } from '../../app/menus';
import { view } from '../../app/view';
import { unlinkAll } from '../../core/edit';
import { asArray } from '../../core/json';
import { relabel } from '../../core/labels';
import { isBoundary } from '../../core/subgraph';
import type { Link } from '../../core/types';
import { t } from '../../i18n/t';
import { askText } from '../../ui/ask';
import type { MenuItem } from '../../ui/Menu';
import { nameOf, sourcesOf, targetsOf } from './connect';

function linksAt({ node, side, index }: SlotContext): Link[] {
  const scene = view.scene;
  if (scene === null) return [];
  const held = side === 'input' ? scene.shape(node)?.inputs[index]?.link : undefined;
  const links = [...scene.linksOf(node)].flatMap((id) => scene.graph.links.get(id) ?? []);
  return side === 'input'
    ? links.filter((link) => link.id === held)
    : links.filter((link) => link.from === node && link.fromSlot === index);
}

function fitting({ node, side, index }: SlotContext): MenuItem[] {
  const shape = view.scene?.shape(node);
  if (side === 'output') return targetsOf(node, index, shape?.outputs[index]?.type ?? '*');
  const slot = shape?.inputs[index];
  return sourcesOf(node, slot?.name ?? '', slot?.type ?? '*');
}

function goTo(side: SlotContext['side'], { id, from, fromSlot, to }: Link): MenuItem {
  const other = side === 'input' ? from : to;
  const shape = view.scene?.shape(other);
  const slot = side === 'input' ? shape?.outputs[fromSlot] : shape?.inputs.find((each) => each.link === id);
  return {
    id: `go${id}`,
    label: t('graph.goTo', { name: nameOf(other) }),
    hint: slot?.label ?? '',
    onSelect: () => {
      view.select([other]);
      view.focus(other);
    },
  };
}

/** Null where it is not the file's own: what the type implies, fields, and what subgraphs say of themselves. */
function renameItem({ node, side, index }: SlotContext): MenuItem | null {
  const shape = view.scene?.shape(node);
  const key = side === 'input' ? 'inputs' : 'outputs';
  const slot = shape?.[key][index];
  const row = slot === undefined ? undefined : asArray(view.scene?.node(node)?.[key])?.[slot.index];
  const isField = side === 'input' && shape?.inputs[index]?.isWidget === true;
  if (slot === undefined || row === undefined || isField || shape?.type?.promoted !== undefined) return null;
  const rename = async () => {
    const label = await askText({
      title: t('graph.renameSlot'),
      closeLabel: t('app.close'),
      field: { label: t('graph.slotLabel', { name: slot.name }), value: slot.label, canBeEmpty: true },
      choices: [
        { id: 'cancel', label: t('app.cancel') },
        { id: 'done', label: t('edit.rename'), kind: 'primary' },
      ],
    });
    if (label === null) return;
    view.doc?.edit(t('graph.renameSlot'), view.scope, (tx) =>
      relabel(tx, node, key, slot.index, label.trim()),
    );
  };
  return { id: 'rename', label: t('graph.renameSlot'), onSelect: () => void rename() };
}

function itemsOf(context: SlotContext): MenuItem[] {
  const links = linksAt(context);
  const rename = isBoundary(context.node) ? null : renameItem(context);
  const cut = () =>
    void view.doc?.edit(t('graph.unlink'), view.scope, (tx) =>
      unlinkAll(
        tx,
        links.map((link) => link.id),
      ),
    );
  const { node, at } = context;
  return [
    { kind: 'sub', id: 'link', label: t('graph.linkTo'), items: fitting(context) },
    ...links.map((link) => goTo(context.side, link)),
    ...(rename === null ? [] : [rename]),
    ...(links.length === 0
      ? []
      : [
          {
            id: 'unlink',
            label: links.length === 1 ? t('graph.unlink') : t('graph.unlinkAll', { count: links.length }),
            isDanger: true,
            onSelect: cut,
          },
        ]),
    ...(isBoundary(node)
      ? []
      : ([
          { kind: 'separator', id: 'node-line' },
          {
            kind: 'sub',
            id: 'node',
            label: t('menu.node'),
            items: menuItems({ kind: 'node', id: node, at }),
          },
        ] as const)),
  ];
}

export function registerSlots(): void {
  registerSlotMenu(itemsOf);
}
