// The panel of node types (N).

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerPanel } from '../../app/panels';
import { view } from '../../app/view';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { addAt } from '../search/api';
import { NODE_DRAG } from './rows';

registerPanel({
  id: 'library',
  side: 'left',
  title: () => t('library.title'),
  icon: 'box',
  order: 15,
  command: 'nodes.library',
  Component: lazily(() => import('./LibraryPanel').then((module) => module.LibraryPanel)),
});

registerCommands({
  id: 'nodes.library',
  title: () => t('library.show'),
  group: 'view',
  keys: ['N'],
  run: () => togglePanel('left', 'library'),
});

bus.on('drop', (data, at) => {
  const type = view.catalog.get(data.getData(NODE_DRAG));
  if (type !== undefined) addAt(type, at);
});
