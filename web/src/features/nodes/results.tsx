// What a node gave or is about to give, on the node: the picture in the making, then what it last gave; for
// nodes that load a picture, that picture.

import { useStore } from 'zustand';
import { runIdOf } from '../../app/scopes';
import { LEAST_ROOM } from '../../engine/draw/pictures';
import type { ExtraProps } from '../../engine/node/extras';
import { outputsOf } from '../../stores/outputs';
import { runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { type Look, Picture, shownResults } from './kinds';
import { loadedIn, pictureUrl } from './pictures';

export function NodeResults({ view, node, room }: ExtraProps) {
  const tab = useStore(tabs, (state) => state.active);
  const isPreviewed = useStore(runs, (state) => state.previews.has(runIdOf(node)));
  const output = useStore(runs, (state) => outputsOf(state, tab).get(runIdOf(node)) ?? null);
  // While it runs, its unfinished picture stands here (features/run).
  if (isPreviewed) return null;
  const width = view.scene?.layout(node)?.body.w ?? 0;
  const look: Look = {
    pixels: Math.max(room, width) * window.devicePixelRatio,
    hangs: room < LEAST_ROOM,
  };
  const results = shownResults(output, look);
  if (results !== null) return results;
  const loaded = loadedIn(view.scene?.shape(node));
  return loaded === null ? null : (
    <Picture url={pictureUrl(loaded.ref, look.pixels)} alt={loaded.value} hangs={look.hangs} />
  );
}
