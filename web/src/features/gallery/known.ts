// All that is known of a picture: by the gallery, by its run, by where it comes from.

import { useEffect, useState } from 'react';
import { type AssetDetails, type FullRecord, readAsset } from '../../api/assets';
import { ApiError, wordsOf } from '../../api/client';
import { type GalleryDetails, type Lineage, readItem, readLineage } from '../../api/gallery';
import { readJob } from '../../api/jobs';
import type { Picture } from '../../stores/pictures';
import { itemOf, resolveAsset } from './origin';

export interface Known {
  /** Null for what is not in the output directory. */
  readonly item: GalleryDetails | null;
  /** Null if no run of the history made it. */
  readonly asset: AssetDetails | null;
  readonly record: FullRecord | null;
}

export interface Asked<T> {
  readonly value: T | null;
  readonly error: string;
}

/** Ask once for each picture; what comes too late is left. */
function useAsked<T>(picture: Picture, ask: (picture: Picture) => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ value: null, error: '' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a mark makes no other file of it
  useEffect(() => {
    let isCurrent = true;
    ask(picture).then(
      (value) => isCurrent && setAsked({ value, error: '' }),
      (error: unknown) => isCurrent && setAsked({ value: null, error: wordsOf(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [picture.key, ask]);
  return asked;
}

async function readKnown(picture: Picture): Promise<Known> {
  const found = await itemOf(picture);
  const item = found === null ? null : await readItem(found.id);
  const of = picture.asset ?? item?.asset ?? null;
  if (of === null) return { item, asset: null, record: null };
  try {
    const { id, job_id } = await resolveAsset(of);
    const [asset, job] = await Promise.all([readAsset(id), readJob(job_id)]);
    return { item, asset, record: job.record };
  } catch (error) {
    // Its run was deleted; the file may still tell something.
    if (item !== null && error instanceof ApiError && error.status === 404)
      return { item, asset: null, record: null };
    throw error;
  }
}

export const useKnown = (picture: Picture): Asked<Known> => useAsked(picture, readKnown);

export const useLineage = (picture: Picture): Asked<Lineage> => useAsked(picture, readLineage);
