// What two runs had different around their workflows: versions, device, the content of model files.

import type { FullRecord } from '../../api/assets';

export interface RecordRow {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export function recordDiff(a: FullRecord | null, b: FullRecord | null): RecordRow[] {
  if (a === null || b === null) return [];
  const [one, other] = [flat(a), flat(b)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [x, y] = [one.get(name) ?? '–', other.get(name) ?? '–'];
    return x === y ? [] : [{ name, a: x, b: y }];
  });
}

function flat({ versions, platform, device, dtype, models, threads }: FullRecord): Map<string, string> {
  return new Map([
    ...Object.entries(versions),
    ...Object.entries({ platform, device, dtype, threads: String(threads ?? '') }),
    ...(models ?? []).map((model): [string, string] => [
      `${model.folder}/${model.name}`,
      model.sha256.slice(0, 12),
    ]),
  ]);
}
