// What choosing a type does: a node where the search was asked for, linked to the link that was drawn; or another type
// for a node.

import { view } from '../../app/view';
import type { NodeType } from '../../core/catalog';
import { addNode, connect } from '../../core/edit';
import { PITCH } from '../../core/geometry';
import { replaceNode } from '../../core/replace';
import { takesType } from '../../core/search';
import { typesFit } from '../../core/typecheck';
import type { NodeId, Point } from '../../core/types';
import type { OpenLink } from '../../engine/GraphView';
import { t } from '../../i18n/t';
import { countUse } from './store';

/** Add a node; with a link, so that its slot is where the link was let go. Returns its id. */
export function addAt(type: NodeType, at: Point, link: OpenLink | null = null): NodeId | null {
  const doc = view.doc;
  if (doc === null) return null;
  countUse(type.type);
  let id: NodeId | null = null;
  doc.edit(t('search.added', { name: type.display_name }), view.scope, (tx) => {
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
      connect(tx, { node: made, slot }, { node: link.node, input: name }, view.catalog);
    }
  });
  if (id !== null) view.select([id]);
  return id;
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
