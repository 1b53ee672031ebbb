// `widgets_values` by position <-> values by name, by the same rules as the server's reader (engine/graph/canvas_widgets.py).

import {
  CONTROL_WORDS,
  defaultOf,
  hasControl,
  type InputType,
  isFileChoice,
  type NodeType,
  requiredFirst,
  widgetsOf,
} from './catalog';
import { asArray, asObject, type Json, type JsonObject } from './json';
import { placesInTurn, proxiesOf } from './promoted';

export type Control = 'fixed' | 'increment' | 'decrement' | 'randomize';

interface Reading {
  readonly places: ReadonlyMap<string, number>;
  readonly controls: ReadonlyMap<string, number>;
  readonly mismatches: number;
  readonly leftOver: number;
}

/** The widgets that one node shows: those of its type, or what it promotes. */
export function widgetsFor(node: JsonObject, type: NodeType): readonly InputType[] {
  const proxies = proxiesOf(node, type);
  return proxies === null ? widgetsOf(type) : [...proxies.values()].map(({ input }) => input);
}

/** Where in its list of values a node keeps the value, and the control, of each widget. */
export function placesOf(node: JsonObject, type: NodeType): Pick<Reading, 'places' | 'controls'> {
  const proxies = proxiesOf(node, type);
  if (proxies !== null)
    return { places: new Map([...proxies].map(([name, { place }]) => [name, place])), controls: new Map() };
  const widgets = widgetsOf(type);
  const values = asArray(node['widgets_values']) ?? [];
  if (type.promoted !== undefined) return placesInTurn(values, widgets);
  const declared = readInOrder(values, widgets);
  if (declared.mismatches === 0 && declared.leftOver === 0) return declared;
  const readings = [declared];
  const withSockets = type.inputs.filter((input) => WIDGET_TYPES.has(input.type));
  if (withSockets.length > widgets.length) readings.push(readInOrder(values, requiredFirst(withSockets)));
  const byName = new Map(widgets.map((widget) => [widget.name, widget]));
  const slots = (asArray(node['inputs']) ?? []).flatMap((slot) => {
    const record = asObject(slot);
    const widget = record?.['widget'] === undefined ? undefined : byName.get(String(record['name']));
    return widget === undefined ? [] : [widget];
  });
  if (slots.length > 0 && declared.mismatches > 0) {
    // Older files have slots for linked widgets only: such a reading explains a few values and loses the rest.
    const bySlots = readInOrder(values, slots);
    if (Math.abs(bySlots.leftOver) <= Math.abs(declared.leftOver)) readings.push(bySlots);
  }
  return readings.reduce((best, each) => (isBetter(each, best) ? each : best));
}

/** The value of each widget that the file has one for. */
export function valuesOf(node: JsonObject, type: NodeType): Map<string, Json> {
  const held = node['widgets_values'];
  const byName = asObject(held);
  if (byName !== null) {
    const named = widgetsOf(type).map((widget): [string, Json | undefined] => [
      widget.name,
      byName[widget.name],
    ]);
    return new Map(
      named.filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null),
    );
  }
  const values = asArray(held) ?? [];
  const found = new Map<string, Json>();
  for (const [name, place] of placesOf(node, type).places) {
    const value = values[place];
    if (value !== undefined && value !== null) found.set(name, value);
  }
  return found;
}

/** `widgets_values` with another value for one widget (or its control); places that are not there yet are filled. */
export function withValue(
  node: JsonObject,
  type: NodeType,
  name: string,
  value: Json,
  part: 'value' | 'control' = 'value',
): Json {
  const byName = asObject(node['widgets_values']);
  if (byName !== null) return { ...byName, [name]: value };
  const values = [...(asArray(node['widgets_values']) ?? [])];
  const { places, controls } = placesOf(node, type);
  const place = (part === 'value' ? places : controls).get(name);
  if (place !== undefined) {
    while (values.length < place) values.push(null);
    values[place] = value;
    return values;
  }
  return completeValues(
    type,
    new Map([...valuesOf(node, type), [name, value]]),
    controlsOf(node, type, part === 'control' ? [name, value] : null),
  );
}

/** What the canvas does with each seed after a run, as far as the file says. */
export function controlsOf(
  node: JsonObject,
  type: NodeType,
  extra: readonly [string, Json] | null = null,
): Map<string, Json> {
  const values = asArray(node['widgets_values']) ?? [];
  const found = new Map<string, Json>();
  for (const [name, place] of placesOf(node, type).controls) {
    const value = values[place];
    if (value !== undefined) found.set(name, value);
  }
  if (extra !== null) found.set(extra[0], extra[1]);
  return found;
}

/** A whole list of values in the order of the declaration; no file is chosen for anybody unless `otherwise` does. */
export function completeValues(
  type: NodeType,
  values: ReadonlyMap<string, Json>,
  controls: ReadonlyMap<string, Json> = new Map(),
  otherwise: (widget: InputType) => Json = unlessFile,
): Json[] {
  return widgetsOf(type).flatMap((widget): Json[] => {
    const value = values.get(widget.name) ?? otherwise(widget);
    return hasControl(widget) ? [value, controls.get(widget.name) ?? 'randomize'] : [value];
  });
}

function unlessFile(widget: InputType): Json {
  return isOpen(widget) ? null : defaultOf(widget);
}

/** Whether nobody may say what a widget holds that the file has no value for. */
export function isOpen(widget: InputType): boolean {
  return isFileChoice(widget) || (widget.isUnknown === true && !widget.has_default);
}

const WIDGET_TYPES: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO']);

function isBetter(one: Reading, other: Reading): boolean {
  if (one.mismatches !== other.mismatches) return one.mismatches < other.mismatches;
  return Math.abs(one.leftOver) < Math.abs(other.leftOver);
}

function readInOrder(values: readonly Json[], widgets: readonly InputType[]): Reading {
  const places = new Map<string, number>();
  const controls = new Map<string, number>();
  let mismatches = 0;
  let place = 0;
  for (const [index, widget] of widgets.entries()) {
    if (place >= values.length) break;
    places.set(widget.name, place);
    if (!isPlausible(widget, values[place] ?? null)) mismatches += 1;
    place += 1;
    if (hasControl(widget) && place < values.length && isControl(values, place, widgets.slice(index + 1))) {
      controls.set(widget.name, place);
      place += widget.type === 'COMBO' ? 2 : 1;
    }
  }
  return {
    places,
    controls,
    mismatches,
    leftOver: values.length - place - (widgets.length - places.size),
  };
}

function isControl(values: readonly Json[], place: number, rest: readonly InputType[]): boolean {
  const value = values[place] ?? null;
  if (!(value === null || typeof value === 'boolean' || CONTROL_WORDS.has(value))) return false;
  const next = rest[0];
  return next === undefined || !isPlausible(next, value) || values.length - place > rest.length;
}

function isPlausible(widget: InputType, value: Json): boolean {
  if (value === null) return true;
  switch (widget.type) {
    case 'INT':
    case 'FLOAT':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'BOOLEAN':
      return typeof value === 'boolean';
    case 'STRING':
      return typeof value === 'string';
    case 'COMBO':
      if (widget.choices === null || widget.choices_from !== null || typeof value === 'object')
        return typeof value === 'string';
      return widget.choices.includes(value);
    default:
      return true;
  }
}
