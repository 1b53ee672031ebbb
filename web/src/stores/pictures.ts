// A file that can be shown, whoever tells of it: the gallery, a run, or a workflow that names it.

import { fileUrl, type Medium, mediumOf, thumbUrl } from '../api/assets';
import { urlOf } from '../api/client';
import type { FilePlace, GalleryItem, LineageFile } from '../api/gallery';
import type { AssetView } from '../api/types';
import { versionAt } from './written';

export interface Picture extends FilePlace {
  /** Tells it apart from all others: of files of the gallery, their id. */
  readonly key: string;
  readonly medium: Medium;
  readonly mediaType: string;
  readonly url: string;
  /** Without a small picture of its own it is shown as a sign. */
  readonly thumbUrl: string | null;
  /** The same, larger: for a look at it. */
  readonly largeUrl: string | null;
  /** When it was made, in seconds since 1970. */
  readonly at: number;
  readonly item: GalleryItem | null;
  readonly asset: AssetView | null;
}

export function pictureOfItem(item: GalleryItem, asset: AssetView | null = null): Picture {
  // A file that was written anew is another picture.
  const at = item.modified;
  const small = (size: string) =>
    item.thumbnail_url === null ? null : urlOf(item.thumbnail_url, { size, at });
  return {
    key: String(item.id),
    kind: 'output',
    subfolder: item.folder,
    filename: item.filename,
    medium: item.kind,
    mediaType: item.media_type,
    url: urlOf(item.url, { at }),
    thumbUrl: small('256'),
    largeUrl: small('512'),
    at,
    item,
    asset,
  };
}

export function pictureOfAsset(asset: AssetView): Picture {
  const { kind, subfolder, filename, media_type, created_at } = asset;
  const medium = mediumOf(asset);
  const version = medium === 'picture' ? versionAt(asset) : 0;
  const small = medium === 'picture' ? thumbUrl(asset, version) : null;
  return {
    key: `a:${asset.id || `${asset.job_id}/${kind}/${subfolder}/${filename}`}`,
    ...{ kind, subfolder, filename, medium, asset, item: null },
    mediaType: media_type,
    url: fileUrl(asset, version),
    thumbUrl: small,
    largeUrl: small,
    at: created_at,
  };
}

/** A file of which nothing but its place may be known. */
export function pictureOfFile({ kind, subfolder, filename, item, asset }: LineageFile): Picture {
  if (item !== null) return pictureOfItem(item, asset);
  if (asset !== null) return pictureOfAsset(asset);
  const place = { kind, subfolder, filename };
  const medium = mediumOf({ media_type: '', filename });
  const version = medium === 'picture' ? versionAt(place) : 0;
  const small = medium === 'picture' ? thumbUrl(place, version) : null;
  return {
    ...place,
    key: `f:${kind}/${subfolder}/${filename}`,
    ...{ medium, mediaType: '', url: fileUrl(place, version), thumbUrl: small, largeUrl: small, at: 0 },
    ...{ item: null, asset: null },
  };
}

export function toPicture(one: Picture | AssetView): Picture {
  return 'medium' in one ? one : pictureOfAsset(one);
}

export function nameOfPicture({ subfolder, filename }: FilePlace): string {
  return subfolder === '' ? filename : `${subfolder}/${filename}`;
}
