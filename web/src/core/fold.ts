// Which inputs of a node stand on it: those that are rarely needed (`advanced`) are folded away until the node is
// unfolded, which the file keeps as `showAdvanced`; those that are `hidden` never show. What is linked, or says something
// else than its default, is always seen.

import { defaultOf, type InputType } from './catalog';
import { type Json, type JsonObject, stringifyJson } from './json';
import type { NodeShape, Widget } from './slots';

export interface Fold {
  readonly shown: readonly Widget[];
  /** Those that are folded away, or would be if the node were not unfolded. */
  readonly rare: readonly Widget[];
  readonly isUnfolded: boolean;
}

export function isUnfolded(node: JsonObject): boolean {
  return node['showAdvanced'] === true;
}

export function isHidden(widget: Widget): boolean {
  return widget.input?.options['hidden'] === true;
}

export function isAdvanced(widget: Widget): boolean {
  return widget.input?.options['advanced'] === true;
}

export function isDefault({ input, value }: Widget): boolean {
  return input !== null && sameJson(value, defaultOf(input));
}

/** Whether an input that is set to a value would fold away. */
export function wouldFold(input: InputType, value: Json): boolean {
  return input.options['advanced'] === true && sameJson(value, defaultOf(input));
}

export function foldOf(node: JsonObject, shape: NodeShape): Fold {
  const { widgets } = shape;
  const unfolded = isUnfolded(node);
  // What somebody chose to show of a subgraph is not folded away.
  const folds = shape.type?.promoted === undefined;
  if (!folds || !widgets.some((widget) => isAdvanced(widget) || isHidden(widget)))
    return { shown: widgets, rare: [], isUnfolded: unfolded };
  const linked = new Set(shape.inputs.filter((slot) => slot.link !== null).map((slot) => slot.name));
  const visible = widgets.filter((widget) => !isHidden(widget) || linked.has(widget.name));
  const rare = visible.filter(
    (widget) => isAdvanced(widget) && !linked.has(widget.name) && isDefault(widget),
  );
  const shown = unfolded || rare.length === 0 ? visible : visible.filter((widget) => !rare.includes(widget));
  return { shown, rare, isUnfolded: unfolded };
}

/** Whether two values are the same, however they are written. */
export function sameJson(one: Json, other: Json): boolean {
  if (one === other) return true;
  // 1 and 1n are the same number.
  if (typeof one === 'bigint' || typeof other === 'bigint') return String(one) === String(other);
  return typeof one === 'object' && typeof other === 'object' && stringifyJson(one) === stringifyJson(other);
}
