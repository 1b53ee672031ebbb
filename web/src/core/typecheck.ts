// Which socket types fit together, by the same rules as the server (engine/graph/sockets.py), and what stands between
// two that do not.

import type { Catalog, NodeType } from './catalog';

const WILDCARDS: ReadonlySet<string> = new Set(['*', '', '0', '-1']);
const CONVERTIBLE: ReadonlySet<string> = new Set(['INT>FLOAT', 'COMBO>STRING', 'STRING>COMBO']);

/** Whether an output of type `given` may feed an input of type `wanted`. */
export function typesFit(given: string, wanted: string): boolean {
  if (given === wanted) return true;
  const offered = members(given);
  const accepted = members(wanted);
  return offered.some(
    (one) =>
      WILDCARDS.has(one) ||
      accepted.some((other) => one === other || WILDCARDS.has(other) || CONVERTIBLE.has(`${one}>${other}`)),
  );
}

function members(type: string): string[] {
  return type.split(',').map((part) => part.trim().toUpperCase());
}

export interface Adapter {
  readonly type: NodeType;
  readonly input: string;
  readonly output: number;
}

/** Node types that take `given` and give `wanted`, and need nothing else that is not at hand. */
export function adaptersBetween(
  given: string,
  wanted: string,
  catalog: Catalog,
  isAtHand: (type: string) => boolean,
): Adapter[] {
  const found: Adapter[] = [];
  for (const type of catalog.values()) {
    if (type.deprecated || type.experimental) continue;
    const output = type.outputs.findIndex((each) => each.type === wanted);
    const takers = type.inputs.filter((each) => !each.is_widget && each.type === given);
    const input = takers.length === 1 ? takers[0] : undefined;
    const others = type.inputs.filter((each) => each.required && !each.is_widget && each !== input);
    if (
      output >= 0 &&
      type.outputs.length === 1 &&
      input?.required === true &&
      others.every((each) => isAtHand(each.type))
    ) {
      found.push({ type, input: input.name, output });
    }
  }
  return found;
}
