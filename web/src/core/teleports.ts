// Links without a line: what one node sets under a name others get (Set/Get nodes), and what use-everywhere nodes hand
// to inputs that are not linked. Read as the server reads them (`engine/graph/canvas_links.py`).

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import { type Graph, readId } from './graph';
import { asArray, asNumber, asObject, asString, type JsonObject } from './json';
import { typeNameOf } from './slots';
import type { NodeId, Scope } from './types';

const SETTERS: ReadonlySet<string> = new Set(['SetNode', 'easy setNode']);
const GETTERS: ReadonlySet<string> = new Set(['GetNode', 'easy getNode']);

export interface Teleport {
  readonly kind: 'name' | 'everywhere';
  /** What it is called; empty for `everywhere`. */
  readonly name: string;
  readonly type: string;
  /** The node that sets it, or the one whose output it is. */
  readonly from: NodeId;
  readonly fromSlot: number;
  /** The node that gets it. */
  readonly to: NodeId;
  /** Place in the file's `inputs` for `everywhere`; of a getter its output. */
  readonly toSlot: number;
  /** The node that hands it about, where that is a third one. */
  readonly by: NodeId | null;
}

/** Setters and getters that no server has as real nodes. */
export function isSetter(node: JsonObject, catalog: Catalog): boolean {
  return SETTERS.has(typeNameOf(node)) && !catalog.has(typeNameOf(node));
}

export function isGetter(node: JsonObject, catalog: Catalog): boolean {
  return GETTERS.has(typeNameOf(node)) && !catalog.has(typeNameOf(node));
}

/** What a Set or a Get node is about: its first value. */
export function teleportName(node: JsonObject): string {
  return asString(asArray(node['widgets_values'])?.[0]) ?? '';
}

/** Every link of a graph that has no line. Of setters with one name the last one counts. */
export function teleportsOf(graph: Graph, catalog: Catalog): Teleport[] {
  const setters = new Map<string, NodeId>();
  for (const [id, node] of graph.nodes) if (isSetter(node, catalog)) setters.set(teleportName(node), id);
  const found: Teleport[] = [];
  for (const [id, node] of graph.nodes) {
    if (!isGetter(node, catalog)) continue;
    const name = teleportName(node);
    const from = setters.get(name);
    const setter = from === undefined ? undefined : graph.nodes.get(from);
    if (from === undefined || setter === undefined) continue;
    const input = asObject(asArray(setter['inputs'])?.[0]);
    const output = asObject(asArray(node['outputs'])?.[0]);
    const type = linkType(graph, readId(input?.['link'])) ?? asString(output?.['type']) ?? '*';
    found.push({ kind: 'name', name, type, from, fromSlot: 0, to: id, toSlot: 0, by: null });
  }
  return [...found, ...everywhere(graph)];
}

function linkType(graph: Graph, id: string | null): string | null {
  return id === null ? null : (graph.links.get(id)?.type ?? null);
}

/** `extra.ue_links`: they count where the input has no link of its own. */
function everywhere(graph: Graph): Teleport[] {
  const rows = asArray(asObject(graph.key('extra'))?.['ue_links']) ?? [];
  return rows.flatMap((row): Teleport[] => {
    const record = asObject(row);
    const [from, to] = [readId(record?.['upstream']), readId(record?.['downstream'])];
    const [fromSlot, toSlot] = [asNumber(record?.['upstream_slot']), asNumber(record?.['downstream_slot'])];
    if (from === null || to === null || fromSlot === null || toSlot === null) return [];
    const input = asObject(asArray(graph.nodes.get(to)?.['inputs'])?.[toSlot]);
    if (!graph.nodes.has(from) || input === null || readId(input['link']) !== null) return [];
    const type = asString(record?.['type']) ?? asString(input['type']) ?? '*';
    const by = readId(record?.['controller']);
    const isThere = by !== null && by !== from && graph.nodes.has(by);
    return [{ kind: 'everywhere', name: '', type, from, fromSlot, to, toSlot, by: isThere ? by : null }];
  });
}

/**
 * The node that sets what a getter gets: of the same name in its graph, or in one around it.
 *
 * @param path graphs from the document itself to the one that the getter stands in.
 */
export function setterOf(
  doc: GraphDoc,
  path: readonly Scope[],
  getter: JsonObject,
  catalog: Catalog,
): { readonly scope: Scope; readonly node: NodeId } | null {
  const name = teleportName(getter);
  for (const scope of [...path].reverse()) {
    let found: NodeId | null = null;
    for (const [id, node] of doc.graph(scope).nodes)
      if (isSetter(node, catalog) && teleportName(node) === name) found = id;
    if (found !== null) return { scope, node: found };
  }
  return null;
}
