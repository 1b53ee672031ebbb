// What can be done with a slot, by the right button: link it to what fits, go to its other ends, let go of its links.

import { menuItems, registerSlotMenu, type SlotContext } from '../../app/menus';
import { view } from '../../app/view';
import { unlinkAll } from '../../core/edit';
import { isBoundary } from '../../core/subgraph';
import type { Link } from '../../core/types';
import { t } from '../../i18n/t';
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

function itemsOf(context: SlotContext): MenuItem[] {
  const links = linksAt(context);
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
