// What is typed between the key that opens the palette and the palette itself, which may still be on its way: it is kept
// for its field, and means no commands of the canvas.

import { closeDialog } from '../../stores/dialogs';

/** If it does not come at all, keys mean again what they always do. */
const MOST = 5000;

export interface Typed {
  readonly text: string;
  /** Enter was pressed behind it. */
  readonly isDone: boolean;
}

let typed: Typed = { text: '', isDone: false };
let timer: ReturnType<typeof setTimeout> | undefined;

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { text, isDone } = typed;
  if (event.key === 'Escape') {
    stop();
    closeDialog();
  } else if (event.key === 'Enter') typed = { text, isDone: true };
  else if (event.key === 'Backspace') typed = { text: text.slice(0, -1), isDone };
  else if (event.key.length === 1) typed = { text: isDone ? text : text + event.key, isDone };
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function stop(): void {
  clearTimeout(timer);
  window.removeEventListener('keydown', onKey, { capture: true });
  window.removeEventListener('pointerdown', stop, { capture: true });
}

/** From here on keys are meant for the palette. */
export function keepTyped(): void {
  stop();
  typed = { text: '', isDone: false };
  window.addEventListener('keydown', onKey, { capture: true });
  window.addEventListener('pointerdown', stop, { capture: true });
  timer = setTimeout(stop, MOST);
}

/** The palette is there: what was typed, and it hears the keys itself now. */
export function takeTyped(): Typed {
  stop();
  return typed;
}
