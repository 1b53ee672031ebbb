// API JSON (what runs, without places) as a canvas document of 0.4: nodes with their slots and values, laid out.

import type { Catalog, NodeType } from './catalog';
import { layoutOf } from './geometry';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from './json';
import { layered } from './layout';
import { shapeOf } from './slots';
import { completeValues } from './values';

interface Entry {
  readonly id: number;
  readonly type: string;
  readonly title: string | null;
  readonly known: NodeType | null;
  readonly values: ReadonlyMap<string, Json>;
  readonly wires: readonly { readonly name: string; readonly from: string; readonly slot: number }[];
}

interface Row {
  readonly id: number;
  readonly from: number;
  readonly slot: number;
  readonly to: number;
  readonly input: number;
  readonly type: string;
}

/** Nodes by id, each with a class: what runs, without places. */
export function isApiPrompt(raw: JsonObject): boolean {
  const nodes = Object.values(raw);
  return nodes.length > 0 && nodes.every((node) => asString(asObject(node)?.['class_type']) !== null);
}

export function fromApi(prompt: JsonObject, catalog: Catalog): JsonObject {
  const ids = idsOf(Object.keys(prompt));
  const entries = Object.entries(prompt).flatMap(([key, node]) =>
    readEntry(ids.get(key) ?? 0, node, ids, catalog),
  );
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const links: Row[] = [];
  for (const entry of entries) {
    for (const [index, name] of inputNames(entry).entries()) {
      const wire = entry.wires.find((each) => each.name === name);
      const from = wire === undefined ? undefined : ids.get(wire.from);
      if (wire === undefined || from === undefined) continue;
      const type = outputType(byId.get(from), wire.slot) ?? inputType(entry, name);
      links.push({ id: links.length + 1, from, slot: wire.slot, to: entry.id, input: index, type });
    }
  }
  const [into, outOf] = [grouped(links, (row) => row.to), grouped(links, (row) => row.from)];
  const nodes = entries.map((entry, order) =>
    nodeOf(entry, order, into.get(entry.id) ?? [], outOf.get(entry.id) ?? []),
  );
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

function grouped(links: readonly Row[], idOf: (row: Row) => number): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of links) {
    const group = groups.get(idOf(row));
    if (group === undefined) groups.set(idOf(row), [row]);
    else group.push(row);
  }
  return groups;
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
  const wires: { name: string; from: string; slot: number }[] = [];
  for (const [name, value] of Object.entries(asObject(record['inputs']) ?? {})) {
    const pair = asArray(value);
    const slot = asNumber(pair?.[1]);
    const from = pair?.[0];
    const isWire =
      pair?.length === 2 && slot !== null && from !== undefined && from !== null && ids.has(String(from));
    if (isWire) wires.push({ name, from: String(from), slot });
    else if (value !== undefined) values.set(name, value);
  }
  const known = catalog.get(type) ?? null;
  return [{ id, type, title: asString(asObject(record['_meta'])?.['title']), known, values, wires }];
}

/** Sockets of the type first, then whatever is linked besides: widgets, and inputs that nobody declared. */
function inputNames(entry: Entry): string[] {
  const sockets = entry.known?.inputs.filter((input) => !input.is_widget).map((input) => input.name) ?? [];
  const linked = entry.wires.map((wire) => wire.name).filter((name) => !sockets.includes(name));
  return [...sockets, ...linked];
}

function inputType(entry: Entry, name: string): string {
  return entry.known?.inputs.find((input) => input.name === name)?.type ?? '*';
}

function outputType(entry: Entry | undefined, slot: number): string | undefined {
  return entry?.known?.outputs[slot]?.type;
}

function nodeOf(entry: Entry, order: number, into: readonly Row[], outOf: readonly Row[]): JsonObject {
  const { id, type, title, known, values } = entry;
  const count = Math.max(
    known?.outputs.length ?? 0,
    largest(outOf, (row) => row.slot + 1),
  );
  const inputs = inputNames(entry).map((name, index): Json => {
    const declared = known?.inputs.find((input) => input.name === name);
    return {
      name,
      type: declared?.type ?? into.find((row) => row.input === index)?.type ?? '*',
      link: into.find((row) => row.input === index)?.id ?? null,
      ...(declared?.is_widget === true ? { widget: { name } } : {}),
      ...(declared !== undefined && !declared.required && !declared.is_widget ? { shape: 7 } : {}),
    };
  });
  const outputs = Array.from({ length: count }, (_, slot): Json => {
    const rows = outOf.filter((row) => row.slot === slot);
    const output = known?.outputs[slot];
    const shown = output?.type ?? rows[0]?.type ?? '*';
    return { name: output?.name ?? shown, type: shown, links: rows.map((row) => row.id) };
  });
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
  const layouts = new Map(nodes.map((node) => [String(node['id']), layoutOf(node, shapeOf(node, catalog))]));
  const boxes = new Map([...layouts].map(([id, layout]) => [id, layout.box]));
  const places = layered(
    boxes,
    links.map((row) => [String(row.from), String(row.to)] as const),
  );
  return nodes.map((node) => {
    const id = String(node['id']);
    const [at, layout] = [places.get(id), layouts.get(id)];
    if (at === undefined || layout === undefined) return node;
    return { ...node, pos: [at.x, at.y + 30], size: [layout.body.w, layout.body.h] };
  });
}
