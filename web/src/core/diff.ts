// What differs between two runs: the inputs of their nodes, and how long these took.

import { asArray, asObject, asString, type Json, type JsonObject, stringifyJson } from './json';

export interface NodeRef {
  readonly node: string;
  readonly title: string;
  readonly type: string;
}

export interface InputChange extends NodeRef {
  readonly input: string;
  /** Undefined where the input is not there. */
  readonly a: Json | undefined;
  readonly b: Json | undefined;
}

export interface RunDiff {
  readonly changes: readonly InputChange[];
  /** Nodes that only the second, or only the first, run has. */
  readonly added: readonly NodeRef[];
  readonly removed: readonly NodeRef[];
}

/** Compare two workflows in API format. A node of another type is another node, though it has the same id. */
export function diffPrompts(a: JsonObject, b: JsonObject): RunDiff {
  const changes: InputChange[] = [];
  const [added, removed]: [NodeRef[], NodeRef[]] = [[], []];
  for (const id of orderedIds(a, b)) {
    const [one, other] = [readNode(a, id), readNode(b, id)];
    if (one !== null && other !== null && one.ref.type === other.ref.type) {
      changes.push(...diffInputs(other.ref, one.inputs, other.inputs));
      continue;
    }
    if (one !== null) removed.push(one.ref);
    if (other !== null) added.push(other.ref);
  }
  return { changes, added, removed };
}

function diffInputs(ref: NodeRef, a: JsonObject, b: JsonObject): InputChange[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((input) => {
    const [one, other] = [own(a, input), own(b, input)];
    return isSame(one, other) ? [] : [{ ...ref, input, a: one, b: other }];
  });
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || stringifyJson(sorted(a)) === stringifyJson(sorted(b));
}

/** The order of keys says nothing. */
function sorted(value: Json): Json {
  const list = asArray(value);
  if (list !== null) return list.map(sorted);
  const object = asObject(value);
  if (object === null) return value;
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each ?? null)]));
}

function orderedIds(a: JsonObject, b: JsonObject): string[] {
  const ids = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return ids.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/** A node of a workflow in API format; null if there is none of that id. */
export function readNode(prompt: JsonObject, id: string): { ref: NodeRef; inputs: JsonObject } | null {
  const node = Object.hasOwn(prompt, id) ? asObject(prompt[id]) : null;
  if (node === null) return null;
  const type = asString(node['class_type']) ?? '';
  const title = asString(asObject(node['_meta'])?.['title']) ?? '';
  return {
    ref: { node: id, title: title === '' ? type : title, type },
    inputs: asObject(node['inputs']) ?? {},
  };
}

/** `[node, output]`, as the API format writes links. */
export function linkIn(value: Json | undefined): readonly [string, number] | null {
  const pair = asArray(value);
  const [node, output] = [pair?.[0], pair?.[1]];
  return pair?.length === 2 && typeof node === 'string' && typeof output === 'number' ? [node, output] : null;
}

/** A value in a few words, for tables. */
export function wordsOfValue(value: Json | undefined): string {
  if (value === undefined) return '–';
  const link = linkIn(value);
  if (link !== null) return `← ${link[0]}.${link[1]}`;
  return typeof value === 'string' ? value : stringifyJson(value);
}

// -- how long it took ------------------------------------------------------------------------------------------------

export interface Timing {
  readonly node_type: string;
  readonly seconds: number;
  readonly cached: boolean;
}

export interface TimingRow {
  readonly node: string;
  readonly type: string;
  /** Null where the run has no such node. */
  readonly a: Timing | null;
  readonly b: Timing | null;
}

/** Nodes of both runs, the longest first. */
export function diffTimings(
  a: Readonly<Record<string, Timing>>,
  b: Readonly<Record<string, Timing>>,
): TimingRow[] {
  const ids = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const longest = ({ a: one, b: other }: TimingRow) => Math.max(one?.seconds ?? 0, other?.seconds ?? 0);
  return ids
    .map((node) => ({
      node,
      type: b[node]?.node_type || (a[node]?.node_type ?? ''),
      a: a[node] ?? null,
      b: b[node] ?? null,
    }))
    .sort((one, other) => longest(other) - longest(one));
}
