// On a narrow screen a panel covers the canvas. What is shown on the canvas from a panel (another workflow, a node that
// was looked for) would stay unseen: so the panel makes way. What a run made stands far from what is in sight: it is
// brought there.

import { useSyncExternalStore } from 'react';
import { bus } from '../app/bus';
import { view } from '../app/view';
import { closePanels, layout, openPanel } from '../stores/layout';
import { onRunEvent, originOf, runs } from '../stores/runs';
import { tabs } from '../stores/tabs';

const SIDES = ['left', 'right', 'bottom'] as const;
const NARROW = '(max-width: 640px)';

export function isNarrow(): boolean {
  return matchMedia(NARROW).matches;
}

function watchWidth(watcher: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener('change', watcher);
  return () => query.removeEventListener('change', watcher);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(watchWidth, isNarrow);
}

/** Show what a run of the tab in front has made, unless the user looks at something else meanwhile. */
function showResults(jobId: string): void {
  const { open } = layout.getState();
  const outputs = runs.getState().runs.get(jobId)?.outputs.size ?? 0;
  const isSeen = originOf(jobId)?.tabId === tabs.getState().active && outputs > 0;
  if (isNarrow() && isSeen && SIDES.every((side) => open[side] === null)) openPanel('right', 'results');
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
    onRunEvent((jobId, event) => event.type === 'succeeded' && showResults(jobId)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
