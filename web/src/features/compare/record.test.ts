import { expect, it } from 'vitest';
import type { FullRecord } from '../../api/assets';
import { recordDiff, tellsCode } from './record';

const record = (sha256: string, torch: string): FullRecord => ({
  versions: { torch },
  platform: 'Linux',
  device: 'cpu',
  dtype: 'float32',
  seeds: {},
  models: [{ folder: 'checkpoints', name: 'a.safetensors', sha256, size_bytes: 1 }],
});

it('names what differs around the workflow: versions, and models of the same name with other content', () => {
  expect(recordDiff(record('aaaaaaaaaaaaaaaa', '1'), record('aaaaaaaaaaaaaaaa', '1'))).toEqual([]);
  expect(recordDiff(record('aaaaaaaaaaaaaaaa', '1'), record('bbbbbbbbbbbbbbbb', '2'))).toEqual([
    { name: 'torch', a: '1', b: '2' },
    { name: 'checkpoints/a.safetensors', a: 'aaaaaaaaaaaa', b: 'bbbbbbbbbbbb' },
  ]);
  expect(tellsCode(record('a', '1'))).toBe(false);
  expect(recordDiff(null, record('a', '1'))).toEqual([]);
});

it('names packs and commits that differ, where both records say so', () => {
  const then: FullRecord = {
    ...record('a', '1'),
    commit: 'a'.repeat(40),
    packs: { one: '1.0 code:1', two: 'code:2' },
  };
  const now: FullRecord = { ...then, commit: 'b'.repeat(40), packs: { one: '1.1 code:3' } };
  expect(tellsCode(then)).toBe(true);
  expect(recordDiff(then, then)).toEqual([]);
  expect(recordDiff(then, now)).toEqual([
    { name: 'commit', a: 'aaaaaaaaaaaa', b: 'bbbbbbbbbbbb' },
    { name: 'pack one', a: '1.0 code:1', b: '1.1 code:3' },
    { name: 'pack two', a: 'code:2', b: '–' },
  ]);
  // Older records, and servers that run from no checkout.
  expect(recordDiff(record('a', '1'), now)).toEqual([]);
  expect(recordDiff({ ...then, commit: '' }, { ...then, commit: 'b' })).toEqual([]);
  expect(recordDiff({ ...then, packs: null }, now)).toEqual([
    { name: 'commit', a: 'aaaaaaaaaaaa', b: 'bbbbbbbbbbbb' },
  ]);
});
