// Definitions of subgraphs on their way from one document to another: what nodes need of them, which ones the other
// document has already, and under which ids it takes the rest.

import type { GraphDoc, Transaction } from './doc';
import {
  asArray,
  asObject,
  asString,
  isObject,
  type Json,
  type JsonObject,
  stringifyJson,
  withKeys,
} from './json';
import { typeNameOf } from './slots';
import type { Scope } from './types';

/** The definitions that these types are instances of, with all that stand in them, outermost first. */
export function definitionsFor(doc: GraphDoc, types: Iterable<string>): JsonObject[] {
  const found = new Map<Scope, JsonObject>();
  const waiting = [...types];
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    if (found.has(type)) continue;
    const raw = doc.definition(type);
    if (raw === null) continue;
    found.set(type, withKeys(raw, { definitions: undefined }));
    for (const node of doc.graph(type).nodes.values()) waiting.push(typeNameOf(node));
  }
  return [...found.values()];
}

/** All definitions of a file by id, those inside others included; the outermost of an id counts. */
export function definitionsIn(raw: JsonObject): Map<Scope, JsonObject> {
  const found = new Map<Scope, JsonObject>();
  const waiting: JsonObject[] = [raw];
  for (const record of waiting) {
    for (const entry of asArray(asObject(record['definitions'])?.['subgraphs']) ?? []) {
      const id = isObject(entry) ? entry['id'] : null;
      if (!isObject(entry) || typeof id !== 'string' || id === '' || found.has(id)) continue;
      found.set(id, entry);
      waiting.push(entry);
    }
  }
  return found;
}

/** Whether an instance of a definition holds, however deep, one of another (or is one). */
export function reaches(doc: GraphDoc, type: string, wanted: Scope): boolean {
  const seen = new Set<string>();
  const waiting = [type];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === wanted) return true;
    if (seen.has(id) || id === '' || !doc.has(id)) continue;
    seen.add(id);
    for (const node of doc.graph(id).nodes.values()) waiting.push(typeNameOf(node));
  }
  return false;
}

/** How many instances of a definition the document has, in all of its graphs. */
export function countInstances(doc: GraphDoc, type: Scope): number {
  let count = 0;
  for (const scope of doc.scopes)
    for (const node of doc.graph(scope).nodes.values()) if (typeNameOf(node) === type) count += 1;
  return count;
}

/**
 * Take the definitions that some types of a file need into a document.
 *
 * One that the document has already (the same but for its name) is used as it is; one whose id means something else
 * there gets a new id and name. Returns the type by which each is known in the document.
 */
export function adoptDefinitions(
  tx: Transaction,
  file: JsonObject,
  types: Iterable<string>,
  makeId: () => string,
): ReadonlyMap<string, string> {
  const offered = definitionsIn(file);
  const known = new Map<string, string>();
  const busy = new Set<string>();
  let held: Map<string, Scope> | null = null;
  const adopt = (type: string): string => {
    const own = known.get(type);
    const raw = offered.get(type);
    if (own !== undefined || raw === undefined || busy.has(type)) return own ?? type;
    busy.add(type);
    const inner = withTypes(withKeys(raw, { definitions: undefined }), adopt);
    busy.delete(type);
    if (!tx.doc.has(type)) {
      tx.define(type, inner);
      known.set(type, type);
      return type;
    }
    held ??= new Map([...tx.doc.scopes].filter((id) => id !== '').map((id) => [essence(tx.doc, id), id]));
    const mine = essenceOf(inner);
    const same = essence(tx.doc, type) === mine ? type : held.get(mine);
    const id = same ?? makeId();
    if (same === undefined) {
      const name = uniqueTitle(tx.doc, asString(inner['name']) ?? type);
      tx.define(id, withKeys(inner, { id, name }));
      held.set(mine, id);
    }
    known.set(type, id);
    return id;
  };
  for (const type of new Set(types)) adopt(type);
  return known;
}

function withTypes(definition: JsonObject, typeFor: (type: string) => string): JsonObject {
  const nodes = asArray(definition['nodes']) ?? [];
  const mapped = nodes.map((node): Json => {
    if (!isObject(node)) return node;
    const type = typeNameOf(node);
    const next = typeFor(type);
    return next === type ? node : withKeys(node, { type: next });
  });
  return mapped.every((node, index) => node === nodes[index])
    ? definition
    : withKeys(definition, { nodes: mapped });
}

function essence(doc: GraphDoc, id: Scope): string {
  return essenceOf(doc.definition(id) ?? {});
}

/** A definition as text that two have in common if they are the same: without names, its keys in order. */
function essenceOf(raw: JsonObject): string {
  return stringifyJson(
    sorted(withKeys(raw, { id: undefined, name: undefined, revision: undefined, definitions: undefined })),
  );
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  const record = asObject(value);
  if (record === null) return value;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .flatMap((key) => (record[key] === undefined ? [] : [[key, sorted(record[key] ?? null)]])),
  );
}

/** A name that no subgraph of the document has. */
export function uniqueTitle(doc: GraphDoc, wanted: string): string {
  const taken = new Set(
    [...doc.scopes].filter((id) => id !== '').map((id) => asString(doc.graph(id).key('name') ?? null)),
  );
  if (!taken.has(wanted)) return wanted;
  for (let count = 2; ; count += 1) if (!taken.has(`${wanted} (${count})`)) return `${wanted} (${count})`;
}
