// Which output of a run a link of the canvas really carries: through reroutes and Set/Get nodes, into subgraphs and out
// of them. Nodes of a run are named by the instances around them: `12:5` is node 5 in the subgraph node 12.

import type { Catalog } from './catalog';
import type { GraphDoc } from './doc';
import { readId } from './graph';
import { asArray, asObject, type JsonObject } from './json';
import { typeNameOf } from './slots';
import { INLETS, OUTLETS, portsOf } from './subgraph';
import { isGetter, isSetter, setterOf } from './teleports';
import type { Link, NodeId, Scope } from './types';

export interface Place {
  readonly scope: Scope;
  /** The instance that was entered. */
  readonly node: NodeId;
}

export interface Origin {
  /** As runs name it. */
  readonly node: string;
  readonly slot: number;
}

const MOST_STEPS = 500;

/** Null where nothing leads there, or a node is in the way that does not run. */
export function originOf(doc: GraphDoc, path: readonly Place[], link: Link, catalog: Catalog): Origin | null {
  let [inside, node, slot] = [path, link.from, link.fromSlot];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const scope = inside.at(-1)?.scope ?? '';
    const graph = doc.graph(scope);
    if (node === INLETS) {
      const instance = inside.at(-1);
      const outer = inside.slice(0, -1);
      const around = outer.at(-1)?.scope ?? '';
      const name = portsOf(graph, 'inputs')[slot]?.name;
      const record = instance === undefined ? undefined : doc.graph(around).nodes.get(instance.node);
      const fed = record === undefined ? undefined : feedOf(doc, around, record, name ?? '', slot);
      if (fed === undefined) return null;
      [inside, node, slot] = [outer, fed.from, fed.fromSlot];
      continue;
    }
    const record = graph.nodes.get(node);
    if (record === undefined) return null;
    const type = typeNameOf(record);
    if (doc.has(type) && type !== '') {
      const inner = doc.graph(type);
      const port = asObject(asArray(inner.key('outputs'))?.[slot]);
      const ids = (asArray(port?.['linkIds']) ?? []).map((id) => readId(id) ?? '');
      const out = ids.map((id) => inner.links.get(id)).find((each) => each?.to === OUTLETS);
      const given =
        out ?? [...inner.links.values()].find((each) => each.to === OUTLETS && each.toSlot === slot);
      if (given === undefined) return null;
      [inside, node, slot] = [[...inside, { scope: type, node }], given.from, given.fromSlot];
      continue;
    }
    if (isGetter(record, catalog)) {
      const scopes = ['', ...inside.map((each) => each.scope)];
      const found = setterOf(doc, scopes, record, catalog);
      if (found === null) return null;
      inside = inside.slice(0, scopes.lastIndexOf(found.scope));
      node = found.node;
      continue;
    }
    if (type === 'Reroute' || isSetter(record, catalog)) {
      const fed = feedOf(doc, scope, record, null, 0);
      if (fed === undefined) return null;
      [node, slot] = [fed.from, fed.fromSlot];
      continue;
    }
    return { node: [...inside.map((each) => each.node), node].join(':'), slot };
  }
  return null;
}

/** The link into an input of a node, found by its name or, without one, by its place. */
function feedOf(
  doc: GraphDoc,
  scope: Scope,
  node: JsonObject,
  name: string | null,
  place: number,
): Link | undefined {
  const rows = asArray(node['inputs']) ?? [];
  const named = name === null ? undefined : rows.find((row) => asObject(row)?.['name'] === name);
  const id = readId(asObject(named ?? rows[place])?.['link']);
  return id === null ? undefined : doc.graph(scope).links.get(id);
}
