// What gives an input its value: the node at the other end of its link, or of one without a line.

import { type InSlot, titleOf } from '../../core/slots';
import type { NodeId } from '../../core/types';
import type { GraphView } from '../GraphView';

/** Null where nothing does: a link's id that no link has is none. */
function feederOf({ scene }: GraphView, id: NodeId, slot: InSlot): NodeId | null {
  if (scene === null) return null;
  const link = slot.link === null ? undefined : scene.graph.links.get(slot.link);
  if (link?.to === id) return link.from;
  const handed = scene
    .teleportsAt(id)
    .find(({ kind, to, toSlot }) => kind === 'everywhere' && to === id && toSlot === slot.index);
  return handed?.from ?? null;
}

export function isFed(view: GraphView, id: NodeId, slot: InSlot): boolean {
  return feederOf(view, id, slot) !== null;
}

/** The title of the node that a widget has its value from; null if it has its own. */
export function sourceOf(view: GraphView, id: NodeId, slot: InSlot | null): string | null {
  const from = slot === null ? null : feederOf(view, id, slot);
  if (from === null) return null;
  const node = view.scene?.graph.nodes.get(from);
  return node === undefined ? from : titleOf(node, view.catalog);
}
