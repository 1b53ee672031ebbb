// Files that a run writes anew while the page shows them: another picture under the name of the one before.

import type { Ui } from '../../api/types';
import { asArray, asObject, asString, type Json } from '../../core/json';
import { type PictureRef, pictureRef } from '../../core/picture';

/** Of so many files it is known whether they are shown, and how often they were written since. */
const MOST = 5000;
const versions = new Map<string, number>();

export function keyOf({ type, subfolder, filename }: PictureRef): string {
  return `${type}/${subfolder}/${filename}`;
}

/** Grows with each run that has written the file since it was asked for first; 0 before that. */
export function versionOf(ref: PictureRef): number {
  const key = keyOf(ref);
  const known = versions.get(key);
  if (known !== undefined) return known;
  const [oldest] = versions.keys();
  if (versions.size >= MOST && oldest !== undefined) versions.delete(oldest);
  versions.set(key, 0);
  return 0;
}

/** What a node gave that ran just now. True if some of it was shown before, under the same name. */
export function noteWritten(ui: Ui): boolean {
  let isShown = false;
  for (const ref of Object.values(ui).flatMap(refsIn)) {
    const key = keyOf(ref);
    const known = versions.get(key);
    if (known === undefined) continue;
    versions.set(key, known + 1);
    isShown = true;
  }
  return isShown;
}

/** Where the pictures are that a run tells of. */
export function refsIn(files: readonly Json[] | undefined): PictureRef[] {
  return (asArray(files ?? []) ?? []).flatMap((each) => {
    const file = asObject(each);
    const filename = asString(file?.['filename']);
    if (filename === null) return [];
    const { type } = pictureRef('', asString(file?.['type']) ?? 'output');
    return [{ filename, subfolder: asString(file?.['subfolder']) ?? '', type }];
  });
}
