// What a node gave or is about to give, on the node: the picture in the making, then the results of its last run; for
// nodes that load a picture, that picture.

import { useStore } from 'zustand';
import { runIdOf } from '../../app/scopes';
import { asString } from '../../core/json';
import type { ExtraProps } from '../../engine/node/extras';
import { runOf, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { isOffered } from '../../widgets/offered';
import { thumbnailOf } from './images';
import { Picture, shownResults } from './kinds';

export function NodeResults({ view, node }: ExtraProps) {
  const tab = useStore(tabs, (state) => state.active);
  const isPreviewed = useStore(runs, (state) => state.previews.has(runIdOf(node)));
  const output = useStore(runs, (state) => runOf(state, tab)?.outputs.get(runIdOf(node)) ?? null);
  // While it runs, its unfinished picture stands here (features/run).
  if (isPreviewed) return null;
  const results = shownResults(output);
  if (results !== null) return results;
  const shape = view.scene?.shape(node);
  const widget = shape?.widgets.find((each) => each.input?.image_upload === true);
  const isLinked = shape?.inputs.some((slot) => slot.name === widget?.name && slot.link !== null) === true;
  const value = isLinked ? null : asString(widget?.value);
  // What is not there is not asked for: it is marked at the field already.
  if (value === null || value === '' || !isOffered(value, widget?.input ?? null)) return null;
  return <Picture url={thumbnailOf(value, widget?.input?.choices_from)} alt={value} />;
}
