// What an instance of a subgraph holds for widgets of nodes inside, and where: by the inputs that lead to a widget, or by
// `properties.proxyWidgets`. The same rules as the server's (engine/graph/canvas_subgraphs.py).

import { CONTROL_WORDS, type InputType, type NodeType } from './catalog';
import { readId } from './graph';
import { asArray, asObject, asString, type Json, type JsonObject } from './json';

const CONTROL_NAMES: ReadonlySet<string> = new Set(['control_after_generate', 'control_before_generate']);
/** The id in `proxyWidgets` that stands for the subgraph itself. */
const ITSELF = '-1';

export interface Proxy {
  /** In the instance's list of values. */
  readonly place: number;
  readonly input: InputType;
  /** The node and the widget inside; null where it is an input of the subgraph. */
  readonly inner: { readonly node: string; readonly widget: string } | null;
}

/**
 * Widgets that an instance shows by `properties.proxyWidgets`, under the names that it knows them by; null if it shows
 * those of its inputs.
 *
 * One that an input leads to is called as the input, so that a link to that is seen where the value stands; others, and
 * what would have the name of another, as `node:widget`.
 */
export function proxiesOf(node: JsonObject, type: NodeType): ReadonlyMap<string, Proxy> | null {
  if (type.promoted === undefined) return null;
  const pairs = pairsOf(node);
  if (pairs.length === 0) return null;
  const taken = new Set(pairs.flatMap((pair) => (pair?.node === ITSELF ? [pair.widget] : [])));
  const found = new Map<string, Proxy>();
  for (const [place, pair] of pairs.entries()) {
    if (pair === null) continue;
    const { node: id, widget } = pair;
    if (id === ITSELF) {
      const declared = type.inputs.find((input) => input.name === widget);
      if (declared !== undefined && !found.has(widget))
        found.set(widget, { place, input: { ...declared, is_widget: true }, inner: null });
      continue;
    }
    const promoted = type.promoted(id, widget);
    if (promoted === null) continue;
    const { input, port } = promoted;
    const name = port !== null && !taken.has(port) ? port : `${id}:${widget}`;
    if (found.has(name)) continue;
    taken.add(name);
    const options = { display_name: widget, ...input.options };
    found.set(name, { place, input: { ...input, name, is_widget: true, options }, inner: pair });
  }
  return found;
}

/** `proxyWidgets`, which some programs wrote as JSON text; null for what is no widget with a value. */
function pairsOf(node: JsonObject): readonly ({ readonly node: string; readonly widget: string } | null)[] {
  let given = asObject(node['properties'])?.['proxyWidgets'];
  if (typeof given === 'string') {
    try {
      given = JSON.parse(given) as Json;
    } catch {
      return [];
    }
  }
  return (asArray(given) ?? []).map((entry) => {
    const pair = asArray(entry) ?? [];
    const [id, widget] = [readId(pair[0]), asString(pair[1])];
    if (id === null || widget === null || CONTROL_NAMES.has(widget) || widget.startsWith('$$')) return null;
    return { node: id, widget };
  });
}

/** Where an instance without `proxyWidgets` keeps the values of its widgets: in turn, past what happens to seeds. */
export function placesInTurn(
  values: readonly Json[],
  widgets: readonly InputType[],
): { readonly places: Map<string, number>; readonly controls: Map<string, number> } {
  const places = new Map<string, number>();
  const controls = new Map<string, number>();
  const hasMore = values.length > widgets.length;
  let next = 0;
  for (const [place, value] of values.entries()) {
    const last = widgets[next - 1]?.name;
    if (hasMore && CONTROL_WORDS.has(value) && isWhole(values[place - 1])) {
      if (last !== undefined) controls.set(last, place);
      continue;
    }
    const name = widgets[next]?.name;
    if (name === undefined) break;
    places.set(name, place);
    next += 1;
  }
  return { places, controls };
}

/**
 * Values of a node of unknown type under the names of its slots for widgets, of which there may be fewer than values: each
 * slot takes the next value of its kind that leaves enough for the others, as the server reads it.
 */
export function namedByKind(node: JsonObject): ReadonlyMap<string, Json> {
  const held = node['widgets_values'];
  const byName = asObject(held);
  const found = new Map<string, Json>();
  if (byName !== null) {
    for (const [name, value] of Object.entries(byName)) if (value !== undefined) found.set(name, value);
    return found;
  }
  const slots = (asArray(node['inputs']) ?? []).flatMap((row) => {
    const record = asObject(row);
    const name = asString(record?.['name']);
    return record?.['widget'] === undefined || name === null ? [] : [{ name, type: record['type'] }];
  });
  const list = asArray(held) ?? [];
  const values =
    slots.length === list.length
      ? list
      : list.filter((value, place) => !(CONTROL_WORDS.has(value) && isWhole(list[place - 1])));
  let next = 0;
  for (const [number, { name, type }] of slots.entries()) {
    const last = values.length - (slots.length - number);
    for (let at = next; at <= last; at += 1) {
      const value = values[at] ?? null;
      if (!isOfKind(type, value)) continue;
      found.set(name, value);
      next = at + 1;
      break;
    }
  }
  return found;
}

function isOfKind(type: Json | undefined, value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(type)) return typeof value === 'string';
  switch (type) {
    case 'INT':
      return isWhole(value);
    case 'FLOAT':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'STRING':
    case 'COMBO':
      return typeof value === 'string';
    default:
      return true;
  }
}

export function isWhole(value: Json | undefined): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}
