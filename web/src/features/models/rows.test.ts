import { describe, expect, it } from 'vitest';
import { modelRows } from './rows';

const file = (name: string) => ({ name, size_bytes: 1, modified_at: 1, has_picture: false });
const FOLDERS = [
  {
    kind: 'checkpoints',
    files: ['b 10.safetensors', 'b 9.safetensors', 'xl/one.ckpt', 'xl/deep/two.ckpt'].map(file),
  },
  { kind: 'loras', files: [] },
  { kind: 'vae', files: ['v.pt'].map(file) },
];
const shown = (toggled: readonly string[], text = '') =>
  modelRows(FOLDERS, new Set(toggled), text).map(
    (row) => `${'  '.repeat(row.level - 1)}${row.name}${row.kind === 'folder' ? ` ${row.count}` : ''}`,
  );

describe('modelRows', () => {
  it('shows kinds that have files, folders first, names in natural order', () => {
    expect(shown([])).toEqual([
      'checkpoints 4',
      '  xl 2',
      '  b 9.safetensors',
      '  b 10.safetensors',
      'vae 1',
      '  v.pt',
    ]);
  });

  it('opens folders and closes kinds', () => {
    expect(shown(['checkpoints/xl/', 'checkpoints/xl/deep/', 'vae'])).toEqual([
      'checkpoints 4',
      '  xl 2',
      '    deep 1',
      '      two.ckpt',
      '    one.ckpt',
      '  b 9.safetensors',
      '  b 10.safetensors',
      'vae 1',
    ]);
  });

  it('finds by kind, folder and name, with the whole name shown', () => {
    expect(shown(['vae'], 'DEEP')).toEqual(['checkpoints 1', '  xl/deep/two.ckpt']);
    expect(shown([], 'vae')).toEqual(['vae 1', '  v.pt']);
    expect(shown([], 'none')).toEqual([]);
  });
});
