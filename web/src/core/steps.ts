// One step of undo that reaches into several graphs of a document.

import type { GraphDoc, Transaction } from './doc';
import type { Scope } from './types';

let count = 0;

/** Do something in each graph; all of it is undone at once. False if nothing changed. */
export function editScopes(
  doc: GraphDoc,
  label: string,
  scopes: Iterable<Scope>,
  change: (tx: Transaction) => void,
): boolean {
  count += 1;
  let isChanged = false;
  for (const scope of new Set(scopes))
    isChanged = doc.edit(label, scope, change, `scopes-${count}`, Number.POSITIVE_INFINITY) || isChanged;
  if (isChanged) doc.seal();
  return isChanged;
}
