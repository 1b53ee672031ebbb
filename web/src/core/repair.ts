// Values that stand in a list by place, and do not fit what the node declares there: the file was written by another
// version of the node. What each value was probably meant for is proposed; nothing is changed unless it is accepted.

import {
  type Catalog,
  CONTROL_WORDS,
  defaultOf,
  hasControl,
  type InputType,
  type NodeType,
  widgetsOf,
} from './catalog';
import type { GraphDoc } from './doc';
import { asArray, type Json, type JsonObject, withKeys } from './json';
import { isNumeric, readsAsNumber } from './numbers';
import { modeOf, titleOf, typeNameOf } from './slots';
import { editScopes } from './steps';
import type { NodeId, Scope } from './types';
import { completeValues, valuesOf } from './values';

export interface RepairRow {
  readonly name: string;
  /** As it is read now; undefined where the file has nothing for it. */
  readonly before: Json | undefined;
  readonly after: Json;
  readonly isDefault: boolean;
}

export interface Repair {
  readonly scope: Scope;
  readonly node: NodeId;
  readonly title: string;
  readonly type: string;
  readonly rows: readonly RepairRow[];
  /** Values that nothing takes any more. */
  readonly leftOver: readonly Json[];
  /** The whole list of values, repaired. */
  readonly values: readonly Json[];
}

const COST = { yes: 0, soft: 1, odd: 3, no: 10, noWidget: 2, noValue: 2, noControl: 1 } as const;
const MOST = 200;
const LONGEST = 200;

/** Nodes whose values do not fit, each with what would. */
export function repairsOf(doc: GraphDoc, catalog: Catalog): Repair[] {
  const found: Repair[] = [];
  for (const scope of doc.scopes) {
    for (const [node, record] of doc.graph(scope).nodes) {
      if (found.length >= MOST) return found;
      const type = catalog.get(typeNameOf(record));
      if (type === undefined || modeOf(record) !== 0) continue;
      const repair = known(record, type);
      if (repair !== null)
        found.push({ scope, node, title: titleOf(record, catalog), type: type.type, ...repair });
    }
  }
  return found;
}

/** Look at each node by itself, so that `repairsOf` has little left to do: a large graph may be looked at in parts. */
export function* repairAhead(doc: GraphDoc, catalog: Catalog): Generator<undefined, void> {
  for (const scope of doc.scopes)
    for (const record of doc.graph(scope).nodes.values()) {
      const type = catalog.get(typeNameOf(record));
      if (type !== undefined && modeOf(record) === 0) known(record, type);
      yield;
    }
}

type Found = ReturnType<typeof repairOf>;

/** Records are never changed, only replaced: after an edit, all nodes but a few have been looked at. */
const seen = new WeakMap<JsonObject, { readonly type: NodeType; readonly found: Found }>();

function known(node: JsonObject, type: NodeType): Found {
  const before = seen.get(node);
  if (before?.type === type) return before.found;
  const found = repairOf(node, type);
  seen.set(node, { type, found });
  return found;
}

/** What is wrong with the values of one node, and what they might mean; null if they fit. */
export function repairOf(
  node: JsonObject,
  type: NodeType,
): Pick<Repair, 'rows' | 'leftOver' | 'values'> | null {
  const list = asArray(node['widgets_values']);
  const widgets = widgetsOf(type);
  if (list === null || list.length > LONGEST || type.promoted !== undefined || widgets.length === 0)
    return null;
  const held = valuesOf(node, type);
  const linked = linkedInputs(node);
  const isWrong = widgets.some(
    (widget) => !linked.has(widget.name) && fitOf(widget, held.get(widget.name) ?? null) === 'no',
  );
  if (!isWrong) return null;
  const { values, controls, leftOver } = align(widgets, list);
  const rows = widgets.map((widget): RepairRow => {
    const own = values.get(widget.name);
    const isDefault = own === undefined || own === null;
    return {
      name: widget.name,
      before: held.get(widget.name),
      after: isDefault ? defaultOf(widget) : own,
      isDefault,
    };
  });
  const seeds = widgets.filter((widget) => hasControl(widget) && !controls.has(widget.name));
  const all = new Map<string, Json>([
    ...controls,
    ...seeds.map(({ name }): [string, Json] => [name, 'fixed']),
  ]);
  return {
    rows,
    leftOver,
    values: completeValues(type, new Map(rows.map(({ name, after }) => [name, after])), all),
  };
}

/** Accept some, as one step of undo. */
export function applyRepairs(doc: GraphDoc, label: string, repairs: readonly Repair[]): boolean {
  return editScopes(
    doc,
    label,
    repairs.map(({ scope }) => scope),
    (tx) => {
      for (const { scope, node, values } of repairs) {
        const record = tx.graph.nodes.get(node);
        if (scope === tx.scope && record !== undefined)
          tx.put('node', node, withKeys(record, { widgets_values: values }));
      }
    },
  );
}

function linkedInputs(node: JsonObject): Set<string> {
  const rows = (asArray(node['inputs']) ?? []) as readonly (JsonObject | null)[];
  return new Set(
    rows.flatMap((row) => (row?.['link'] != null && typeof row['name'] === 'string' ? [row['name']] : [])),
  );
}

