// What happens on the canvas, for whoever wants to know: `bus.on('search', ...)`. GraphView tells it here.

import type { ViewEvents } from '../engine/GraphView';

type Handlers = { readonly [K in keyof ViewEvents]: Set<ViewEvents[K]> };

const handlers: Handlers = {
  selection: new Set(),
  viewport: new Set(),
  drawn: new Set(),
  search: new Set(),
  menu: new Set(),
  refused: new Set(),
  rename: new Set(),
  enter: new Set(),
  drop: new Set(),
  linkMenu: new Set(),
  linking: new Set(),
  hovered: new Set(),
  focus: new Set(),
  shown: new Set(),
};

function tell<K extends keyof ViewEvents>(name: K, ...values: Parameters<ViewEvents[K]>): void {
  for (const handler of [...handlers[name]])
    (handler as (...all: Parameters<ViewEvents[K]>) => void)(...values);
}

export const bus = {
  /** Returns how to stop listening. */
  on<K extends keyof ViewEvents>(name: K, handler: ViewEvents[K]): () => void {
    handlers[name].add(handler);
    return () => handlers[name].delete(handler);
  },
  tell,
};
