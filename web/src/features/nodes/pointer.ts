// Where the pointer is on the canvas, for what is put there by keys.

import { canvasHost, view } from '../../app/view';
import type { Point } from '../../core/types';

let last: Point | null = null;

window.addEventListener(
  'pointermove',
  (event) => {
    const host = canvasHost();
    const isOver = host !== null && event.target instanceof Node && host.contains(event.target);
    const box = isOver ? host.getBoundingClientRect() : null;
    last = box === null ? null : { x: event.clientX - box.left, y: event.clientY - box.top };
  },
  { passive: true },
);

/** In the canvas; its middle, if the pointer is elsewhere. */
export function pointerOnCanvas(): Point {
  return last ?? { x: view.view.width / 2, y: view.view.height / 3 };
}
