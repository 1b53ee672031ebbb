// Shows a node of a tab on the canvas, once the tab is there.

import { bus } from '../../app/bus';
import { jumpTo } from '../../app/scopes';
import { view } from '../../app/view';
import type { NodeAt } from '../../core/docdiff';
import { activateTab, type Tab } from '../../stores/tabs';

export function showNode(tab: Tab, { scope, node }: NodeAt): void {
  // After the dialog has closed and given the focus back, and after the tab's own view was put back.
  const jump = () => setTimeout(() => jumpTo(scope, node));
  if (view.doc === tab.doc) {
    jump();
    return;
  }
  const stop = bus.on('shown', () => {
    if (view.doc !== tab.doc) return;
    stop();
    jump();
  });
  activateTab(tab.id);
}
