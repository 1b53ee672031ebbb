// What slots are called on the canvas: `label` in the file; their names stay what links and runs know them by.

import type { Transaction } from './doc';
import { asArray, asObject, asString, withKeys } from './json';
import type { NodeId } from './types';

/** Give a slot of the file another label; an empty one, or its name, is none of its own. */
export function relabel(
  tx: Transaction,
  id: NodeId,
  side: 'inputs' | 'outputs',
  index: number,
  label: string,
): void {
  const rows = asArray(tx.graph.nodes.get(id)?.[side]) ?? [];
  const row = asObject(rows[index]);
  if (row === null) return;
  const own = label === '' || label === asString(row['name']) ? undefined : label;
  tx.patch('node', id, { [side]: rows.with(index, withKeys(row, { label: own })) });
}
