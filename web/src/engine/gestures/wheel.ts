// What a turn of the wheel means. Mice send steps, trackpads a stream of small distances; `auto` tells them apart.

import type { Preferences } from '../GraphView';

/** Whether the event looks like two fingers on a trackpad: pixels, and sideways or too fine for a wheel. */
export function isTrackpad(event: Pick<WheelEvent, 'deltaMode' | 'deltaX' | 'deltaY'>): boolean {
  if (event.deltaMode !== 0) return false;
  if (event.deltaX !== 0) return true;
  const distance = Math.abs(event.deltaY);
  return distance > 0 && (distance < 40 || !Number.isInteger(distance)) && distance % 30 !== 0;
}

export function wheelMeans(
  event: Pick<WheelEvent, 'deltaMode' | 'deltaX' | 'deltaY' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
  mode: Preferences['wheel'],
): 'zoom' | 'pan' {
  // A pinch on a trackpad comes as a wheel with Ctrl.
  if (event.ctrlKey || event.metaKey) return 'zoom';
  if (mode === 'auto') return isTrackpad(event) || event.shiftKey ? 'pan' : 'zoom';
  if (mode === 'zoom') return event.shiftKey ? 'pan' : 'zoom';
  return 'pan';
}

/** How much larger a turn makes things. */
export function zoomFactor(event: Pick<WheelEvent, 'deltaMode' | 'deltaY' | 'ctrlKey'>): number {
  const lines = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 240 : 1;
  const delta = Math.max(-240, Math.min(240, event.deltaY * lines));
  const isPinch = event.ctrlKey && Math.abs(delta) < 40;
  return Math.exp(-delta * (isPinch ? 0.01 : 0.0016));
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
