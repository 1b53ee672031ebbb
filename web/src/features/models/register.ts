// The panel of model files (M), and what is dragged from it to the canvas.

import { bus } from '../../app/bus';
import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerPanel } from '../../app/panels';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { addLoader, MODEL_DRAG } from './use';

registerPanel({
  id: 'models',
  side: 'left',
  title: () => t('models.title'),
  icon: 'disk',
  order: 16,
  command: 'models.panel',
  Component: lazily(() => import('./ModelsPanel').then((module) => module.ModelsPanel)),
});

registerCommands({
  id: 'models.panel',
  title: () => t('models.show'),
  group: 'view',
  keys: ['M'],
  run: () => togglePanel('left', 'models'),
});

bus.on('drop', (data, at) => {
  const [kind = '', ...name] = data.getData(MODEL_DRAG).split(':');
  if (name.length > 0) addLoader(kind, name.join(':'), at);
});
