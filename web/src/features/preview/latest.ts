// What the large preview shows: the unfinished picture of the run under way, or what the last run of the tab made.

import { mediumOf } from '../../api/assets';
import type { AssetView } from '../../api/types';
import { type Run, type RunsState, runOf } from '../../stores/runs';
import { filesOf } from '../outputs/api';

export type Latest =
  | { readonly kind: 'live'; readonly run: Run; readonly blob: Blob }
  | { readonly kind: 'result'; readonly run: Run; readonly files: readonly AssetView[] };

/** The run to look at: the tab's own that runs, else any that runs, else the tab's last. */
function runToShow(state: RunsState, tabId: string | null): Run | null {
  const own = runOf(state, tabId);
  if (own?.state === 'running') return own;
  return [...state.runs.values()].find((run) => run.state === 'running') ?? own;
}

export function latestOf(state: RunsState, tabId: string | null): Latest | null {
  const run = runToShow(state, tabId);
  if (run?.state === 'running') {
    let found: { readonly blob: Blob; readonly number: number } | null = null;
    for (const each of state.previews.values())
      if (each.jobId === run.jobId && each.number > (found?.number ?? -1)) found = each;
    if (found !== null) return { kind: 'live', run, blob: found.blob };
  }
  // Until the first picture of a run comes, the last one of the tab stays.
  const ended = [...state.runs.values()]
    .filter((each) => each.tabId === (run?.tabId ?? tabId))
    .sort((one, other) => other.createdAt - one.createdAt);
  for (const each of run === null ? ended : [run, ...ended]) {
    const files = [...each.outputs.keys()]
      .flatMap((node) => filesOf(each, node))
      .filter((file) => mediumOf(file) === 'picture');
    if (files.length > 0) return { kind: 'result', run: each, files };
  }
  return null;
}
