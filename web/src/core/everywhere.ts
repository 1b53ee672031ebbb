// Use everywhere: nodes that hand to inputs, without a line, what is linked to them or what they hold. To whom stands in the
// file (`extra.ue_links`); they themselves are no part of a run. Read as the server reads them (`engine/graph/everywhere.py`).

import type { Catalog } from './catalog';
import type { Transaction } from './doc';
import { type Graph, readId } from './graph';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject, withKeys } from './json';
import { BYPASSED, MUTED, modeOf, typeNameOf, VIRTUAL } from './slots';
import type { Teleport } from './teleports';
import type { NodeId } from './types';

/** What hands on what is linked to it; and what holds a value of its own. */
const HANDING: ReadonlySet<string> = new Set([
  ...['Anything Everywhere', 'Anything Everywhere3', 'Anything Everywhere?', 'Prompts Everywhere'],
]);
const HOLDING: ReadonlySet<string> = new Set(['Seed Everywhere', 'Simple String']);
/** The nodes that a row names. */
const ENDS = ['upstream', 'downstream', 'controller'] as const;
const OFF: ReadonlySet<number> = new Set([MUTED, BYPASSED]);

/** Use-everywhere nodes that no server has as real nodes. */
export function isController(node: JsonObject, catalog: Catalog): boolean {
  const type = typeNameOf(node);
  return (HANDING.has(type) || HOLDING.has(type)) && !catalog.has(type);
}

/** Whether a node is no part of a run: of use-everywhere nodes if the file says what they hand out. */
export function isVirtual(node: JsonObject, graph: Graph, catalog: Catalog): boolean {
  if (VIRTUAL.has(typeNameOf(node))) return true;
  if (!isController(node, catalog)) return false;
  return rowsOf(graph) !== null || (HANDING.has(typeNameOf(node)) && !hasLink(node));
}

function hasLink(node: JsonObject): boolean {
  return (asArray(node['inputs']) ?? []).some((row) => readId(asObject(row)?.['link']) !== null);
}

function rowsOf(graph: Graph): readonly Json[] | null {
  return asArray(asObject(graph.key('extra'))?.['ue_links']);
}

/** With nodes that go, what they hand out goes, and what is handed to them. */
export function forgetHanded(tx: Transaction, gone: ReadonlySet<NodeId>): void {
  const rows = rowsOf(tx.graph) ?? [];
  const left = rows.filter((row) => {
    const record = asObject(row);
    return !ENDS.some((end) => gone.has(readId(record?.[end]) ?? ''));
  });
  if (left.length === rows.length) return;
  tx.put('key', 'extra', withKeys(asObject(tx.graph.key('extra')) ?? {}, { ue_links: left }));
}

/** Where each input that is handed something gets it from, by `node/place`. */
export function handedIn(graph: Graph): ReadonlyMap<string, NodeId> {
  return new Map(handedOut(graph).map(({ from, to, toSlot }) => [`${to}/${toSlot}`, from]));
}

/**
 * All that is handed out. It counts where the input has no link of its own, whatever id it holds. Who is muted or bypassed
 * hands nothing to others.
 */
export function handedOut(graph: Graph): Teleport[] {
  return (rowsOf(graph) ?? []).flatMap((row): Teleport[] => {
    const record = asObject(row);
    const [from, to] = [readId(record?.['upstream']), readId(record?.['downstream'])];
    const [fromSlot, toSlot] = [asNumber(record?.['upstream_slot']), asNumber(record?.['downstream_slot'])];
    if (from === null || to === null || fromSlot === null || toSlot === null) return [];
    const input = asObject(asArray(graph.nodes.get(to)?.['inputs'])?.[toSlot]);
    const link = readId(input?.['link']);
    const isLinked = link !== null && graph.links.get(link)?.to === to;
    if (!graph.nodes.has(from) || input === null || isLinked) return [];
    const type = asString(record?.['type']) ?? asString(input['type']) ?? '*';
    const id = readId(record?.['controller']);
    const controller = id === null || id === from ? undefined : graph.nodes.get(id);
    if (controller !== undefined && OFF.has(modeOf(controller))) return [];
    const by = controller === undefined ? null : id;
    return [{ kind: 'everywhere', name: '', type, from, fromSlot, to, toSlot, by }];
  });
}
