// The 353 files that people shared, out of the archive that the Python tests read, too.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ARCHIVE = fileURLToPath(new URL('../../tests/data/workflows.tar.xz', import.meta.url));

export interface SharedFile {
  readonly name: string;
  readonly text: string;
}

/** Every canvas file (`ui`) or API file (`api`) with its text. */
export function sharedFiles(kind: 'ui' | 'api'): SharedFile[] {
  const folder = mkdtempSync(join(tmpdir(), 'skein-corpora-'));
  execFileSync('tar', ['-xJf', ARCHIVE, '-C', folder]);
  return walk(folder)
    .filter((path) => path.endsWith(`.${kind}.json`))
    .map((path) => ({
      name: path.slice(folder.length + 1),
      text: readFileSync(path, 'utf-8'),
    }));
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}
