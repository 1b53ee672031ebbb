// The values of a run, taken into a document that is open: where a node of the same id and type stands. The same run with
// other seeds, and its document with them.

import { type Catalog, widgetsOf } from './catalog';
import { isColour } from './colour';
import { GraphDoc, type Transaction } from './doc';
import { setValue } from './edit';
import { asObject, type Json, type JsonObject, stringifyJson } from './json';
import { locate } from './missing';
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
    const [id, name] = placeOf(path);
    const node = Object.hasOwn(next, id) ? asObject(next[id]) : null;
    const inputs = asObject(node?.['inputs']);
    if (node === null || inputs === null || !isNumber(inputs[name])) continue;
    next[id] = { ...node, inputs: { ...inputs, [name]: draw() } };
  }
  return next;
}

/**
 * The canvas document of a run with other seeds: its nodes hold those of `after` where they held those of `before`, so
 * that who opens it has what ran.
 */
export function withSeedsOf(
  workflow: JsonObject,
  seeds: Iterable<string>,
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
  catalog: Catalog,
): JsonObject {
  const doc = new GraphDoc(workflow);
  for (const path of seeds) {
    const [id, name] = placeOf(path);
    const [was, is] = [before, after].map((prompt) => inputOf(prompt, id, name));
    const [spot] = locate(doc, id);
    const node = spot === undefined ? undefined : doc.graph(spot.scope).nodes.get(spot.node);
    const type = node === undefined ? undefined : catalog.get(typeNameOf(node));
    if (spot === undefined || node === undefined || type === undefined) continue;
    const held = valuesOf(node, type).get(name);
    if (is === undefined || !isNumber(is) || held === undefined || String(held) !== String(was)) continue;
    doc.adjust('seeds', spot.scope, (tx) => setValue(tx, spot.node, type, name, is));
  }
  return doc.save();
}

/** `12:5.seed`, as runs call it: the node and its input. */
function placeOf(path: string): readonly [string, string] {
  const cut = path.lastIndexOf('.');
  return [path.slice(0, cut), path.slice(cut + 1)];
}

function inputOf(prompt: JsonObject, id: string, name: string): Json | undefined {
  return asObject(asObject(Object.hasOwn(prompt, id) ? prompt[id] : undefined)?.['inputs'])?.[name];
}

const isNumber = (value: Json | undefined) => typeof value === 'number' || typeof value === 'bigint';
