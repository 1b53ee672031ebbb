// A node goes into a link: what fed the link feeds it, and it feeds what the link fed.

import type { Catalog } from './catalog';
import type { Transaction } from './doc';
import { connect, refusalOf, slotName } from './edit';
import type { Graph } from './graph';
import { runsThrough, type Stretch } from './stretches';
import { shapeIn } from './subgraph';
import { typesFit } from './typecheck';
import type { Box, Link, LinkId, NodeId } from './types';

interface Wires {
  readonly graph: Graph;
  readonly linkIndex: { query(area: Box): Iterable<string> };
  stretches(id: LinkId): readonly Stretch[];
}

/** The slots by which a node would stand in a link; null if it does not fit both ends. */
export function fitInto(
  graph: Graph,
  id: NodeId,
  link: Link,
  catalog: Catalog,
): { readonly input: string; readonly output: number } | null {
  if (link.from === id || link.to === id) return null;
  const own = shapeIn(graph, id, catalog);
  const given = shapeIn(graph, link.from, catalog)?.outputs[link.fromSlot]?.type ?? link.type;
  const wanted =
    shapeIn(graph, link.to, catalog)?.inputs.find((slot) => slot.link === link.id)?.type ?? link.type;
  if (own === null) return null;
  const takers = own.inputs.filter((slot) => typesFit(given, slot.type) && !(slot.isWidget && given === '*'));
  const input =
    takers.find((slot) => slot.type === given && slot.link === null) ??
    takers.find((slot) => slot.link === null);
  const output = own.outputs.findIndex((slot) => typesFit(slot.type, wanted));
  return input === undefined || output < 0 ? null : { input: input.name, output };
}

/** The link under a box that a node fits into. */
export function linkFor(scene: Wires, id: NodeId, box: Box, catalog: Catalog): LinkId | null {
  const core = { x: box.x + box.w * 0.15, y: box.y, w: box.w * 0.7, h: box.h };
  for (const name of scene.linkIndex.query(core)) {
    const link = scene.graph.links.get(name);
    if (link === undefined || !runsThrough(scene.stretches(name), core)) continue;
    if (fitInto(scene.graph, id, link, catalog) !== null) return name;
  }
  return null;
}

/** Put a node into a link; false if it does not fit. */
export function insertOnLink(tx: Transaction, id: NodeId, linkId: LinkId, catalog: Catalog): boolean {
  const link = tx.graph.links.get(linkId);
  const fit = link === undefined ? null : fitInto(tx.graph, id, link, catalog);
  if (link === undefined || fit === null) return false;
  const target = tx.graph.nodes.get(link.to);
  const name =
    target === undefined
      ? shapeIn(tx.graph, link.to, catalog)?.inputs.find((slot) => slot.link === linkId)?.name
      : slotName(target, link.toSlot);
  if (name == null) return false;
  const before = { from: { node: link.from, slot: link.fromSlot }, to: { node: id, input: fit.input } };
  if (refusalOf(tx, before.from, before.to, catalog) !== null) return false;
  // The second link takes the place of the first at its input.
  connect(tx, { node: id, slot: fit.output }, { node: link.to, input: name }, catalog);
  connect(tx, before.from, before.to, catalog);
  return true;
}
