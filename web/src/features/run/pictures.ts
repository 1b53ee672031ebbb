// The unfinished picture of a node that runs, where the canvas paints the node.

import { view } from '../../app/view';
import { registerNodePictures } from '../../engine/pictures';
import { runs } from '../../stores/runs';
import { settings } from '../../stores/settings';
import { tabs } from '../../stores/tabs';
import { nodeOnScreen } from './show';

export function registerPreviews(): void {
  registerNodePictures({
    ...{ id: 'preview', order: 10 },
    picturesOf: (_, node) => {
      const { previews, runs: known } = runs.getState();
      if (previews.size === 0 || !settings.getState().showsPreviews) return [];
      const { active } = tabs.getState();
      for (const [id, { blob, jobId, number }] of previews)
        if (nodeOnScreen(id) === node && known.get(jobId)?.tabId === active)
          return [{ key: `preview/${id}`, version: number, origin: blob }];
      return [];
    },
  });
  runs.subscribe((state, before) => {
    if (state.previews === before.previews) return;
    for (const id of new Set([...state.previews.keys(), ...before.previews.keys()]))
      if (state.previews.get(id) !== before.previews.get(id)) view.forgetPictures(nodeOnScreen(id));
  });
  settings.subscribe((state, before) => {
    if (state.showsPreviews !== before.showsPreviews) view.forgetPictures();
  });
}
