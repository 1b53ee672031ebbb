// Which node type loads the model files of a kind, and by which input.

import type { Catalog, InputType, NodeType } from './catalog';

export interface Loader {
  readonly type: NodeType;
  readonly input: InputType;
}

/** The plainest one: few inputs, and neither deprecated nor experimental; null if there is none. */
export function loaderFor(catalog: Catalog, kind: string): Loader | null {
  let best: Loader | null = null;
  for (const type of catalog.values()) {
    const input = type.inputs.find((each) => each.choices_from === kind);
    if (input === undefined || type.outputs.length === 0) continue;
    const next = { type, input };
    if (best === null || compare(next, best) < 0) best = next;
  }
  return best;
}

function compare(one: Loader, other: Loader): number {
  const [a, b] = [rank(one), rank(other)];
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.type.type < other.type.type ? -1 : 1;
}

/** Smaller is plainer. */
function rank({ type, input }: Loader): readonly number[] {
  return [
    Number(type.deprecated) + Number(type.experimental),
    // The first thing that it asks for is the file.
    Number(type.inputs.find((each) => each.is_widget) !== input),
    // More of what a file holds is better than less: a checkpoint is a model, a text encoder and a decoder.
    type.inputs.filter((each) => each.choices_from !== null).length,
    -type.outputs.length,
    type.inputs.length,
  ];
}
