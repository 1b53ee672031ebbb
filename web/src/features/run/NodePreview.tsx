// The unfinished picture of a node that runs, on the node.

import { useStore } from 'zustand';
import type { ExtraProps } from '../../engine/node/extras';
import { t } from '../../i18n/t';
import { runs } from '../../stores/runs';
import { settings } from '../../stores/settings';
import { tabs } from '../../stores/tabs';
import { classes } from '../../ui/classes';
import { LivePicture } from '../../ui/LivePicture';
import css from './NodePreview.module.css';
import { nodeOnScreen } from './show';

export function NodePreview({ node, room }: ExtraProps) {
  const isOn = useStore(settings, (state) => state.showsPreviews);
  const active = useStore(tabs, (state) => state.active);
  const blob = useStore(runs, (state) => {
    for (const [id, preview] of state.previews)
      if (nodeOnScreen(id) === node && state.runs.get(preview.jobId)?.tabId === active) return preview.blob;
    return null;
  });
  if (!isOn || blob === null) return null;
  return (
    <LivePicture
      blob={blob}
      label={t('run.preview')}
      className={classes(css['preview'], room < 60 && css['hanging'])}
      style={room < 60 ? undefined : { height: room }}
    />
  );
}
