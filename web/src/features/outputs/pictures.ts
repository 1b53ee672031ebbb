// What nodes gave to be shown, as files that the gallery could tell of.

import type { AssetView } from '../../api/types';
import { asArray, asObject, asString } from '../../core/json';
import type { Run } from '../../stores/runs';

/** The files of a node's last run in this tab, as the gallery would tell of them. */
export function picturesOf(all: Iterable<Run>, tabId: string | null, node: string): AssetView[] {
  let found: AssetView[] = [];
  let at = Number.NEGATIVE_INFINITY;
  for (const run of all) {
    if (run.tabId !== tabId || run.createdAt < at) continue;
    const shown = filesOf(run, node);
    if (shown.length > 0) [found, at] = [shown, run.createdAt];
  }
  return found;
}

export function filesOf(run: Run, node: string): AssetView[] {
  const ui = run.outputs.get(node) ?? {};
  return Object.entries(ui).flatMap(([key, values]) =>
    (asArray(values) ?? []).flatMap((value, index): AssetView[] => {
      const file = asObject(value);
      const filename = asString(file?.['filename']);
      const kind = asString(file?.['type']) ?? 'output';
      if (filename === null || (kind !== 'output' && kind !== 'temp' && kind !== 'input')) return [];
      const place = { filename, subfolder: asString(file?.['subfolder']) ?? '', kind } as const;
      const whose = { id: '', job_id: run.jobId, node_id: node, key, index } as const;
      return [{ ...whose, ...place, media_type: '', created_at: run.finishedAt ?? run.createdAt, url: '' }];
    }),
  );
}
