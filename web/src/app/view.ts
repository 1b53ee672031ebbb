// The one canvas of the page. Everybody who shows something on it or reads from it asks for it here.

import { GraphView } from '../engine/GraphView';
import { bus } from './bus';

export const view = new GraphView({
  selection: () => bus.tell('selection'),
  viewport: () => bus.tell('viewport'),
  drawn: () => bus.tell('drawn'),
  search: (...values) => bus.tell('search', ...values),
  menu: (...values) => bus.tell('menu', ...values),
  refused: (...values) => bus.tell('refused', ...values),
  rename: (...values) => bus.tell('rename', ...values),
  enter: (...values) => bus.tell('enter', ...values),
  drop: (...values) => bus.tell('drop', ...values),
  linkMenu: (...values) => bus.tell('linkMenu', ...values),
  linking: (...values) => bus.tell('linking', ...values),
  hovered: (...values) => bus.tell('hovered', ...values),
  focus: (...values) => bus.tell('focus', ...values),
  shown: () => bus.tell('shown'),
});

let host: HTMLElement | null = null;

/** The element that holds the canvas, and has the keyboard while the canvas has it. */
export function canvasHost(): HTMLElement | null {
  return host;
}

export function setCanvasHost(element: HTMLElement | null): void {
  host = element;
}

/** Whether keys mean the canvas: it has the focus itself, not a field in it. */
export function canvasHasFocus(): boolean {
  const focused = document.activeElement;
  if (host === null) return false;
  return focused === host || focused === document.body || focused === null;
}

export function focusCanvas(): void {
  host?.focus({ preventScroll: true });
}
