// What choosing a type does: a node where the search was asked for, linked to the link that was drawn; or another type
// for a node.

import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import { addNode, connect, moveNodes } from '../../core/edit';
import { PITCH, TITLE } from '../../core/geometry';
import { freeSpot } from '../../core/place';
import { replaceNode } from '../../core/replace';
import { takesType } from '../../core/search';
import { PRIMITIVE, shareValue } from '../../core/shared';
import { typesFit } from '../../core/typecheck';
import type { NodeId, Point } from '../../core/types';
import type { OpenLink } from '../../engine/GraphView';
import { t } from '../../i18n/t';
import { countUse } from './store';

const GAP = 80;

/** Add a node; with a link, so that its slot is where the link was let go. Returns its id. */
export function addAt(type: NodeType, at: Point, link: OpenLink | null = null, gesture = ''): NodeId | null {
  const doc = view.doc;
  if (doc === null) return null;
  if (type.type === PRIMITIVE && link !== null) return addShared(at, link, gesture);
  countUse(type.type);
  let id: NodeId | null = null;
  doc.edit(
    t('search.added', { name: type.display_name }),
    view.scope,
    (tx) => {
      const made = addNode(tx, type, at);
      id = made;
      if (link === null) return;
      if (link.end === 'output') {
        const sockets = type.inputs.filter((input) => !input.is_widget);
        const fitting = type.inputs.filter((input) => takesType(link.type, input.type, input.is_widget));
        const input =
          fitting.find((each) => each.type === link.type && !each.is_widget) ??
          fitting.find((each) => !each.is_widget) ??
          fitting[0];
        if (input === undefined) return;
        const row = Math.max(0, sockets.indexOf(input));
        tx.patch('node', made, { pos: [Math.round(at.x - 10), Math.round(at.y - (row + 0.7) * PITCH)] });
        if (link.held !== null) return;
        connect(tx, { node: link.node, slot: link.index }, { node: made, input: input.name }, view.catalog);
      } else {
        const fitting = [...type.outputs.entries()].filter(([, output]) => typesFit(output.type, link.type));
        const slot = (fitting.find(([, output]) => output.type === link.type) ?? fitting[0])?.[0];
        const name = view.scene?.shape(link.node)?.inputs[link.index]?.name;
        if (slot === undefined || name === undefined) return;
        const size = tx.graph.nodes.get(made)?.['size'];
        const width = Array.isArray(size) && typeof size[0] === 'number' ? size[0] : 200;
        tx.patch('node', made, {
          pos: [Math.round(at.x - width + 10), Math.round(at.y - (slot + 0.7) * PITCH)],
        });
        for (const each of [link, ...(link.others ?? [])]) {
          const input = view.scene?.shape(each.node)?.inputs[each.index]?.name;
          if (input !== undefined)
            connect(tx, { node: made, slot }, { node: each.node, input }, view.catalog);
        }
      }
    },
    gesture,
    Number.POSITIVE_INFINITY,
  );
  if (id !== null) view.select([id]);
  return id;
}

/** A shared value as a type that gives what the widget at a link takes; null if it is no widget. */
export function sharedType(link: OpenLink | null): NodeType | null {
  const slot = link?.end === 'input' ? view.scene?.shape(link.node)?.inputs[link.index] : undefined;
  if (slot === undefined || !slot.isWidget) return null;
  return {
    ...{
      type: PRIMITIVE,
      display_name: t('value.type'),
      category: 'utils',
      description: t('value.typeText'),
    },
    ...{ inputs: [], outputs: [{ name: slot.type, type: slot.type, is_list: false, tooltip: '' }] },
    ...{ is_output: false, takes_lists: false, deprecated: false, experimental: false },
    ...{ search_aliases: ['primitive', 'value', 'constant'], module: 'canvas' },
  };
}

function addShared(at: Point, link: OpenLink, gesture: string): NodeId | null {
  const name = view.scene?.shape(link.node)?.inputs[link.index]?.name;
  let id: NodeId | null = null;
  view.doc?.edit(
    t('value.share'),
    view.scope,
    (tx) => {
      id = name === undefined ? null : shareValue(tx, [link.node], name, view.catalog);
      if (id !== null) tx.patch('node', id, { pos: [Math.round(at.x - 200), Math.round(at.y - 14)] });
    },
    gesture,
    Number.POSITIVE_INFINITY,
  );
  if (id !== null) view.select([id]);
  return id;
}

let count = 0;

/** Add a node beside the one that keys mean, where nothing is in the way; keys mean the new one then. */
export function addBeside(type: NodeType, link: OpenLink | null = null): void {
  const [only] = view.selected;
  const near = link?.node ?? view.focused ?? (view.selected.size === 1 ? only : null) ?? null;
  const box = near === null ? undefined : view.scene?.layout(near)?.box;
  const middle = view.view.toGraph({ x: view.view.width / 3, y: view.view.height / 3 });
  const side = link?.end === 'input' ? (box?.x ?? 0) - GAP : (box?.x ?? 0) + (box?.w ?? 0) + GAP;
  count += 1;
  const gesture = `beside${count}`;
  const id = addAt(type, box === undefined ? middle : { x: side, y: box.y + TITLE }, link, gesture);
  if (id === null) return;
  moveClear(id, gesture);
  view.focus(id);
}

/** Move a new node to where nothing is in the way, in the step that made it, and end that. */
export function moveClear(id: NodeId, gesture: string): void {
  const { doc, scene, scope } = view;
  const own = scene?.layout(id);
  if (doc === null || scene === null || own === undefined) return;
  const others = scene.order.flatMap((each) => (each === id ? [] : (scene.layout(each)?.box ?? [])));
  const spot = freeSpot(own.box, others);
  const place = { x: spot.x + own.body.x - own.box.x, y: spot.y + own.body.y - own.box.y };
  doc.edit('move', scope, (tx) => moveNodes(tx, new Map([[id, place]])), gesture, Number.POSITIVE_INFINITY);
  doc.seal();
}

export function replaceWith(id: NodeId, type: NodeType): void {
  countUse(type.type);
  const ids = view.selected.has(id) ? [...view.selected] : [id];
  const old = view.scene?.graph.nodes.get(id)?.['type'];
  view.doc?.edit(t('search.replaced', { name: type.display_name }), view.scope, (tx) => {
    for (const each of ids)
      if (tx.graph.nodes.get(each)?.['type'] === old) replaceNode(tx, each, type, view.catalog);
  });
}
