// A workflow as a picture of its graph that can be opened again: the workflow is in it.

import { registerCommands } from '../../app/commands';
import { view } from '../../app/view';
import { t } from '../../i18n/t';

registerCommands({
  id: 'workflow.exportPicture',
  title: () => t('snapshot.export'),
  group: 'workflow',
  when: () => (view.scene?.graph.nodes.size ?? 0) > 0,
  run: async () => (await import('./save')).saveSnapshot(),
});
