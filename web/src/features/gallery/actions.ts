// What can be done with a picture and with the run that made it.

import { api } from '../../api/client';
import { jobPath, readJob, readJobWorkflow } from '../../api/jobs';
import type { JobView } from '../../api/types';
import { later } from '../../app/lazily';
import { openDocument } from '../../app/open';
import { clientId } from '../../app/start';
import { view } from '../../app/view';
import { widgetsOf } from '../../core/catalog';
import { addNode, setValue } from '../../core/edit';
import { isCanvasFormat } from '../../core/formats';
import { annotated } from '../../core/picture';
import { loadValues, valuesToLoad, withNewSeeds, withSeedsOf } from '../../core/recall';
import { randomSeed } from '../../core/seed';
import { typeNameOf } from '../../core/slots';
import type { NodeId, Point } from '../../core/types';
import { t } from '../../i18n/t';
import { catalog } from '../../stores/catalog';
import { openCompare } from '../../stores/compare';
import { nameOfPicture, type Picture } from '../../stores/pictures';
import { keepOrigin, originOf, runs, takeJob } from '../../stores/runs';
import { activeTab } from '../../stores/tabs';
import { ask } from '../../ui/ask';
import { toast } from '../../ui/Toast';
import { refreshQueue } from '../run/api';
import { attempt } from './attempt';
import { assetOf, needAsset, workflowOf } from './origin';

const APART = 320;
const changes = later(() => import('./ChangesList'));
const verify = later(() => import('./verify'));

// -- its workflow ----------------------------------------------------------------------------------------------------

function titleOf(picture: Picture): string {
  const name = picture.asset === null ? undefined : originOf(picture.asset.job_id)?.name;
  return name || picture.filename.replace(/_?\d*_?\.[^.]+$/, '') || picture.filename;
}

export const openItsWorkflow = (picture: Picture) =>
  attempt(async () => {
    const { workflow, prompt } = await workflowOf(picture);
    await openDocument(workflow ?? prompt, { name: titleOf(picture), isDirty: true });
  });

/** Values of the run into the tab that is open, after a look at what would change. */
export const loadItsValues = (picture: Picture) =>
  attempt(async () => {
    const tab = activeTab();
    if (tab === null) return;
    const { types } = catalog.getState();
    const values = valuesToLoad(tab.doc, (await workflowOf(picture)).prompt, types);
    if (values.length === 0) {
      toast({ title: t('gallery.nothingToLoad'), text: t('gallery.nothingToLoadText'), key: 'values' });
      return;
    }
    const { changesList } = await changes.get();
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

export const comparePictures = (one: Picture, other: Picture) =>
  attempt(async () => {
    // Files of the gallery do not say which job made them until they are asked.
    const [a, b] = await Promise.all([assetOf(one), assetOf(other)]);
    openCompare({ ...one, asset: a }, { ...other, asset: b });
  });

// -- as input --------------------------------------------------------------------------------------------------------

/** What an image input takes for it. */
export function inputNameOf(picture: Picture): string {
  const { filename, subfolder, kind } = picture;
  return kind === 'input' ? nameOfPicture(picture) : annotated({ filename, subfolder, type: kind });
}

/** Into the node that is selected, if it loads pictures; else a new node that does. */
export function takeAsInput(picture: Picture, at: Point | null = null): void {
  const { doc, scope } = view;
  const { types } = catalog.getState();
  const loader = types.get('LoadImage');
  if (doc === null || loader === undefined) {
    toast({ kind: 'error', title: t('gallery.noLoader') });
    return;
  }
  const value = inputNameOf(picture);
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

export function loadsPictures(node: NodeId): boolean {
  return view.scene?.shape(node)?.type?.inputs.some((input) => input.image_upload === true) ?? false;
}

/** Each into a node of its own, side by side; or one into the node that it was dropped on. */
export function dropPictures(pictures: readonly Picture[], at: Point, node: string | null): void {
  const [first] = pictures;
  if (first !== undefined && pictures.length === 1 && node !== null) {
    view.select([node]);
    takeAsInput(first);
    return;
  }
  pictures.forEach((picture, index) => {
    takeAsInput(picture, { x: at.x + index * APART, y: at.y });
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
export const runExactly = (picture: Picture) =>
  attempt(async () => {
    const asset = await needAsset(picture);
    const job = await api.post<JobView>(`${jobPath(asset.job_id)}/retry`);
    follow(job, asset.job_id);
    toast({ title: t('gallery.runsAgain'), key: 'again' });
    void attempt(async () => (await verify.get()).verifyAgain(asset, job.id));
  });

/** The same workflow, each seed drawn anew. */
export const runWithOtherSeed = (jobId: string) =>
  attempt(async () => {
    const [{ prompt, workflow, targets }, job] = await Promise.all([readJobWorkflow(jobId), readJob(jobId)]);
    const seeds = Object.keys(job.record?.seeds ?? {});
    if (seeds.length === 0) throw new Error(t('gallery.noSeeds'));
    const next = withNewSeeds(prompt, seeds, () => randomSeed(null));
    const document =
      workflow === null || !isCanvasFormat(workflow)
        ? workflow
        : withSeedsOf(workflow, seeds, { before: prompt, after: next }, catalog.getState().types);
    const body = {
      ...{ prompt: next, targets, client_id: clientId },
      ...(document === null ? {} : { workflow: document }),
    };
    follow(await api.post<JobView>('/api/v1/jobs', body), jobId);
    toast({ title: t('gallery.runsOther'), key: 'again' });
  });

export const runPictureWithOtherSeed = (picture: Picture) =>
  attempt(async () => runWithOtherSeed((await needAsset(picture)).job_id));
