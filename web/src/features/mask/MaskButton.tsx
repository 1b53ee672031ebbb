// The button on the picture of a node that opens the mask editor.

import { useStore } from 'zustand';
import type { ExtraProps } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { outputsOf } from '../../stores/outputs';
import { runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { Icon } from '../../ui/Icon';
import { isOffered } from '../../widgets/offered';
import css from './Mask.module.css';
import { openMask, picturesOf } from './target';

export function MaskButton({ node }: ExtraProps) {
  const [held] = picturesOf(node);
  const tab = useStore(tabs, (state) => state.active);
  // Where results stand, the picture does not.
  const hasResults = useStore(runs, (state) => outputsOf(state, tab).has(node));
  // What is not there cannot be painted on.
  if (hasResults || held === undefined || !isOffered(held.value, held.input)) return null;
  return (
    <button
      type="button"
      className={css['open']}
      aria-label={t('mask.edit')}
      title={t('mask.edit')}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => openMask(node)}
    >
      <Icon name="pen" size={14} />
    </button>
  );
}
