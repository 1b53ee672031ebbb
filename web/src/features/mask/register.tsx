// The mask editor: a dialog, and the ways to it.

import { useStore } from 'zustand';
import { registerCommands } from '../../app/commands';
import { keysOfCommand } from '../../app/keys';
import { lazily } from '../../app/lazily';
import { registerMenu } from '../../app/menus';
import { registerHost } from '../../app/panels';
import { view } from '../../app/view';
import { registerNodeExtra } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { MaskButton } from './MaskButton';
import { openMask, picturesOf, target } from './target';

const useOpen = () => useStore(target, (state) => state.open !== null);
const load = () => import('./MaskDialog').then((module) => module.MaskHost);

registerHost({ id: 'mask', Component: lazily(load, useOpen) });
registerNodeExtra({ id: 'mask', Component: MaskButton });

/** The one selected node, if it holds a picture. */
function selectedPicture(): string | null {
  const [only] = view.selected;
  return view.selected.size === 1 && only !== undefined && picturesOf(only).length > 0 ? only : null;
}

registerCommands({
  id: 'mask.edit',
  title: () => t('mask.edit'),
  words: () => t('words.mask'),
  group: 'nodes',
  keys: ['Alt+E'],
  when: () => selectedPicture() !== null,
  run: () => {
    const node = selectedPicture();
    if (node !== null) openMask(node);
  },
});

registerMenu(15, ({ kind, id }) => {
  const pictures = kind === 'node' ? picturesOf(id) : [];
  return pictures.map(({ widget }, index) => ({
    id: `mask-${widget.name}`,
    label: pictures.length === 1 ? t('mask.edit') : t('mask.editOf', { label: widget.label }),
    icon: 'pen' as const,
    ...(index === 0 ? { keys: keysOfCommand('mask.edit') } : {}),
    onSelect: () => openMask(id, widget.name),
  }));
});
