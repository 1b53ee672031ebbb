// Files that jobs left: what the server knows of them, and where their pictures are.

import { call } from './call';
import { urlOf } from './client';
import type { AssetDetails, AssetPage, AssetView, RunRecord } from './types';

export type { AssetDetails, AssetPage, ModelUsed, ParentAsset, UpstreamNode } from './types';

/** Old records lack what newer servers note. */
type Later = 'models' | 'threads' | 'commit' | 'packs';
export type FullRecord = Omit<RunRecord, Later> & Partial<Pick<RunRecord, Later>>;

type Place = Pick<AssetView, 'filename' | 'subfolder' | 'kind'>;

export interface AssetQuery {
  readonly kind?: AssetView['kind'] | null;
  readonly jobId?: string | null;
  readonly nodeId?: string | null;
  readonly offset?: number;
  readonly limit?: number;
}

export const listAssets = ({ kind, jobId, nodeId, offset, limit }: AssetQuery): Promise<AssetPage> =>
  call('GET /api/v1/assets', { query: { kind, job_id: jobId, node_id: nodeId, offset, limit } });

export const readAsset = (id: string): Promise<AssetDetails> =>
  call('GET /api/v1/assets/{asset_id}', { path: { asset_id: id } });

/** The file itself. With another `version` it is asked for again; the server asks nothing of it. */
export function fileUrl(place: Place, version = 0): string {
  return urlOf('/view', queryOf(place, version));
}

/** A smaller copy of a picture, for grids. */
export function thumbUrl(place: Place, version = 0): string {
  return urlOf('/view', { ...queryOf(place, version), preview: 'webp;75', size: 512 });
}

function queryOf({ filename, subfolder, kind }: Place, version: number) {
  return { filename, subfolder: subfolder || null, type: kind, v: version || null };
}

export type Medium = 'picture' | 'video' | 'audio' | 'file';

export function mediumOf({ media_type, filename }: Pick<AssetView, 'media_type' | 'filename'>): Medium {
  const kind = media_type.split('/')[0];
  if (kind === 'image') return 'picture';
  if (kind === 'video' || kind === 'audio') return kind;
  if (/\.(png|jpe?g|webp|avif|gif|bmp)$/i.test(filename)) return 'picture';
  if (/\.(mp4|webm|mov|mkv)$/i.test(filename)) return 'video';
  return /\.(mp3|flac|wav|ogg|opus|m4a)$/i.test(filename) ? 'audio' : 'file';
}
