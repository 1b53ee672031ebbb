// What can be done with a picture and with the run that made it.

import { fileUrl, listAssets } from '../../api/assets';
import { api, wordsOf } from '../../api/client';
import { jobPath, readJob, readJobWorkflow } from '../../api/jobs';
import type { AssetView, JobView } from '../../api/types';
import { clientId } from '../../app/start';
import { view } from '../../app/view';
import { widgetsOf } from '../../core/catalog';
import { addNode, setValue } from '../../core/edit';
import { loadValues, valuesToLoad, withNewSeeds } from '../../core/recall';
import { randomSeed } from '../../core/seed';
import { typeNameOf } from '../../core/slots';
import type { Point } from '../../core/types';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { openJobWorkflow } from '../../stores/jobWorkflow';
import { keepOrigin, originOf, runs, takeJob } from '../../stores/runs';
import { activeTab } from '../../stores/tabs';
import { ask } from '../../ui/Dialog';
import { toast } from '../../ui/Toast';
import { refreshQueue } from '../run/api';
import { changesList } from './ChangesList';
import { verifyAgain } from './verify';

/** What fails is said in the server's words. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    toast({ kind: 'error', title: t('gallery.failed'), text: wordsOf(error) });
    return false;
  }
}

/** An asset by its file, for pictures on nodes, which know no more of themselves. */
export async function resolveAsset(asset: AssetView): Promise<AssetView> {
  if (asset.id !== '') return asset;
  const { assets } = await listAssets({ jobId: asset.job_id, limit: 1000 });
  const found = assets.find(
    (each) =>
      each.filename === asset.filename && each.subfolder === asset.subfolder && each.kind === asset.kind,
  );
  if (found === undefined) throw new Error(t('gallery.noAsset'));
  return found;
}

// -- its workflow ----------------------------------------------------------------------------------------------------

export function nameOfAsset(asset: AssetView): string {
  return originOf(asset.job_id)?.name || asset.filename.replace(/_?\d*_?\.[^.]+$/, '') || asset.filename;
}

export const openItsWorkflow = (asset: AssetView) =>
  attempt(() => openJobWorkflow(asset.job_id, nameOfAsset(asset)));

/** Values of the run into the tab that is open, after a look at what would change. */
export const loadItsValues = (asset: AssetView) =>
  attempt(async () => {
    const tab = activeTab();
    if (tab === null) return;
    const { types } = catalog.getState();
    const values = valuesToLoad(tab.doc, (await readJobWorkflow(asset.job_id)).prompt, types);
    if (values.length === 0) {
      toast({ title: t('gallery.nothingToLoad'), text: t('gallery.nothingToLoadText'), key: 'values' });
      return;
    }
    const answer = await ask({
      title: t('gallery.loadTitle', { count: values.length, name: tab.name }),
      text: changesList(values),
      closeLabel: t('app.close'),
      choices: [
        { id: 'no', label: t('app.cancel') },
        { id: 'yes', label: t('gallery.loadThem'), kind: 'primary' },
      ],
    });
    if (answer !== 'yes') return;
    tab.doc.edit(t('gallery.loadValues'), '', (tx) => loadValues(tx, types, values));
    toast({ kind: 'success', title: t('gallery.loaded', { count: values.length }), key: 'values' });
  });

// -- as input --------------------------------------------------------------------------------------------------------

export function inputNameOf({ filename, subfolder, kind }: AssetView): string {
  const path = subfolder === '' ? filename : `${subfolder}/${filename}`;
  return kind === 'input' ? path : `${path} [${kind}]`;
}

/** Into the node that is selected, if it loads pictures; else a new node that does. */
export function takeAsInput(asset: AssetView, at: Point | null = null): void {
  const { doc, scope } = view;
  const { types } = catalog.getState();
  const loader = types.get('LoadImage');
  if (doc === null || loader === undefined) {
    toast({ kind: 'error', title: t('gallery.noLoader') });
    return;
  }
  const value = inputNameOf(asset);
  const [chosen] = view.selected;
  const held = chosen === undefined || at !== null ? undefined : doc.graph(scope).nodes.get(chosen);
  const heldType = held === undefined ? undefined : types.get(typeNameOf(held));
  const widget = heldType === undefined ? undefined : widgetsOf(heldType).find((each) => each.image_upload);
  if (chosen !== undefined && heldType !== undefined && widget !== undefined) {
    doc.edit(t('gallery.asInput'), scope, (tx) => setValue(tx, chosen, heldType, widget.name, value));
    view.reveal(chosen);
    return;
  }
  const { x, y, w, h } = view.view.area;
  let added = '';
  doc.edit(t('gallery.asInput'), scope, (tx) => {
    added = addNode(tx, loader, at ?? { x: x + w / 2 - 135, y: y + h / 2 - 100 });
    const name = widgetsOf(loader).find((each) => each.image_upload)?.name ?? 'image';
    setValue(tx, added, loader, name, value);
    tx.patch('node', added, { size: [270, 314] });
  });
  view.select([added]);
}

// -- out of here -----------------------------------------------------------------------------------------------------

export function download(assets: readonly AssetView[]): void {
  for (const asset of assets) {
    const link = document.createElement('a');
    link.href = fileUrl(asset);
    link.download = asset.filename;
    link.click();
  }
}

/** The picture itself, as PNG, which is what clipboards take. */
export const copyPicture = (asset: AssetView) =>
  attempt(async () => {
    const blob = await (await fetch(fileUrl(asset))).blob();
    const png = blob.type === 'image/png' ? blob : await toPng(blob);
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    toast({ kind: 'success', title: t('gallery.copied'), key: 'copied' });
  });

async function toPng(blob: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(blob);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made === null ? reject(new Error(t('gallery.noCopy'))) : resolve(made)));
  });
}

// -- again -----------------------------------------------------------------------------------------------------------

function follow(job: JobView, of: string): void {
  const origin = originOf(of);
  if (origin !== null) keepOrigin(job.id, origin);
  if (!runs.getState().runs.has(job.id)) takeJob(job);
  void refreshQueue();
}

/** The same workflow with the seeds as they were used; the picture is compared with the one it should be. */
export const runExactly = (asset: AssetView) =>
  attempt(async () => {
    const job = await api.post<JobView>(`${jobPath(asset.job_id)}/retry`);
    follow(job, asset.job_id);
    toast({ title: t('gallery.runsAgain'), key: 'again' });
    void attempt(async () => verifyAgain(await resolveAsset(asset), job.id));
  });

/** The same workflow, each seed drawn anew. */
export const runWithOtherSeed = (jobId: string) =>
  attempt(async () => {
    const [{ prompt, workflow, targets }, job] = await Promise.all([readJobWorkflow(jobId), readJob(jobId)]);
    const seeds = Object.keys(job.record?.seeds ?? {});
    if (seeds.length === 0) throw new Error(t('gallery.noSeeds'));
    const next = withNewSeeds(prompt, seeds, () => randomSeed(null));
    const body = { prompt: next, targets, client_id: clientId, ...(workflow === null ? {} : { workflow }) };
    follow(await api.post<JobView>('/api/v1/jobs', body), jobId);
    toast({ title: t('gallery.runsOther'), key: 'again' });
  });
