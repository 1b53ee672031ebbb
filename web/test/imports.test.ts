// Which folder may import which: the table in README.md.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const BASE = ['core', 'ui', 'i18n'];
const MAY: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ui: [],
  i18n: [],
  theme: [],
  widgets: BASE,
  engine: [...BASE, 'widgets'],
  api: ['core'],
  stores: ['core', 'api'],
  app: [...BASE, 'api', 'stores', 'engine'],
  features: [...BASE, 'api', 'stores', 'engine', 'widgets', 'app'],
  shell: [...BASE, 'stores', 'engine', 'widgets', 'app'],
};

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g;

/** The folder of a file; of a feature, the feature. */
function partsOf(path: string): readonly [folder: string, feature: string, rest: string] {
  const [folder = '', feature = '', ...rest] = relative(SRC, path).split(sep);
  return [folder, folder === 'features' ? feature : '', rest.join('/')];
}

function isWrong(file: string, imported: string): boolean {
  const [folder, feature] = partsOf(file);
  const [to, other, rest] = partsOf(imported);
  if (folder !== to) return !(MAY[folder] ?? []).includes(to);
  return feature !== other && rest !== 'api';
}

it('goes one way; parts of the application know each other by `api.ts` alone', () => {
  const wrong: string[] = [];
  for (const folder of Object.keys(MAY))
    for (const entry of readdirSync(join(SRC, folder), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/(?<!\.test)\.tsx?$/.test(file)) continue;
      for (const [, from = ''] of readFileSync(file, 'utf-8').matchAll(IMPORT)) {
        const to = resolve(dirname(file), from);
        if (isWrong(file, to)) wrong.push(`${relative(SRC, file)}: ${relative(SRC, to)}`);
      }
    }
  expect(wrong).toEqual([]);
});
