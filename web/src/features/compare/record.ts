// What two runs had different around their workflows: versions, packs, device, the content of model files.

import type { FullRecord } from '../../api/assets';

export interface RecordRow {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export function recordDiff(a: FullRecord | null, b: FullRecord | null): RecordRow[] {
  if (a === null || b === null) return [];
  const [one, other] = [new Map([...flat(a), ...codeOf(a, b)]), new Map([...flat(b), ...codeOf(b, a)])];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [x, y] = [one.get(name) ?? '–', other.get(name) ?? '–'];
    return x === y ? [] : [{ name, a: x, b: y }];
  });
}

/** Whether a record says which code ran; older ones do not. */
export function tellsCode(record: FullRecord | null): boolean {
  return record?.packs != null;
}

/** Which code ran, as far as both say so. */
function codeOf({ commit, packs }: FullRecord, other: FullRecord): Map<string, string> {
  const isBoth = commit !== undefined && commit !== '' && other.commit !== undefined && other.commit !== '';
  return new Map([
    ...(isBoth ? [['commit', commit.slice(0, SHOWN)] as const] : []),
    ...(packs == null || other.packs == null
      ? []
      : Object.entries(packs).map(([name, state]) => [`pack ${name}`, state] as const)),
  ]);
}

const SHOWN = 12;

function flat({ versions, platform, device, dtype, models, threads }: FullRecord): Map<string, string> {
  return new Map([
    ...Object.entries(versions),
    ...Object.entries({ platform, device, dtype, threads: String(threads ?? '') }),
    ...(models ?? []).map((model): [string, string] => [
      `${model.folder}/${model.name}`,
      model.sha256.slice(0, SHOWN),
    ]),
  ]);
}
