// Where the keyboard goes back to when what lay over the page goes: where it was before, whatever lay over it in between.

import type { MouseEvent } from 'react';

const PASSING = '[role="dialog"], [role="alertdialog"], [role="menu"], [data-toasts]';

let last: HTMLElement | null = null;

/** From now on, know where the keyboard is. Called once, before anything lies over the page. */
export function followFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && target.closest(PASSING) === null) last = target;
  });
}

/** Unless it is somewhere already: what closed a dialog may have led it to where it belongs. */
export function returnFocus(): void {
  const active = document.activeElement;
  if (active !== null && active !== document.body) return;
  const before = last?.isConnected === true ? last : null;
  (before ?? document.querySelector<HTMLElement>('[role="application"]'))?.focus({ preventScroll: true });
}

/** For bars of buttons: a click on one leaves the keyboard where it is, on the canvas or in a text. */
export const KEEPS_FOCUS = { onMouseDown: (event: MouseEvent) => event.preventDefault() };
