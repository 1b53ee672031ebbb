// Fingers that press fields of nodes: a field has its finger, until another one comes down and makes a pinch of both.

import type { Point } from '../../core/types';

/** Presses there are the field's, not the canvas's. */
export function isInField(event: Event): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest('input, textarea, select, button, a, [data-field]') !== null
  );
}

/** The field under a press whose value a drag would change; null where there is none. */
export function sliderAt(event: PointerEvent): HTMLElement | null {
  const element = event.target instanceof Element && event.button === 0 ? event.target : null;
  if (element === null || element.closest('input, textarea, select, button, a') !== null) return null;
  return (
    element.closest<HTMLElement>('[data-field]')?.querySelector('[role="spinbutton"], [role="slider"]') ??
    null
  );
}

export class FieldFingers {
  readonly #at = new Map<number, Point>();

  /** Until the signal; where fingers are lifted is heard wherever that is: what they pressed may have gone. */
  constructor(signal: AbortSignal) {
    const lifted = (event: PointerEvent) => this.#at.delete(event.pointerId);
    for (const kind of ['pointerup', 'pointercancel'] as const)
      window.addEventListener(kind, lifted, { signal, capture: true });
  }

  moved(pointer: number, at: Point): void {
    if (this.#at.has(pointer)) this.#at.set(pointer, at);
  }

  /**
   * A finger comes down; `others` are those that the canvas has.
   *
   * @returns all fingers, if it makes a pinch with another one of which either presses a field; null else.
   */
  join(
    event: PointerEvent,
    at: Point,
    others: ReadonlyMap<number, Point>,
  ): ReadonlyMap<number, Point> | null {
    if (event.pointerType !== 'touch') return null;
    // No other finger is down.
    if (event.isPrimary) this.#at.clear();
    const isField = isInField(event);
    const isSecond = others.size + this.#at.size > 0;
    if (isSecond && (isField || this.#at.size > 0)) {
      const all = new Map([...others, ...this.#at, [event.pointerId, at] as const]);
      this.#at.clear();
      return all;
    }
    if (isField) this.#at.set(event.pointerId, at);
    return null;
  }
}

/** When the finger goes, browsers make a click of it, which would close a menu where that lies beside the finger. */
export function passOverTap(until: AbortSignal): void {
  const isOver = new AbortController();
  const signal = AbortSignal.any([isOver.signal, until]);
  const end = (event: TouchEvent) => {
    if (event.cancelable) event.preventDefault();
    isOver.abort();
  };
  for (const kind of ['touchend', 'touchcancel'] as const)
    window.addEventListener(kind, end, { signal, passive: false, capture: true });
}
