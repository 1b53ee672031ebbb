// Node types as GET /api/v1/nodes describes them, and what follows from a description alone.

import { asString, type Json } from './json';

export interface InputType {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly is_widget: boolean;
  readonly has_default: boolean;
  readonly default: Json;
  readonly choices: readonly Json[] | null;
  readonly choices_from: string | null;
  readonly image_upload: boolean;
  readonly min: number | bigint | null;
  readonly max: number | bigint | null;
  readonly step: number | null;
  readonly round: number | boolean | null;
  readonly display: 'number' | 'slider' | 'knob' | 'color' | null;
  readonly multiline: boolean;
  readonly dynamic_prompts: boolean;
  readonly placeholder: string;
  readonly seed_control: boolean;
  readonly lazy: boolean;
  readonly is_list: boolean;
  readonly tooltip: string;
  readonly options: { readonly [name: string]: Json | undefined };
  /** Of a subgraph: a widget of a node inside whose type nobody knows. Never in what the server sends. */
  readonly isUnknown?: true;
}

export interface OutputType {
  readonly name: string;
  readonly type: string;
  readonly is_list: boolean;
  readonly tooltip: string;
  /** Of a subgraph: what it is called instead of its name. Never in what the server sends. */
  readonly label?: string;
}

/** A widget of a node inside a subgraph, as an instance shows it. */
export interface PromotedWidget {
  readonly input: InputType;
  /** The input of the subgraph that leads to it; null if none does. */
  readonly port: string | null;
}

export interface NodeType {
  readonly type: string;
  readonly display_name: string;
  readonly category: string;
  readonly description: string;
  readonly inputs: readonly InputType[];
  readonly outputs: readonly OutputType[];
  readonly is_output: boolean;
  readonly takes_lists: boolean;
  readonly deprecated: boolean;
  readonly experimental: boolean;
  readonly search_aliases: readonly string[];
  readonly module: string;
  /** Of a subgraph: the declaration of a widget inside, by node and name. Never in what the server sends. */
  readonly promoted?: (node: string, widget: string) => PromotedWidget | null;
}

export type Catalog = ReadonlyMap<string, NodeType>;

/** An input of which nothing is known but its name and type: no widget, not required. */
export function plainInput(name: string, type: string): InputType {
  return {
    ...{ name, type, required: false, is_widget: false, has_default: false, default: null, choices: null },
    ...{
      choices_from: null,
      image_upload: false,
      min: null,
      max: null,
      step: null,
      round: null,
      display: null,
    },
    ...{ multiline: false, dynamic_prompts: false, placeholder: '', seed_control: false, lazy: false },
    ...{ is_list: false, tooltip: '', options: {} },
  };
}

/** A node type with inputs and no more. */
export function plainType(
  type: string,
  name: string,
  inputs: readonly InputType[],
  description = '',
): NodeType {
  return {
    ...{ type, display_name: name, category: '', description, inputs, outputs: [], is_output: false },
    ...{ takes_lists: false, deprecated: false, experimental: false, search_aliases: [], module: '' },
  };
}

/** What the canvas does with a seed after each run, as the value behind it says. */
export const CONTROL_WORDS: ReadonlySet<Json> = new Set([
  'fixed',
  'increment',
  'decrement',
  'randomize',
  'increment-wrap',
]);

const SEED_NAMES = new Set(['seed', 'noise_seed']);

/** What follows from a type is asked for each node that is one: it is found out once. */
const widgets = new WeakMap<NodeType, readonly InputType[]>();
const declared = new WeakMap<NodeType, ReadonlyMap<string, InputType>>();

/** The inputs that have a place in `widgets_values`: required ones first, then optional ones. */
export function widgetsOf(type: NodeType): readonly InputType[] {
  const known = widgets.get(type);
  if (known !== undefined) return known;
  const all = requiredFirst(type.inputs.filter((input) => input.is_widget));
  widgets.set(type, all);
  return all;
}

export function requiredFirst(inputs: readonly InputType[]): readonly InputType[] {
  return [...inputs.filter((input) => input.required), ...inputs.filter((input) => !input.required)];
}

/** The inputs of a type by name. */
export function inputsByName(type: NodeType): ReadonlyMap<string, InputType> {
  const known = declared.get(type);
  if (known !== undefined) return known;
  const all = new Map(type.inputs.map((input) => [input.name, input]));
  declared.set(type, all);
  return all;
}

/** Whether a control value (`fixed`, `randomize`, ...) follows the widget's own in `widgets_values`. */
export function hasControl(input: InputType): boolean {
  if (input.seed_control) return true;
  return (
    input.type === 'INT' &&
    SEED_NAMES.has(input.name) &&
    input.options['control_after_generate'] === undefined
  );
}

/** What an input is called where people read it; null where it is its name. */
export function displayName(input: InputType): string | null {
  return asString(input.options['display_name']) ?? asString(input.options['label']);
}

/** Whether several choices are taken: the value is a list. */
export function isMulti(input: InputType): boolean {
  const option = input.options['multiselect'] ?? input.options['multi_select'];
  return option === true || (typeof option === 'object' && option !== null);
}

/** Whether a file has to be chosen: the first of a folder is no default, but whatever happens to be there. */
export function isFileChoice(input: InputType): boolean {
  return input.type === 'COMBO' && input.choices_from !== null && !input.has_default && !isMulti(input);
}

/** What a widget of a new node holds where nothing else is said. */
export function defaultOf(input: InputType): Json {
  if (input.has_default) return input.default;
  if (input.type === 'COMBO' && isMulti(input)) return [];
  const first = input.choices?.[0];
  if (first !== undefined) return first;
  if (input.type === 'INT' || input.type === 'FLOAT') return Number(input.min ?? 0) > 0 ? input.min : 0;
  return input.type === 'BOOLEAN' ? false : '';
}
