// A node as it is shown and wired: its slots and widgets, from the file's record and, where it is known, the node type.
//
// Slots are those of the file, in its order and under its names; inputs and widgets that the type has besides are
// implied: they are shown, and written into the file only when something is linked to them.

import type { Catalog, InputType, NodeType } from './catalog';
import { CONTROL_WORDS, defaultOf, displayName, inputsByName } from './catalog';
import { readId } from './graph';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from './json';
import { isWhole } from './promoted';
import type { LinkId } from './types';
import { isOpen, valuesOf, widgetsFor } from './values';
import { NAMES } from './virtual';

export const MUTED = 2;
export const BYPASSED = 4;

export interface InSlot {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly link: LinkId | null;
  /** Its place in the file's `inputs`; -1 if it is implied. */
  readonly index: number;
  /** A widget of this name holds a value when nothing is linked. */
  readonly isWidget: boolean;
  readonly isOptional: boolean;
  readonly isList: boolean;
}

export interface OutSlot {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly index: number;
  readonly isList: boolean;
}

export interface Widget {
  readonly name: string;
  readonly label: string;
  readonly value: Json;
  /** Null where the node's type is unknown. */
  readonly input: InputType | null;
}

export interface NodeShape {
  readonly type: NodeType | null;
  /** Sockets first; widgets that can also be linked have an entry here and one in `widgets`. */
  readonly inputs: readonly InSlot[];
  readonly outputs: readonly OutSlot[];
  readonly widgets: readonly Widget[];
}

/** Types that exist on the canvas only. */
export const VIRTUAL: ReadonlySet<string> = new Set([
  'Note',
  'MarkdownNote',
  'Reroute',
  'PrimitiveNode',
  'SetNode',
  'GetNode',
]);

export function typeNameOf(node: JsonObject): string {
  return asString(node['type']) ?? '';
}

export function titleOf(node: JsonObject, catalog: Catalog): string {
  const own = asString(node['title']);
  if (own !== null && own !== '') return own;
  const name = typeNameOf(node);
  return catalog.get(name)?.display_name ?? NAMES.get(name) ?? name;
}

export function modeOf(node: JsonObject): number {
  return asNumber(node['mode']) ?? 0;
}

/** Everything that a node shows. */
export function shapeOf(node: JsonObject, catalog: Catalog): NodeShape {
  const type = catalog.get(typeNameOf(node)) ?? null;
  const declared = type === null ? NOTHING : inputsByName(type);
  const widgets = type !== null ? widgetsFrom(node, type) : unknownWidgets(node);
  const holds = holdersOf(type, widgets);
  const [sockets, fields]: [InSlot[], InSlot[]] = [[], []];
  const named = new Set<string>();
  const add = (slot: InSlot) => (slot.isWidget ? fields : sockets).push(slot);
  for (const [index, row] of (asArray(node['inputs']) ?? []).entries()) {
    const slot = readInput(row, index, declared, holds);
    named.add(slot.name);
    add(slot);
  }
  if (type !== null) for (const slot of impliedBy(type)) if (!named.has(slot.name)) add(slot);
  return {
    type,
    inputs: [...sockets, ...fields],
    outputs: outputsOf(node, type),
    widgets,
  };
}

/** Whether a node has a widget of a name. */
function holdersOf(type: NodeType | null, widgets: readonly Widget[]): (name: string) => boolean {
  // All that the type has, but where an instance of a subgraph chooses.
  if (type !== null && type.promoted === undefined) {
    const declared = inputsByName(type);
    return (name) => declared.get(name)?.is_widget === true;
  }
  const names = new Set(widgets.map((widget) => widget.name));
  return (name) => names.has(name);
}

const NOTHING: ReadonlyMap<string, InputType> = new Map();
const implied = new WeakMap<NodeType, readonly InSlot[]>();

/** The slots of a type that a node has whose file names none. */
function impliedBy(type: NodeType): readonly InSlot[] {
  const known = implied.get(type);
  if (known !== undefined) return known;
  const slots = type.inputs
    .filter((input) => !(input.is_widget && input.options['socketless'] === true))
    .map(implyInput);
  implied.set(type, slots);
  return slots;
}

