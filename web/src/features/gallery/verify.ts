// After a run that should give the same again: whether it did, and if not, what was different around it.

import { type FullRecord, fileUrl, listAssets, mediumOf } from '../../api/assets';
import { readJob } from '../../api/jobs';
import type { AssetView, JobState } from '../../api/types';
import { t } from '../../i18n/t';
import { openCompare } from '../../stores/compare';
import { ENDED, onRunEvent, runs } from '../../stores/runs';
import { toast } from '../../ui/Toast';
import { differenceOf, recordDiff, tellsCode } from '../compare/api';

const LONGEST = 60 * 60 * 1000;

function ended(jobId: string): Promise<JobState> {
  return new Promise((resolve) => {
    const known = runs.getState().runs.get(jobId)?.state;
    if (known !== undefined && ENDED.has(known)) {
      resolve(known);
      return;
    }
    const stop = onRunEvent((id, event) => {
      if (id === jobId && ENDED.has(event.type as JobState)) finish(event.type as JobState);
    });
    const timer = setTimeout(() => finish('cancelled'), LONGEST);
    const finish = (state: JobState) => {
      clearTimeout(timer);
      stop();
      resolve(state);
    };
  });
}

/** The same place in the output of the other run. */
export function counterpart(asset: AssetView, others: readonly AssetView[]): AssetView | null {
  return (
    others.find(
      (each) => each.node_id === asset.node_id && each.key === asset.key && each.index === asset.index,
    ) ?? null
  );
}

export async function verifyAgain(asset: AssetView, jobId: string): Promise<void> {
  if (mediumOf(asset) !== 'picture' || (await ended(jobId)) !== 'succeeded') return;
  const again = counterpart(asset, (await listAssets({ jobId, limit: 1000 })).assets);
  if (again === null) return;
  const [found, before, after] = await Promise.all([
    differenceOf(fileUrl(asset), fileUrl(again)),
    readJob(asset.job_id),
    readJob(jobId),
  ]);
  if (found.state === 'done') URL.revokeObjectURL(found.url);
  if (found.state === 'done' && found.difference.changed === 0) {
    const isOld = again.filename === asset.filename && again.subfolder === asset.subfolder;
    toast({
      kind: 'success',
      title: t('gallery.sameAgain'),
      ...(isOld ? { text: t('gallery.notComputed') } : {}),
      key: 'again',
    });
    return;
  }
  const changed = recordDiff(before.record as FullRecord | null, after.record as FullRecord | null);
  const isTold = tellsCode(before.record) && tellsCode(after.record);
  toast({
    kind: 'warning',
    title: t('gallery.otherThisTime'),
    text:
      changed.length === 0
        ? t(isTold ? 'gallery.nothingAround' : 'gallery.nothingNoted')
        : changed.map((row) => `${row.name}: ${row.a} → ${row.b}`).join('\n'),
    action: { label: t('gallery.compare'), run: () => openCompare(asset, again) },
    seconds: 20,
    key: 'again',
  });
}
