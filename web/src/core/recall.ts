// The values of a run, taken into a document that is open: where a node of the same id and type stands.

import { type Catalog, widgetsOf } from './catalog';
import { isColour } from './colour';
import type { GraphDoc, Transaction } from './doc';
import { setValue } from './edit';
import { asObject, type Json, type JsonObject, stringifyJson } from './json';
import { titleOf, typeNameOf } from './slots';
import type { NodeId } from './types';
import { valuesOf } from './values';

export interface ValueToLoad {
  readonly node: NodeId;
  readonly title: string;
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json;
  /** Both are colours, if they are anything that can be read as one. */
  readonly isColour: boolean;
}

/** What would change. Values that are links in the run are left alone, as are nodes that the document lacks. */
export function valuesToLoad(doc: GraphDoc, prompt: JsonObject, catalog: Catalog): ValueToLoad[] {
  const found: ValueToLoad[] = [];
  for (const [id, node] of doc.graph().nodes) {
    const [type, ran] = [catalog.get(typeNameOf(node)), asObject(prompt[id])];
    if (type === undefined || ran?.['class_type'] !== type.type) continue;
    const [held, given] = [valuesOf(node, type), asObject(ran['inputs']) ?? {}];
    for (const input of widgetsOf(type)) {
      const { name } = input;
      const [before, after] = [held.get(name), Object.hasOwn(given, name) ? given[name] : undefined];
      if (after === undefined || Array.isArray(after)) continue;
      if (before !== undefined && stringifyJson(before) === stringifyJson(after)) continue;
      found.push({
        ...{ node: id, title: titleOf(node, catalog), name, before, after },
        isColour: isColour(input),
      });
    }
  }
  return found;
}

export function loadValues(tx: Transaction, catalog: Catalog, values: readonly ValueToLoad[]): void {
  for (const { node, name, after } of values) {
    const held = tx.graph.nodes.get(node);
    const type = held === undefined ? undefined : catalog.get(typeNameOf(held));
    if (type !== undefined) setValue(tx, node, type, name, after);
  }
}

/** The same run with other seeds: every seed input that holds a number gets one of its own. */
export function withNewSeeds(prompt: JsonObject, seeds: Iterable<string>, draw: () => Json): JsonObject {
  const next: Record<string, Json | undefined> = { ...prompt };
  for (const path of seeds) {
    const cut = path.lastIndexOf('.');
    const [id, name] = [path.slice(0, cut), path.slice(cut + 1)];
    const node = Object.hasOwn(next, id) ? asObject(next[id]) : null;
    const inputs = asObject(node?.['inputs']);
    if (node === null || inputs === null || !/^(number|bigint)$/.test(typeof inputs[name])) continue;
    next[id] = { ...node, inputs: { ...inputs, [name]: draw() } };
  }
  return next;
}
