// API JSON (what runs, without places) as a canvas document of 0.4: nodes with their slots and values, laid out.

import { type Catalog, inputsByName, type NodeType } from './catalog';
import { measured, TITLE } from './geometry';
import { asArray, asObject, asString, type Json, type JsonObject } from './json';
import { layered } from './layout';
import { MOST, TooLarge } from './limits';
import { shapeOf } from './slots';
import { completeValues } from './values';

interface Entry {
  readonly id: number;
  readonly type: string;
  readonly title: string | null;
  readonly known: NodeType | null;
  readonly values: ReadonlyMap<string, Json>;
  /** By input. */
  readonly wires: ReadonlyMap<string, Wire>;
}

interface Wire {
  readonly from: number;
  readonly slot: number;
}

interface Row extends Wire {
  readonly id: number;
  readonly to: number;
  readonly input: number;
  readonly type: string;
}

/** Throws `TooLarge` where more outputs are named than can be shown. */
export function fromApi(prompt: JsonObject, catalog: Catalog): JsonObject {
  const ids = idsOf(Object.keys(prompt));
  const entries = Object.entries(prompt).flatMap(([key, node]) =>
    readEntry(ids.get(key) ?? 0, node, ids, catalog),
  );
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const links: Row[] = [];
  const outOf = new Map<number, Row[]>();
  const wired = entries.map((entry) => {
    const names = inputNames(entry);
    const into = names.map((name, input) => {
      const wire = entry.wires.get(name);
      if (wire === undefined) return undefined;
      const { from, slot } = wire;
      const type = byId.get(from)?.known?.outputs[slot]?.type ?? inputType(entry, name);
      const row: Row = { id: links.length + 1, from, slot, to: entry.id, input, type };
      links.push(row);
      const rows = outOf.get(from);
      if (rows === undefined) outOf.set(from, [row]);
      else rows.push(row);
      return row;
    });
    return { entry, names, into };
  });
  let slots = 0;
  const nodes = wired.map(({ entry, names, into }, order): JsonObject => {
    const outputs = outputsOf(entry, outOf.get(entry.id) ?? []);
    slots += outputs.length;
    if (slots > MOST.slots) throw new TooLarge('slots', slots);
    return nodeOf(entry, order, inputsOf(entry, names, into), outputs);
  });
  return {
    last_node_id: largest(entries, (entry) => entry.id),
    last_link_id: links.length,
    nodes: placed(nodes, links, catalog),
    links: links.map((row) => [row.id, row.from, row.slot, row.to, row.input, row.type]),
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
  };
}

/** At least 0. Not `Math.max(...)`: there may be more of them than a call takes arguments. */
function largest<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, numberOf(item)), 0);
}

/** Numbers stay; other ids (`12:3`) get numbers that nobody has. */
function idsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const isPlain = (key: string) => /^\d{1,9}$/.test(key);
  let next = largest(keys.filter(isPlain), Number);
  const ids = new Map<string, number>();
  for (const key of keys) {
    if (isPlain(key)) ids.set(key, Number(key));
    else {
      next += 1;
      ids.set(key, next);
    }
  }
  return ids;
}

function readEntry(
  id: number,
  node: Json | undefined,
  ids: ReadonlyMap<string, number>,
  catalog: Catalog,
): Entry[] {
  const record = asObject(node);
  const type = asString(record?.['class_type']);
  if (record === null || type === null) return [];
  const values = new Map<string, Json>();
  const wires = new Map<string, Wire>();
  for (const [name, value] of Object.entries(asObject(record['inputs']) ?? {})) {
    const wire = readWire(value, ids);
    if (wire !== null) wires.set(name, wire);
    else if (value !== undefined) values.set(name, value);
  }
  const known = catalog.get(type) ?? null;
  return [{ id, type, title: asString(asObject(record['_meta'])?.['title']), known, values, wires }];
}

/** A pair of a node that is there and the place of an output; null if it is a value. */
function readWire(value: Json | undefined, ids: ReadonlyMap<string, number>): Wire | null {
  const pair = asArray(value);
  if (pair?.length !== 2) return null;
  const [source, slot] = pair;
  const from = source === undefined || source === null ? undefined : ids.get(String(source));
  const isSlot = typeof slot === 'number' && Number.isInteger(slot) && slot >= 0 && slot < MOST.slotsOfNode;
  return from === undefined || !isSlot ? null : { from, slot };
}

/** Sockets of the type first, then whatever is linked besides: widgets, and inputs that nobody declared. */
function inputNames({ known, wires }: Entry): string[] {
  const names = new Set<string>();
  for (const input of known?.inputs ?? []) if (!input.is_widget) names.add(input.name);
  for (const name of wires.keys()) names.add(name);
  return [...names];
}

function inputType({ known }: Entry, name: string): string {
  return (known === null ? undefined : inputsByName(known).get(name))?.type ?? '*';
}

function inputsOf(
  { known }: Entry,
  names: readonly string[],
  into: readonly (Row | undefined)[],
): readonly Json[] {
  return names.map((name, index): Json => {
    const declared = known === null ? undefined : inputsByName(known).get(name);
    const row = into[index];
    return {
      name,
      type: declared?.type ?? row?.type ?? '*',
      link: row?.id ?? null,
      ...(declared?.is_widget === true ? { widget: { name } } : {}),
      ...(declared !== undefined && !declared.required && !declared.is_widget ? { shape: 7 } : {}),
    };
  });
}

function outputsOf({ known }: Entry, outOf: readonly Row[]): readonly Json[] {
  const count = Math.max(
    known?.outputs.length ?? 0,
    largest(outOf, (row) => row.slot + 1),
  );
  const rows = Array.from({ length: count }, (): Row[] => []);
  for (const row of outOf) rows[row.slot]?.push(row);
  return rows.map((own, slot): Json => {
    const output = known?.outputs[slot];
    const shown = output?.type ?? own[0]?.type ?? '*';
    return { name: output?.name ?? shown, type: shown, links: own.map((row) => row.id) };
  });
}

function nodeOf(
  { id, type, title, known, values }: Entry,
  order: number,
  inputs: readonly Json[],
  outputs: readonly Json[],
): JsonObject {
  const held: Json =
    known !== null ? completeValues(known, values, fixedSeeds(known)) : Object.fromEntries(values);
  return {
    ...{
      id,
      type,
      pos: [0, 0],
      size: [known === null ? 240 : 270, 0],
      flags: {},
      order,
      mode: 0,
      inputs,
      outputs,
    },
    ...(title !== null && title !== '' && title !== known?.display_name ? { title } : {}),
    properties: { 'Node name for S&R': type },
    widgets_values: held,
  };
}

/** What was run is to run alike again: seeds stay. */
function fixedSeeds(type: NodeType): ReadonlyMap<string, Json> {
  return new Map(type.inputs.map((input) => [input.name, 'fixed']));
}

function placed(nodes: readonly JsonObject[], links: readonly Row[], catalog: Catalog): JsonObject[] {
  const sizes = nodes.map((node) => measured(node, shapeOf(node, catalog)));
  const boxes = new Map(
    nodes.map((node, index) => {
      const { w = 0, h = 0 } = sizes[index] ?? {};
      return [String(node['id']), { w, h: h + TITLE }];
    }),
  );
  const places = layered(
    boxes,
    links.map((row) => [String(row.from), String(row.to)] as const),
  );
  return nodes.map((node, index) => {
    const [at, size] = [places.get(String(node['id'])), sizes[index]];
    if (at === undefined || size === undefined) return node;
    return { ...node, pos: [at.x, at.y + TITLE], size: [size.w, size.h] };
  });
}
