// The unfinished picture of a node that runs, on the node.

import { useStore } from 'zustand';
import type { ExtraProps } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { runs } from '../../stores/runs';
import { settings } from '../../stores/settings';
import { tabs } from '../../stores/tabs';
import { classes } from '../../ui/classes';
import css from './NodePreview.module.css';
import { nodeOnScreen } from './show';

export function NodePreview({ node, room }: ExtraProps) {
  const isOn = useStore(settings, (state) => state.showsPreviews);
  const active = useStore(tabs, (state) => state.active);
  const url = useStore(runs, (state) => {
    for (const [id, preview] of state.previews)
      if (nodeOnScreen(id) === node && state.runs.get(preview.jobId)?.tabId === active) return preview.url;
    return null;
  });
  if (!isOn || url === null) return null;
  return (
    <img
      className={classes(css['preview'], room < 60 && css['hanging'])}
      src={url}
      alt={t('run.preview')}
      decoding="async"
      draggable={false}
      style={room < 60 ? undefined : { height: room }}
    />
  );
}
