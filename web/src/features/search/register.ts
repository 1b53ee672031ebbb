// The search for nodes: double click, Space, Shift+A, and links let go on nothing. It is no part that comes later: who
// opens it types at once.

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { registerOverlay } from '../../app/panels';
import { canvasHasFocus, view } from '../../app/view';
import { t } from '../../i18n/t';
import { activeTab } from '../../stores/tabs';
import { isPointerOnCanvas, pointerOnCanvas } from '../nodes/api';
import { RefusalTip } from './RefusalTip';
import { SearchPanel } from './SearchPanel';
import { openSearch, search } from './store';

registerOverlay({
  id: 'node-search',
  order: 50,
  Component: SearchPanel,
});
registerOverlay({ id: 'link-refusal', order: 60, Component: RefusalTip });

bus.on('search', (at, screen, link) => openSearch({ at, screen, link }));

/** Where the pointer is; for who works by keys, beside the node that they mean. */
function openAtPointer(): void {
  const screen = pointerOnCanvas();
  const isByKeys = view.focused !== null || !isPointerOnCanvas();
  openSearch({ at: isByKeys ? null : view.view.toGraph(screen), screen });
}

registerCommands({
  id: 'nodes.add',
  title: () => t('search.title'),
  group: 'nodes',
  keys: ['Shift+A'],
  when: () => activeTab() !== null,
  run: openAtPointer,
});

// Space that is held pans; a short tap opens the search.
const TAP = 250;
let downAt = 0;
window.addEventListener('keydown', (event) => {
  if (event.code !== 'Space' || event.repeat || event.defaultPrevented) return;
  downAt = canvasHasFocus() && !event.ctrlKey && !event.altKey && !event.metaKey ? event.timeStamp : 0;
});
window.addEventListener('pointerdown', () => {
  downAt = 0;
});
window.addEventListener('keyup', (event) => {
  if (event.code !== 'Space' || downAt === 0) return;
  const isTap = event.timeStamp - downAt < TAP && canvasHasFocus() && !search.getState().isOpen;
  downAt = 0;
  if (isTap && activeTab() !== null) openAtPointer();
});
