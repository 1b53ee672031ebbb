// A field that gets the keyboard comes into sight by moving the view: the browser must not scroll the canvas for it, and
// the place of the canvas has nothing to scroll.

import type { GraphView } from '../GraphView';

/** Between the field and the edge, in CSS pixels. */
const MARGIN = 16;

/** How far to move so that [start, end] lies within [0, size]; what is longer begins at its start. */
export function shiftInto(start: number, end: number, size: number, margin = MARGIN): number {
  const least = Math.min(margin, Math.max(0, (size - (end - start)) / 2));
  if (start < least || end - start > size) return least - start;
  return end > size - least ? size - least - end : 0;
}

/** Until the signal: whatever in the nodes gets the focus is brought into sight, after the press that gave it. */
export function keepInSight(graph: GraphView, host: HTMLElement, signal: AbortSignal): void {
  let isPressed = false;
  let waiting: Element | null = null;
  const show = (element: Element) => {
    // Once the frame is painted that may have moved the view just now.
    requestAnimationFrame(() => {
      if (document.activeElement !== element || !host.contains(element) || graph.isDragging) return;
      const [own, place] = [element.getBoundingClientRect(), host.getBoundingClientRect()];
      const x = shiftInto(own.left - place.left, own.right - place.left, place.width);
      const y = shiftInto(own.top - place.top, own.bottom - place.top, place.height);
      if (x === 0 && y === 0) return;
      graph.view.pan(x, y);
      graph.moved();
    });
  };
  const pressed = () => {
    isPressed = true;
  };
  const released = () => {
    isPressed = false;
    if (waiting !== null) show(waiting);
    waiting = null;
  };
  const options = { signal, capture: true };
  host.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof Element) || target.closest('[data-node]') === null) return;
      // Under a pressed pointer, what it is on stays where it is.
      if (isPressed) waiting = target;
      else show(target);
    },
    { signal },
  );
  window.addEventListener('pointerdown', pressed, options);
  window.addEventListener('pointerup', released, options);
  window.addEventListener('pointercancel', released, options);
}
