// Who writes in a text goes on writing while the lower edge of it, or of another text of the node, is dragged.

import type { Hit } from '../scene';

/** Whether a press there leaves the keyboard, and the caret, where they are. */
export function keepsCaret(hit: Hit): boolean {
  const field = document.activeElement;
  if (hit.kind !== 'text' || !(field instanceof HTMLTextAreaElement)) return false;
  return field.closest<HTMLElement>('[data-node]')?.dataset['node'] === hit.node;
}
