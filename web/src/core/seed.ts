// Seeds: what a control does to one, before the run that uses it, so that the value on the node is the value used.

import type { Catalog } from './catalog';
import { hasControl, type InputType, widgetsOf } from './catalog';
import type { GraphDoc, Transaction } from './doc';
import { setValue } from './edit';
import { asArray, type Json, type JsonObject } from './json';
import { compact, isNumeric, type Numeric, toBig } from './numbers';
import { BYPASSED, MUTED, modeOf, shapeOf, typeNameOf } from './slots';
import type { NodeId } from './types';
import { controlsOf, valuesOf } from './values';

export const CONTROLS = ['fixed', 'increment', 'decrement', 'randomize'] as const;
/** Where a random seed ends if the input says nothing; people copy seeds, so they are not longer than they must be. */
const MOST_RANDOM = 2n ** 50n;

/** A seed as random bits; `random` gives numbers from 0 to 1. */
export function randomSeed(input: InputType | null, random: () => number = Math.random): Numeric {
  const least = input?.min == null ? 0n : toBig(input.min);
  const most = input?.max == null ? MOST_RANDOM : toBig(input.max);
  const start = least > 0n ? least : 0n;
  const end = most > start + MOST_RANDOM ? start + MOST_RANDOM : most;
  const span = end - start;
  if (span <= 0n) return compact(end);
  const high = BigInt(Math.floor(random() * 2 ** 26));
  const low = BigInt(Math.floor(random() * 2 ** 26));
  return compact(start + (((high << 26n) | low) % (span + 1n)));
}

/** What a control makes of a value; at an end of the range it begins again at the other. */
export function nextSeed(
  value: Json,
  control: Json,
  input: InputType | null,
  random: () => number = Math.random,
): Json {
  if (control === 'randomize') {
    if (input?.choices != null && input.choices.length > 0)
      return input.choices[Math.floor(random() * input.choices.length)] ?? value;
    return randomSeed(input, random);
  }
  const by = control === 'decrement' ? -1 : control === 'increment' || control === 'increment-wrap' ? 1 : 0;
  if (by === 0) return value;
  if (input?.choices != null && input.choices.length > 0) {
    const at = input.choices.indexOf(value);
    return input.choices.at((at + by) % input.choices.length) ?? value;
  }
  if (!isNumeric(value)) return value;
  const least = input?.min == null ? 0n : toBig(input.min);
  const most = input?.max == null ? 2n ** 64n - 1n : toBig(input.max);
  const next = toBig(value) + BigInt(by);
  return compact(next > most ? least : next < least ? most : next);
}

const lastUsed = new WeakMap<GraphDoc, Map<string, Json>>();

/** The seed that the last run of this document had at a node. */
export function lastSeed(doc: GraphDoc, scope: string, node: NodeId, name: string): Json | undefined {
  return lastUsed.get(doc)?.get(`${scope}/${node}/${name}`);
}

/** All of them, by scope, node and name; null if this document has not run. */
export function usedSeeds(doc: GraphDoc): ReadonlyMap<string, Json> | null {
  return lastUsed.get(doc) ?? null;
}

/** Take over what `usedSeeds` said of this document at another time. */
export function restoreUsedSeeds(doc: GraphDoc, seeds: ReadonlyMap<string, Json> | null): void {
  if (seeds === null) lastUsed.delete(doc);
  else lastUsed.set(doc, new Map(seeds));
}

/** Keep the seeds of a graph as those that a run uses. Call it with the graph as it is sent. */
export function rememberSeeds(doc: GraphDoc, catalog: Catalog): void {
  const found = new Map<string, Json>();
  for (const scope of doc.scopes) {
    for (const [id, node] of doc.graph(scope).nodes) {
      const type = catalog.get(typeNameOf(node));
      if (type === undefined) continue;
      const controlled = widgetsOf(type).filter(hasControl);
      if (controlled.length === 0) continue;
      const values = valuesOf(node, type);
      for (const { name } of controlled) {
        const value = values.get(name);
        if (value !== undefined) found.set(`${scope}/${id}/${name}`, value);
      }
    }
  }
  lastUsed.set(doc, found);
}

/** What is done to a value with a control; null to leave it. */
type Act = (control: Json, value: Json) => Json | null;

/**
 * Let the controls of one graph act, before a run.
 *
 * `isFirst`: this document has not run yet; then only `randomize` acts, since the first run of an incremented seed is
 * the one that is shown. Nodes that do not run and seeds that a link gives stay as they are.
 */
export function rollSeeds(
  tx: Transaction,
  catalog: Catalog,
  isFirst = false,
  random: () => number = Math.random,
): void {
  act(tx, catalog, (control) => (isFirst && control !== 'randomize' ? null : control), random);
}

/** Give every seed of one graph that counts in a run a new one, whatever its control says. */
export function drawSeeds(tx: Transaction, catalog: Catalog, random: () => number = Math.random): void {
  act(tx, catalog, (_, value) => (isNumeric(value) ? 'randomize' : null), random);
}

function act(tx: Transaction, catalog: Catalog, decide: Act, random: () => number): void {
  for (const [id, node] of [...tx.graph.nodes]) {
    const type = catalog.get(typeNameOf(node));
    const mode = modeOf(node);
    if (mode === MUTED || mode === BYPASSED) continue;
    if (typeNameOf(node) === 'PrimitiveNode') rollPrimitive(tx, id, node, decide, random);
    if (type === undefined) continue;
    const controls = controlsOf(node, type);
    if (controls.size === 0) continue;
    const shape = shapeOf(node, catalog);
    for (const [name, control] of controls) {
      if (shape.inputs.some((slot) => slot.name === name && slot.link !== null)) continue;
      const widget = shape.widgets.find((each) => each.name === name);
      const decided = widget === undefined ? null : decide(control, widget.value);
      if (widget === undefined || decided === null) continue;
      const next = nextSeed(widget.value, decided, widget.input, random);
      if (next !== widget.value) setValue(tx, id, type, name, next);
    }
  }
}

/** A primitive node keeps its value and then its control. */
function rollPrimitive(
  tx: Transaction,
  id: NodeId,
  node: JsonObject,
  decide: Act,
  random: () => number,
): void {
  const values = asArray(node['widgets_values']) ?? [];
  const [value, control] = values;
  if (!isNumeric(value) || !Number.isInteger(Number(value)) || control === undefined) return;
  const decided = decide(control, value);
  if (decided === null) return;
  const next = nextSeed(value, decided, null, random);
  if (next !== value) tx.patch('node', id, { widgets_values: [next, ...values.slice(1)] });
}
