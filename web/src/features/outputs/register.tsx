// The results of this tab's runs; a double click on a picture of a node shows it large, with what it is made of.

import { registerCommands } from '../../app/commands';
import { lazily } from '../../app/lazily';
import { registerMenu } from '../../app/menus';
import { registerPanel } from '../../app/panels';
import { canvasHost, view } from '../../app/view';
import { t } from '../../i18n/t';
import { togglePanel } from '../../stores/layout';
import { openLightbox } from '../../stores/lightbox';
import { runs } from '../../stores/runs';
import { activeTab, tabs } from '../../stores/tabs';
import { pictureItems } from '../gallery/api';
import { picturesOf } from './pictures';

function open(node: string, index: number): boolean {
  const pictures = picturesOf(runs.getState().runs.values(), tabs.getState().active, node);
  if (pictures.length === 0) return false;
  openLightbox(pictures, Math.min(index, pictures.length - 1));
  return true;
}

window.addEventListener(
  'dblclick',
  (event) => {
    // Whoever holds the pointer is the target, so ask what is there.
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const area = under?.closest('[data-preview]') ?? null;
    if (area === null || canvasHost()?.contains(area) !== true) return;
    // The pictures let the pointer through.
    const index = [...area.querySelectorAll('img')].findIndex((picture) => {
      const { left, right, top, bottom } = picture.getBoundingClientRect();
      const { clientX: x, clientY: y } = event;
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    if (index < 0) return;
    if (!open(area.getAttribute('data-preview') ?? '', index)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// Everything that can be done with a picture, at the node that made it.
registerMenu(14, ({ kind, id }) => {
  const [first] =
    kind === 'node' ? picturesOf(runs.getState().runs.values(), tabs.getState().active, id) : [];
  if (first === undefined) return [];
  const items = pictureItems(first);
  return [{ kind: 'sub', id: 'picture', label: t('outputs.picture'), icon: 'image', items }];
});

const chosen = () => (view.selected.size === 1 ? ([...view.selected][0] ?? null) : null);

registerPanel({
  id: 'results',
  side: 'right',
  title: () => t('outputs.title'),
  icon: 'grid',
  order: 40,
  command: 'outputs.panel',
  Component: lazily(() => import('./ResultsPanel').then((module) => module.ResultsPanel)),
});

registerCommands({
  id: 'outputs.panel',
  title: () => t('outputs.show'),
  group: 'results',
  run: () => togglePanel('right', 'results'),
});

registerCommands({
  id: 'outputs.large',
  title: () => t('outputs.large'),
  group: 'results',
  keys: ['Shift+Space'],
  when: () => {
    const [node, tab] = [chosen(), activeTab()];
    return (
      node !== null && tab !== null && picturesOf(runs.getState().runs.values(), tab.id, node).length > 0
    );
  },
  run: () => {
    open(chosen() ?? '', 0);
  },
});
