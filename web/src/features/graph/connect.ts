// Links by lists, for who has no pointer: a slot, then what fits it; and the links of a node with what can be done.

import { canvasHost, view } from '../../app/view';
import { connect, unlink } from '../../core/edit';
import { titleOf } from '../../core/slots';
import { INLETS, isBoundary } from '../../core/subgraph';
import { typesFit } from '../../core/typecheck';
import type { Link, NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import { type MenuItem, showMenu } from '../../ui/Menu';
import { openSearch } from '../search/api';
import { announce } from './voice';

const MOST = 60;

export function nameOf(id: NodeId): string {
  const node = view.scene?.graph.nodes.get(id);
  if (isBoundary(id)) return t(id === INLETS ? 'graph.inlets' : 'graph.outlets');
  return node === undefined ? t('graph.subgraph') : `${titleOf(node, view.catalog)} #${id}`;
}

/** The page's point beside a node. */
function beside(id: NodeId): { x: number; y: number } {
  const box = view.scene?.layout(id)?.box;
  const host = canvasHost()?.getBoundingClientRect();
  const at = view.view.toScreen({ x: (box?.x ?? 0) + (box?.w ?? 0), y: box?.y ?? 0 });
  const clamp = (value: number, most: number) => Math.max(8, Math.min(value, most - 8));
  return {
    x: (host?.left ?? 0) + clamp(at.x, host?.width ?? 600),
    y: (host?.top ?? 0) + clamp(at.y, host?.height ?? 400),
  };
}

/** Other nodes, the nearest first. */
function others(id: NodeId): NodeId[] {
  const scene = view.scene;
  const own = scene?.layout(id)?.box;
  if (scene == null || own === undefined) return [];
  const distance = (other: NodeId) => {
    const box = scene.layout(other)?.box;
    return box === undefined ? Number.POSITIVE_INFINITY : Math.hypot(box.x - own.x, box.y - own.y);
  };
  return scene.order
    .filter((each) => each !== id && scene.layout(each) !== undefined)
    .sort((a, b) => distance(a) - distance(b));
}

function link(from: NodeId, slot: number, to: NodeId, input: string): void {
  const made = view.doc?.edit(t('graph.connect'), view.scope, (tx) => {
    connect(tx, { node: from, slot }, { node: to, input }, view.catalog);
  });
  if (made === true) announce(t('graph.connected', { from: nameOf(from), to: `${nameOf(to)} ${input}` }));
}

export function targetsOf(id: NodeId, slot: number, type: string): MenuItem[] {
  const scene = view.scene;
  if (scene === null) return [];
  const items: MenuItem[] = [];
  for (const other of others(id)) {
    const fitting = (scene.shape(other)?.inputs ?? []).filter(
      (each) => typesFit(type, each.type) && !(each.isWidget && type === '*'),
    );
    if (fitting.length === 0) continue;
    if (items.length >= MOST) break;
    items.push({ kind: 'label', id: `n${other}`, label: nameOf(other) });
    for (const each of fitting) {
      const key = each.link === null ? 'graph.slotEmpty' : 'graph.slotLinked';
      items.push({
        id: `${other}/${each.name}`,
        label: each.name === '' ? t('graph.newPort') : t(key, { name: each.label, type: each.type }),
        onSelect: () => link(id, slot, other, each.name),
      });
    }
  }
  return [...(items.length > 0 ? items : nothing()), ...newNode(id, 'output', slot, type)];
}

export function sourcesOf(id: NodeId, input: string, type: string): MenuItem[] {
  const scene = view.scene;
  if (scene === null) return [];
  const items = others(id).flatMap((other): MenuItem[] =>
    (scene.shape(other)?.outputs ?? []).flatMap((each): MenuItem[] =>
      typesFit(each.type, type)
        ? [
            {
              id: `${other}/${each.index}`,
              label: `${nameOf(other)} › ${isBoundary(other) && each.name === '' ? t('graph.newPort') : each.label}`,
              hint: each.type,
              onSelect: () => link(other, each.index, id, input),
            },
          ]
        : [],
    ),
  );
  const index = scene.shape(id)?.inputs.findIndex((each) => each.name === input) ?? -1;
  const shown = items.length > 0 ? items.slice(0, MOST) : nothing();
  return [...shown, ...newNode(id, 'input', index, type)];
}

/** A node that is not there yet, found by the search. */
function newNode(node: NodeId, end: 'input' | 'output', index: number, type: string): MenuItem[] {
  const { width, height } = view.view;
  const open = () =>
    openSearch({
      at: null,
      screen: { x: width / 3, y: height / 3 },
      link: { end, node, index, type, held: null },
    });
  return [
    { kind: 'separator', id: 'line' },
    { id: 'new', label: t('graph.connectNew'), icon: 'plus', onSelect: open },
  ];
}

function nothing(): MenuItem[] {
  return [{ id: 'none', label: t('graph.noTargets'), isDisabled: true, onSelect: () => {} }];
}

/** C: the slots of a node, each with what fits it. */
export function chooseConnection(id: NodeId | null): void {
  const shape = id === null ? undefined : view.scene?.shape(id);
  if (id === null || shape === undefined) return;
  const outputs = shape.outputs.map(
    (slot): MenuItem => ({
      kind: 'sub',
      id: `out${slot.index}`,
      label: t('graph.slotOut', { name: slot.label, type: slot.type }),
      items: targetsOf(id, slot.index, slot.type),
    }),
  );
  const inputs = shape.inputs.map(
    (slot): MenuItem => ({
      kind: 'sub',
      id: `in${slot.name}`,
      label: t('graph.slotIn', { name: slot.label, type: slot.type }),
      items: sourcesOf(id, slot.name, slot.type),
    }),
  );
  showMenu(beside(id), [...outputs, ...inputs], t('graph.connect'));
}

/** A link in words: from what to what. */
export function lineOf({ id, from, fromSlot, to }: Link): string {
  const output = view.scene?.shape(from)?.outputs[fromSlot]?.label ?? '';
  const input = view.scene?.shape(to)?.inputs.find((slot) => slot.link === id)?.label ?? '';
  return t('graph.linkLine', { from: nameOf(from), output, to: nameOf(to), input });
}

/** L: the links of a node; each leads to its other end, or is cut. */
export function showLinks(id: NodeId | null): void {
  const scene = view.scene;
  if (id === null || scene === null) return;
  const links = [...scene.linksOf(id)].flatMap((each) => scene.graph.links.get(each) ?? []);
  if (links.length === 0) {
    announce(t('graph.linksNone'));
    return;
  }
  const items = links.map((each): MenuItem => {
    const other = each.from === id ? each.to : each.from;
    return {
      kind: 'sub',
      id: each.id,
      label: lineOf(each),
      items: [
        {
          id: 'go',
          label: t('graph.goTo', { name: nameOf(other) }),
          onSelect: () => {
            view.select([other]);
            view.focus(other);
          },
        },
        {
          id: 'cut',
          label: t('graph.cut'),
          isDanger: true,
          onSelect: () => void view.doc?.edit(t('graph.cut'), view.scope, (tx) => unlink(tx, each.id)),
        },
      ],
    };
  });
  showMenu(beside(id), items, t('graph.links'));
}