// -- how well a value fits ---------------------------------------------------------------------------------------------

type Fit = 'yes' | 'soft' | 'odd' | 'no';

/** `soft`: it can be converted. `odd`: it is of the right kind, and still none of the choices. */
export function fitOf(widget: InputType, value: Json): Fit {
  if (value === null) return 'yes';
  const text = typeof value === 'string' ? value.trim() : null;
  const canBeNumber = text !== null && readsAsNumber(text);
  switch (widget.type) {
    case 'INT':
      if (isNumeric(value)) return typeof value === 'bigint' || Number.isInteger(value) ? 'yes' : 'soft';
      return canBeNumber ? 'soft' : 'no';
    case 'FLOAT':
      return isNumeric(value) ? 'yes' : canBeNumber ? 'soft' : 'no';
    case 'BOOLEAN':
      if (typeof value === 'boolean') return 'yes';
      return value === 0 || value === 1 || /^(true|false)$/i.test(text ?? '') ? 'soft' : 'no';
    case 'STRING':
      return text !== null ? 'yes' : typeof value === 'object' ? 'no' : 'soft';
    case 'COMBO':
      return fitChoice(widget, value);
    default:
      return 'yes';
  }
}

function fitChoice(widget: InputType, value: Json): Fit {
  const { choices } = widget;
  if (choices === null || choices.includes(value)) return 'yes';
  if (typeof value === 'object') return widget.options['multiselect'] !== undefined ? 'yes' : 'no';
  if (widget.choices_from !== null || choices.length === 0) return typeof value === 'string' ? 'soft' : 'no';
  const kinds = new Set(choices.map((choice) => typeof choice));
  if (kinds.has(typeof value)) return 'odd';
  // A list of numbers may have been written as texts, and the other way round.
  return choices.some((choice) => String(choice) === String(value)) ? 'soft' : 'no';
}

// -- what each value was meant for ---------------------------------------------------------------------------------------

interface Aligned {
  readonly values: ReadonlyMap<string, Json>;
  readonly controls: ReadonlyMap<string, Json>;
  readonly leftOver: readonly Json[];
}

interface Step {
  readonly cost: number;
  readonly next: readonly [number, number] | null;
  readonly takes: boolean;
  readonly withControl: boolean;
}

/** Give values to widgets in order, with the fewest that do not fit, are left over, or are made up. */
function align(widgets: readonly InputType[], list: readonly Json[]): Aligned {
  const width = list.length + 1;
  const steps = new Array<Step | undefined>((widgets.length + 1) * width);
  for (let at = widgets.length; at >= 0; at -= 1)
    for (let place = list.length; place >= 0; place -= 1)
      steps[at * width + place] = bestStep(
        widgets,
        list,
        at,
        place,
        (a, p) => steps[a * width + p]?.cost ?? 0,
      );
  const values = new Map<string, Json>();
  const controls = new Map<string, Json>();
  const leftOver: Json[] = [];
  let [at, place] = [0, 0];
  for (;;) {
    const step = steps[at * width + place];
    if (step?.next == null) break;
    const [nextAt, nextPlace] = step.next;
    const widget = widgets[at];
    if (step.takes && widget !== undefined) {
      values.set(widget.name, list[place] ?? null);
      if (step.withControl) controls.set(widget.name, list[place + 1] ?? null);
    } else if (nextPlace > place) leftOver.push(list[place] ?? null);
    [at, place] = [nextAt, nextPlace];
  }
  return {
    values,
    controls,
    leftOver: leftOver.filter((value) => value !== null && !CONTROL_WORDS.has(value)),
  };
}

function bestStep(
  widgets: readonly InputType[],
  list: readonly Json[],
  at: number,
  place: number,
  costOf: (at: number, place: number) => number,
): Step {
  const widget = widgets[at];
  const hasValue = place < list.length;
  const options: Step[] = [];
  const add = (cost: number, a: number, p: number, takes: boolean, withControl = false) =>
    options.push({ cost: cost + costOf(a, p), next: [a, p], takes, withControl });
  if (widget !== undefined && hasValue) {
    const own = COST[fitOf(widget, list[place] ?? null)];
    if (hasControl(widget)) {
      const span = widget.type === 'COMBO' ? 3 : 2;
      if (CONTROL_WORDS.has(list[place + 1] ?? null))
        add(own, at + 1, Math.min(list.length, place + span), true, true);
      add(own + COST.noControl / 2, at + 1, place + 1, true);
    } else add(own, at + 1, place + 1, true);
  }
  if (widget !== undefined) add(COST.noWidget, at + 1, place, false);
  if (hasValue) {
    const value = list[place] ?? null;
    const isIdle = value === null || value === '' || CONTROL_WORDS.has(value);
    add(isIdle ? COST.noControl : COST.noValue, at, place + 1, false);
  }
  const [first] = options;
  if (first === undefined) return { cost: 0, next: null, takes: false, withControl: false };
  return options.reduce((best, each) => (each.cost < best.cost ? each : best), first);
}
