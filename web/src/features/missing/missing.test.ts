// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import type { MissingFile, MissingType } from '../../core/missing';
import { wordsFor } from './missing';

const file = (folder: string): MissingFile => ({
  ...{ name: 'a', folder, spots: [], url: '', sha256: '', isTaken: false, nearest: [], because: null },
});
const type: MissingType = { type: 'A', pack: '', repository: '', version: '', spots: [], nearest: [] };

it.each([
  [[file('input')], [], 'Missing: 1 input file.'],
  [[file('loras'), file('input'), file('vae')], [], 'Missing: 2 model files and 1 input file.'],
  [[file('loras'), file('input')], [type], 'Missing: 1 model file, 1 input file and 1 node type.'],
])('counts files of each kind by themselves', (files, types, words) => {
  expect(wordsFor({ files, types, repairs: [] })).toBe(words);
});
