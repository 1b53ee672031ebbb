// Where the pointer is on the canvas, for what is put there by keys.

import { canvasHost, view } from '../../app/view';
import type { Point } from '../../core/types';

let last: Point | null = null;

window.addEventListener(
  'pointermove',
  (event) => {
    const host = canvasHost();
    const box = host?.getBoundingClientRect();
    if (box === undefined) return;
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    last = at.x >= 0 && at.y >= 0 && at.x <= box.width && at.y <= box.height ? at : null;
  },
  { passive: true },
);

/** In the canvas; its middle, if the pointer is elsewhere. */
export function pointerOnCanvas(): Point {
  return last ?? { x: view.view.width / 2, y: view.view.height / 3 };
}

export function isPointerOnCanvas(): boolean {
  return last !== null;
}
