// Where a picture comes from: the file as a job left it, the workflow that made it. Files that no job of the history
// made may carry their workflow themselves; the server reads it out of them.

import { listAssets } from '../../api/assets';
import { ApiError, api, request } from '../../api/client';
import { findItem, type GalleryItem, readItem } from '../../api/gallery';
import { readJobWorkflow } from '../../api/jobs';
import type { AssetView } from '../../api/types';
import { asObject, type JsonObject } from '../../core/json';
import { t } from '../../i18n/t';
import { nameOfPicture, type Picture } from '../../stores/pictures';

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

/** The file as what a job left; null if none of the history made it. */
export async function assetOf({ asset, item }: Picture): Promise<AssetView | null> {
  if (asset !== null) return resolveAsset(asset);
  return item === null ? null : (await readItem(item.id)).asset;
}

export async function needAsset(picture: Picture): Promise<AssetView> {
  const asset = await assetOf(picture);
  if (asset === null) throw new Error(t('gallery.noRun', { name: picture.filename }));
  return asset;
}

/** The file as the gallery has it; null for what is not in the output directory, or not there any more. */
export async function itemOf(picture: Picture): Promise<GalleryItem | null> {
  return picture.item ?? (picture.kind === 'output' ? findItem(nameOfPicture(picture)) : null);
}

export interface MadeWith {
  /** As it ran. */
  readonly prompt: JsonObject;
  /** Its canvas document; null if there is none. */
  readonly workflow: JsonObject | null;
}

/** What made it: the workflow of its job, or the one that the file carries. */
export async function workflowOf(picture: Picture): Promise<MadeWith> {
  const asset = await assetOf(picture);
  if (asset !== null) {
    try {
      return await readJobWorkflow(asset.job_id);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  const body = await (await request('GET', new URL(picture.url).pathname, queryOf(picture.url))).blob();
  const { prompt, extra } = await api.post<{ prompt: JsonObject; extra: JsonObject }>(
    '/api/v1/convert',
    body,
    { headers: { 'Content-Type': body.type } },
  );
  return { prompt, workflow: asObject(extra['workflow']) };
}

function queryOf(url: string): { readonly query: Record<string, string> } {
  return { query: Object.fromEntries(new URL(url).searchParams) };
}
