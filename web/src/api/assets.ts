// Files that jobs left: what the server knows of them, and where their pictures are.

import type { Json } from '../core/json';
import { api, urlOf } from './client';
import type { AssetView, JobSummary, RunRecord } from './types';

export interface AssetPage {
  readonly assets: readonly AssetView[];
  readonly total: number;
  readonly next_offset: number | null;
}

export interface UpstreamNode {
  readonly node_type: string;
  readonly title: string;
  readonly values: Readonly<Record<string, Json>>;
  readonly links: Readonly<Record<string, readonly [string, number]>>;
}

export interface ParentAsset {
  readonly node_id: string;
  readonly input_name: string;
  readonly asset: AssetView;
}

export interface AssetDetails extends AssetView {
  readonly exists: boolean;
  readonly job: JobSummary;
  readonly upstream: Readonly<Record<string, UpstreamNode>>;
  readonly seeds: Readonly<Record<string, number | bigint>>;
  readonly parents: readonly ParentAsset[];
}

export interface ModelUsed {
  readonly folder: string;
  readonly name: string;
  readonly sha256: string;
  readonly size_bytes: number;
}

export type FullRecord = RunRecord & { readonly models?: readonly ModelUsed[]; readonly threads?: number };

type Place = Pick<AssetView, 'filename' | 'subfolder' | 'kind'>;

export interface AssetQuery {
  readonly kind?: AssetView['kind'] | null;
  readonly jobId?: string | null;
  readonly nodeId?: string | null;
  readonly offset?: number;
  readonly limit?: number;
}

export const listAssets = ({ kind, jobId, nodeId, offset, limit }: AssetQuery) =>
  api.get<AssetPage>('/api/v1/assets', { query: { kind, job_id: jobId, node_id: nodeId, offset, limit } });

export const readAsset = (id: string) => api.get<AssetDetails>(`/api/v1/assets/${encodeURIComponent(id)}`);

/** The file itself. */
export function fileUrl({ filename, subfolder, kind }: Place): string {
  return urlOf('/view', { filename, subfolder: subfolder === '' ? null : subfolder, type: kind });
}

/** A smaller copy of a picture, for grids. */
export function thumbUrl({ filename, subfolder, kind }: Place): string {
  const query = { filename, subfolder: subfolder === '' ? null : subfolder, type: kind };
  return urlOf('/view', { ...query, preview: 'webp;75' });
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
