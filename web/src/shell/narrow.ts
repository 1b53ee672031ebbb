// On a narrow screen a panel covers the canvas. What is shown on the canvas from a panel (another workflow, a node that
// was looked for) would stay unseen: so the panel makes way.

import { bus } from '../app/bus';
import { view } from '../app/view';
import { closePanels } from '../stores/layout';
import { tabs } from '../stores/tabs';

const NARROW = '(max-width: 640px)';

export function isNarrow(): boolean {
  return matchMedia(NARROW).matches;
}

/** Returns how to stop. */
export function makeWay(): () => void {
  const close = () => isNarrow() && closePanels();
  const stops = [
    bus.on('selection', () => view.selected.size > 0 && close()),
    tabs.subscribe((state, before) => state.active !== before.active && close()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
