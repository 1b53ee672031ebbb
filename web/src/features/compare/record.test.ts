import { expect, it } from 'vitest';
import type { FullRecord } from '../../api/assets';
import { recordDiff } from './record';

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
  expect(recordDiff(null, record('a', '1'))).toEqual([]);
});
