// What is typed between the key that opens something to be typed into and that itself, which may still be on its way: it
// is kept for its field, and means no commands of the canvas.

/** If it does not come at all, keys mean again what they always do. */
const MOST = 5000;

export interface Typed {
  readonly text: string;
  /** Enter was pressed behind it. */
  readonly isDone: boolean;
}

let typed: Typed = { text: '', isDone: false };
let giveUp = () => {};
let timer: ReturnType<typeof setTimeout> | undefined;

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const { text, isDone } = typed;
  if (event.key === 'Escape') {
    stop();
    giveUp();
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

/** From here on keys are meant for what is on its way; Escape calls `cancel`. */
export function keepTyped(cancel: () => void): void {
  stop();
  giveUp = cancel;
  typed = { text: '', isDone: false };
  window.addEventListener('keydown', onKey, { capture: true });
  window.addEventListener('pointerdown', stop, { capture: true });
  timer = setTimeout(stop, MOST);
}

/** It is there: what was typed, and it hears the keys itself now. */
export function takeTyped(): Typed {
  stop();
  return typed;
}
