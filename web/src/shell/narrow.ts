// On a narrow screen a panel covers the canvas. What is shown on the canvas from a panel (another workflow, a node that
// was looked for) would stay unseen: so the panel makes way.

import { bus } from '../app/bus';
import { view } from '../app/view';
import { closePanels, layout, openPanel } from '../stores/layout';
import { tabs } from '../stores/tabs';

const SIDES = ['left', 'right', 'bottom'] as const;
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
    // They would lie over each other: the one that was opened last is seen.
    layout.subscribe(({ open }, before) => {
      const opened = SIDES.find((side) => open[side] !== null && open[side] !== before.open[side]);
      if (opened === undefined || !isNarrow()) return;
      for (const side of SIDES) if (side !== opened && open[side] !== null) openPanel(side, null);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
