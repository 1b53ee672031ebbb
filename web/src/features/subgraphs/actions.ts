// What is done with subgraphs: nodes become one, one becomes nodes again, its ports change.

import { view } from '../../app/view';
import { uniqueTitle } from '../../core/definitions';
import { connect, unlink } from '../../core/edit';
import { type Enclosed, enclose } from '../../core/enclose';
import { titleOf } from '../../core/slots';
import { INLETS, portsOf } from '../../core/subgraph';
import { teleportsOf } from '../../core/teleports';
import type { NodeId } from '../../core/types';
import { unpack } from '../../core/unpack';
import { contentsOf } from '../../engine/gestures/moving';
import { t } from '../../i18n/t';
import { toast } from '../../ui/Toast';
import { selectedInstances } from './meant';

export function createSubgraph(): void {
  const { doc, scope, scene } = view;
  if (doc === null || scene === null) return;
  const { nodes, groups } = contentsOf(view, scene);
  if (![...nodes].some((id) => scene.graph.nodes.has(id))) return;
  const torn = tornBy(nodes);
  if (torn !== null) {
    toast({ kind: 'error', title: torn, key: 'subgraph' });
    return;
  }
  let made: Enclosed | null = null;
  doc.edit(t('subgraph.create'), scope, (tx) => {
    const name = uniqueTitle(doc, t('subgraph.name'));
    made = enclose(tx, { nodes, groups: new Set(groups.keys()) }, name);
  });
  const enclosed = made as Enclosed | null;
  if (enclosed === null) return;
  if ('circle' in enclosed) {
    const titles = enclosed.circle.map((id) => titleOf(scene.graph.nodes.get(id) ?? {}, view.catalog));
    toast({ kind: 'error', title: t('subgraph.circle', { path: titles.join(' → ') }), key: 'subgraph' });
    return;
  }
  view.select([enclosed.node]);
  view.focus(enclosed.node);
}

/** Links without a line that do not reach out of a subgraph: what would be lost, in words; null if nothing is. */
function tornBy(nodes: ReadonlySet<NodeId>): string | null {
  const graph = view.scene?.graph;
  if (graph === undefined) return null;
  for (const { kind, name, from, to } of teleportsOf(graph, view.catalog)) {
    // A name that is set outside is known inside, but not the other way about.
    if (kind === 'name' && nodes.has(from) && !nodes.has(to)) return t('subgraph.tornName', { name });
    if (kind === 'everywhere' && (nodes.has(from) || nodes.has(to))) return t('subgraph.tornEverywhere');
  }
  return null;
}

export function unpackSelected(): void {
  const ids = selectedInstances();
  const [nodes, groups]: [NodeId[], string[]] = [[], []];
  view.doc?.edit(t('subgraph.unpack'), view.scope, (tx) => {
    for (const id of ids) {
      const unpacked = unpack(tx, id, view.catalog);
      nodes.push(...(unpacked?.nodes ?? []));
      groups.push(...(unpacked?.groups ?? []));
    }
  });
  view.select(nodes, groups);
}

// -- widgets at the outside --------------------------------------------------------------------------------------------

/** Lead a widget to the outside by a port of its own. */
export function promote(node: NodeId, widget: string): void {
  view.doc?.edit(t('subgraph.promote'), view.scope, (tx) => {
    const slot = portsOf(tx.graph, 'inputs').length;
    connect(tx, { node: INLETS, slot }, { node, input: widget }, view.catalog);
  });
}

/** A link from the border is all that shows a widget outside; its value goes back inside. */
export function demote(link: string): void {
  view.doc?.edit(t('subgraph.demote'), view.scope, (tx) => unlink(tx, link));
}
