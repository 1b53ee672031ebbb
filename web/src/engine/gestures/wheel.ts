// What a turn of the wheel means. A mouse sends notches, a trackpad a stream of small distances; `WheelSense` tells
// them apart by what they send, and keeps to it while the fingers go on.

import type { Point } from '../../core/types';
import type { Preferences } from '../contract';
import type { GraphView } from '../GraphView';

export type Device = 'mouse' | 'trackpad';

/** What is read of an event; `wheelDelta` is not of the standard, but all browsers save Firefox have it. */
export type Turn = Pick<
  WheelEvent,
  'deltaMode' | 'deltaX' | 'deltaY' | 'ctrlKey' | 'metaKey' | 'shiftKey'
> & {
  readonly wheelDelta?: number;
};

/** Longer between two events, and they belong to two movements. Momentum of a trackpad has no such gaps. */
const PAUSE = 250;
/** No notch of a wheel is as short, but for macOS, which has its own way of writing it. */
const SHORTEST_NOTCH = 50;
/** macOS: a slow notch is 4 and a 4096th, faster ones are multiples of it. */
const MAC_NOTCH = 4.000244140625;

/** What an event alone says; null if either device may have sent it. */
export function evidence(turn: Turn): Device | null {
  if (turn.deltaMode !== 0) return 'mouse';
  if (turn.deltaX !== 0 && turn.deltaY !== 0) return 'trackpad';
  const distance = Math.abs(turn.deltaX + turn.deltaY);
  if (distance === 0) return null;
  const notches = distance / MAC_NOTCH;
  if (!Number.isInteger(distance) && Math.abs(notches - Math.round(notches)) < 1e-6) return 'mouse';
  const delta = Math.abs(turn.wheelDelta ?? 0);
  const isNotch = delta > 0 ? delta % 120 === 0 : distance % 100 === 0 || distance % 120 === 0;
  if (isNotch && distance >= SHORTEST_NOTCH) return 'mouse';
  if (distance < SHORTEST_NOTCH || !Number.isInteger(distance)) return 'trackpad';
  return null;
}

/** Remembers which device turns. */
export class WheelSense {
  #device: Device | null = null;
  #last = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds, of any clock that only goes forward. */
  sense(turn: Turn, now: number): Device {
    const goesOn = now - this.#last < PAUSE;
    this.#last = now;
    const found = evidence(turn);
    // A fast stroke may be as long as a notch, a mouse never moves both ways at once.
    const staysTrackpad = goesOn && this.#device === 'trackpad' && turn.deltaMode === 0;
    if (found !== null && !staysTrackpad) this.#device = found;
    return this.#device ?? 'mouse';
  }
}

export function wheelMeans(turn: Turn, mode: Preferences['navigation'], sensed: Device): 'zoom' | 'pan' {
  // A pinch on a trackpad comes as a wheel with Ctrl.
  if (turn.ctrlKey || turn.metaKey) return 'zoom';
  if (turn.shiftKey) return 'pan';
  return (mode === 'auto' ? sensed : mode) === 'mouse' ? 'zoom' : 'pan';
}

/** How much larger a turn makes things. */
export function zoomFactor(turn: Pick<Turn, 'deltaMode' | 'deltaY' | 'ctrlKey'>): number {
  const lines = turn.deltaMode === 1 ? 30 : turn.deltaMode === 2 ? 240 : 1;
  const delta = Math.max(-240, Math.min(240, turn.deltaY * lines));
  const isPinch = turn.ctrlKey && Math.abs(delta) < 40;
  return Math.exp(-delta * (isPinch ? 0.01 : 0.0016));
}

/** Pixels to pan by. A wheel with Shift goes sideways, also where the browser does not turn it. */
export function panBy(turn: Turn): { readonly x: number; readonly y: number } {
  const lines = turn.deltaMode === 1 ? 30 : turn.deltaMode === 2 ? 240 : 1;
  return turn.shiftKey && turn.deltaX === 0
    ? { x: -turn.deltaY * lines, y: 0 }
    : { x: -turn.deltaX * lines, y: -turn.deltaY * lines };
}

/** What an event of a wheel does to the view; `at` is where the pointer is. */
export function turnWheel(graph: GraphView, sense: WheelSense, event: WheelEvent, at: Point): void {
  const sensed = sense.sense(event, event.timeStamp);
  if (wheelMeans(event, graph.preferences.navigation, sensed) === 'zoom')
    graph.view.zoomAt(at, zoomFactor(event));
  else {
    const { x, y } = panBy(event);
    graph.view.pan(x, y);
  }
  graph.moved();
}

/** Whether the wheel belongs to a field that has the keyboard and something to scroll. */
export function scrollsItself(event: WheelEvent): boolean {
  const field = event.target instanceof Element ? event.target.closest('textarea, [data-scrolls]') : null;
  if (field === null || event.ctrlKey) return false;
  return (
    (field === document.activeElement || field.hasAttribute('data-scrolls')) &&
    field.scrollHeight > field.clientHeight
  );
}
