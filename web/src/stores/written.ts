// Files that are written anew while the page shows them: another picture under the name of the one before. A run tells of
// those that it wrote; of what other programs did, the server is asked when the user comes back.

import { createStore } from 'zustand/vanilla';
import { call } from '../api/call';
import type { Ui } from '../api/types';
import { asArray, asObject, asString, type Json } from '../core/json';
import { type PictureRef, pictureRef } from '../core/picture';

/** Of so many files it is known whether they are shown, and how often they were written since. */
const MOST = 5000;
/** So many, those that were shown last, the server is asked about at a time. */
const MOST_ASKED = 1000;
/** In milliseconds: pictures of a graph are shown one soon after another. */
const SOON = 500;
/** The gallery may tell of many files, some at a time. */
const APART = 1000;

interface Shown {
  readonly ref: PictureRef;
  version: number;
  /** What the server calls what it holds; null while it is not there, undefined while nobody has asked. */
  stamp: string | null | undefined;
}

const shown = new Map<string, Shown>();
let willAsk = false;
let looking: Promise<void> | null = null;
let lookedAt = Number.NEGATIVE_INFINITY;

/** Changes with each file that was written anew: addresses of pictures may be others now. */
export const written = createStore<{ readonly count: number }>(() => ({ count: 0 }));

export function keyOf({ type, subfolder, filename }: PictureRef): string {
  return `${type}/${subfolder}/${filename}`;
}

/** Grows each time that the file is found to be written anew since it was asked for first; 0 before that. */
export function versionOf(ref: PictureRef): number {
  const key = keyOf(ref);
  const known = shown.get(key) ?? { ref, version: 0, stamp: undefined };
  // The one that was shown longest ago comes first.
  shown.delete(key);
  shown.set(key, known);
  const [oldest] = shown.keys();
  if (shown.size > MOST && oldest !== undefined) shown.delete(oldest);
  if (known.stamp === undefined) askSoon();
  return known.version;
}

/** The same of a file as others call it. */
export function versionAt({
  kind,
  subfolder,
  filename,
}: Pick<PictureRef, 'subfolder' | 'filename'> & {
  readonly kind: PictureRef['type'];
}): number {
  return versionOf({ type: kind, subfolder, filename });
}

/** What a node gave that ran just now. True if some of it was shown before, under the same name. */
export function noteWritten(ui: Ui): boolean {
  let isShown = false;
  for (const ref of Object.values(ui).flatMap(refsIn)) {
    const known = shown.get(keyOf(ref));
    if (known === undefined) continue;
    known.version += 1;
    known.stamp = undefined;
    isShown = true;
  }
  if (isShown) tell();
  return isShown;
}

function tell(): void {
  written.setState(({ count }) => ({ count: count + 1 }));
}

function askSoon(): void {
  if (willAsk) return;
  willAsk = true;
  setTimeout(() => {
    willAsk = false;
    void ask([...shown.values()].filter(({ stamp }) => stamp === undefined));
  }, SOON);
}

/** See whether files that are shown hold something else than when they were first shown. Not more than once a second. */
export function lookAgain(): Promise<void> {
  looking ??= new Promise<void>((resolve) => {
    setTimeout(resolve, Math.max(0, lookedAt + APART - performance.now()));
  }).then(() => {
    looking = null;
    lookedAt = performance.now();
    return ask([...shown.values()]);
  });
  return looking;
}

async function ask(all: readonly Shown[]): Promise<void> {
  const some = all.slice(-MOST_ASKED);
  if (some.length === 0) return;
  const files = some.map(({ ref: { type: kind, subfolder, filename } }) => ({ kind, subfolder, filename }));
  const versions = some.map(({ version }) => version);
  try {
    const { versions: stamps } = await call('POST /api/v1/files/versions', { body: { files } });
    let isChanged = false;
    for (const [index, each] of some.entries()) {
      const stamp = stamps[index] ?? null;
      // A run wrote it meanwhile, and this may be from before.
      if (each.version !== versions[index] || (stamp === null && each.stamp !== undefined)) continue;
      if (each.stamp !== undefined && each.stamp !== stamp) {
        each.version += 1;
        isChanged = true;
      }
      each.stamp = stamp;
    }
    if (isChanged) tell();
  } catch {
    // The next time is soon enough.
  }
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