function readInput(
  row: Json,
  index: number,
  declared: ReadonlyMap<string, InputType>,
  holds: (name: string) => boolean,
): InSlot {
  const record = asObject(row) ?? {};
  const name = asString(record['name']) ?? asString(asObject(record['widget'])?.['name']) ?? '';
  const known = declared.get(name);
  const link = readId(record['link']);
  const isField = record['widget'] !== undefined || known?.is_widget === true;
  return {
    name,
    label: asString(record['label']) ?? (known === undefined ? name : (displayName(known) ?? name)),
    type: readType(record['type']),
    link,
    index,
    // What is linked is seen: without a widget to stand beside, as a socket.
    isWidget: isField && (holds(name) || (link === null && known?.is_widget !== false)),
    isOptional: known === undefined ? record['shape'] === 7 : !known.required,
    isList: known?.is_list ?? false,
  };
}

function implyInput(input: InputType): InSlot {
  const { name, type, is_widget, required, is_list } = input;
  return {
    name,
    label: displayName(input) ?? name,
    type,
    link: null,
    index: -1,
    isWidget: is_widget,
    isOptional: !required,
    isList: is_list,
  };
}

function outputsOf(node: JsonObject, type: NodeType | null): OutSlot[] {
  const rows = asArray(node['outputs']) ?? [];
  const count = Math.max(rows.length, type?.outputs.length ?? 0);
  const slots: OutSlot[] = [];
  for (let index = 0; index < count; index += 1) {
    const record = asObject(rows[index]);
    const known = type?.outputs[index];
    const name = asString(record?.['name']) ?? known?.name ?? '';
    slots.push({
      name,
      label: asString(record?.['label']) ?? known?.label ?? name,
      type: known?.type ?? readType(record?.['type']),
      index,
      isList: known?.is_list ?? record?.['shape'] === 6,
    });
  }
  return slots;
}

function widgetsFrom(node: JsonObject, type: NodeType): Widget[] {
  const values = valuesOf(node, type);
  const labels = labelsOf(node);
  return widgetsFor(node, type).map((input) => {
    return {
      name: input.name,
      label: labels?.get(input.name) ?? displayName(input) ?? input.name,
      // What is not in the file does not run: no file is shown as if it had been chosen.
      value: values.get(input.name) ?? (isOpen(input) ? '' : defaultOf(input)),
      input: input.isUnknown === true ? null : input,
    };
  });
}

/** What the file calls widgets that have a slot; null where it calls none otherwise. */
function labelsOf(node: JsonObject): ReadonlyMap<string, string> | null {
  let found: Map<string, string> | null = null;
  for (const row of asArray(node['inputs']) ?? []) {
    const record = asObject(row);
    const label = record?.['widget'] === undefined ? null : asString(record['label']);
    const name = asString(record?.['name']);
    if (label === null || name === null || label.trim() === '') continue;
    found ??= new Map();
    found.set(name, label);
  }
  return found;
}

/** Values of a node of unknown type: by name where the file has names, else by place. */
function unknownWidgets(node: JsonObject): Widget[] {
  const held = node['widgets_values'];
  const byName = asObject(held);
  const list = asArray(held) ?? [];
  const entries =
    byName !== null
      ? Object.entries(byName)
      : VIRTUAL.has(typeNameOf(node))
        ? // A primitive node keeps its value, what happens to it, and a filter that nobody needs to see.
          list
            .slice(0, typeNameOf(node) === 'PrimitiveNode' ? 2 : undefined)
            .map((value, place): [string, Json] => [`${place}`, value])
        : namedBySlots(node, list);
  return entries.flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [{ name, label: name, value, input: null }],
  );
}

/**
 * Values under the names of the slots that stand for widgets, if there is one for each: newer files have them for all
 * widgets, older ones only for those that are linked. What happens to a seed follows it, and has no slot.
 */
function namedBySlots(node: JsonObject, list: readonly Json[]): [string, Json][] {
  const names = (asArray(node['inputs']) ?? []).flatMap((row) => {
    const record = asObject(row);
    const own = asString(asObject(record?.['widget'])?.['name']);
    return own === null ? [] : [own];
  });
  const found: [string, Json][] = [];
  let next = 0;
  for (const [place, value] of list.entries()) {
    const isTooMany = list.length - place > names.length - next;
    const isControl = isTooMany && CONTROL_WORDS.has(value) && isWhole(list[place - 1]);
    const name = isControl ? undefined : names[next];
    if (name !== undefined) next += 1;
    else if (!isControl) next = Number.NaN;
    found.push([name ?? `${place}`, value]);
  }
  const isNamed = next === names.length && new Set(names).size === next;
  return isNamed ? found : list.map((value, place) => [`${place}`, value]);
}

/** A socket type as files write it: text, a list of choices, or 0 and -1 for anything. */
export function readType(value: Json | undefined): string {
  if (Array.isArray(value)) return 'COMBO';
  return asString(value) || '*';
}
