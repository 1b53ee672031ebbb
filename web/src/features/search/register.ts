// The search for nodes: double click, Space, Shift+A (and Tab, where people want that), and links let go on nothing. It is no part that comes later: who
// opens it types at once.

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { lazily, useHasTab } from '../../app/lazily';
import { registerOverlay } from '../../app/panels';
import { view } from '../../app/view';
import { t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { activeTab } from '../../stores/tabs';
import { isPointerOnCanvas, pointerOnCanvas } from '../nodes/api';
import { SearchPanel } from './SearchPanel';
import { openSearch } from './store';

registerOverlay({
  id: 'node-search',
  order: 50,
  Component: SearchPanel,
});
registerOverlay({
  id: 'link-refusal',
  order: 60,
  Component: lazily(() => import('./RefusalTip').then((module) => module.RefusalTip), useHasTab),
});

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
  // Space is a tap: while it is held it moves the view.
  keys: ['Space', 'Shift+A'],
  rebind: (keys) => (settings.getState().tabKey === 'search' ? [...keys, 'Tab'] : keys),
  when: () => activeTab() !== null,
  run: openAtPointer,
});
