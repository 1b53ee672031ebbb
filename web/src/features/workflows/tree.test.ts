import { describe, expect, it } from 'vitest';
import type { WorkflowFile } from '../../api/workflows';
import { FAVOURITES, followMove, freeName, keyOfRow, placeIn, treeRows } from './tree';

const file = (name: string): WorkflowFile => ({ name, size: 1, modified: 1, nodes: 1, revision: name });
const content = {
  files: ['z.json', 'b/two.json', 'b/c/three 10.json', 'b/c/three 9.json', 'a.json'].map(file),
  folders: ['b', 'b/c', 'empty'],
  favourites: ['b/two.json'],
};
const shown = (rows: ReturnType<typeof treeRows>) =>
  rows.map((row) => `${'  '.repeat(row.level - 1)}${row.kind === 'folder' ? `${row.path}/` : row.name}`);

describe('treeRows', () => {
  it('puts favourites first, then folders, then files, each in natural order', () => {
    expect(shown(treeRows(content, new Set()))).toEqual([
      '*/',
      '  two',
      'b/',
      '  b/c/',
      '    three 9',
      '    three 10',
      '  two',
      'empty/',
      'a',
      'z',
    ]);
    const keys = treeRows(content, new Set()).map(keyOfRow);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('shows of closed folders only the folder, with how many files are below', () => {
    const rows = treeRows(content, new Set(['b', FAVOURITES]));
    expect(shown(rows)).toEqual(['*/', 'b/', 'empty/', 'a', 'z']);
    expect(rows.map((row) => (row.kind === 'folder' ? row.count : 0))).toEqual([1, 3, 0, 0, 0]);
  });

  it('finds files whatever is closed, and says where they are', () => {
    const rows = treeRows(content, new Set(['b']), ' THREE ');
    expect(rows.map((row) => (row.kind === 'file' ? [row.name, row.where] : []))).toEqual([
      ['three 9', 'b/c'],
      ['three 10', 'b/c'],
    ]);
  });

  it('shows folders that the list of folders does not name', () => {
    expect(shown(treeRows({ ...content, folders: [], favourites: [] }, new Set()))[0]).toBe('b/');
  });
});

describe('moving', () => {
  it.each([
    ['b/two.json', 'file', '', 'two.json'],
    ['a.json', 'file', 'b/c', 'b/c/a.json'],
    ['a.json', 'file', '', null],
    ['a.json', 'file', FAVOURITES, null],
    ['b', 'folder', 'b/c', null],
    ['b', 'folder', 'b', null],
    ['b/c', 'folder', '', 'c'],
    ['b', 'folder', 'bc', 'bc/b'],
  ] as const)('%s (%s) to %j is %j', (path, kind, folder, wanted) => {
    expect(placeIn(path, kind, folder)).toBe(wanted);
  });

  it('takes along what is below', () => {
    expect(['b/c/x.json', 'b', 'bc/x.json'].map((path) => followMove(path, 'b', 'd/e'))).toEqual([
      'd/e/c/x.json',
      'd/e',
      'bc/x.json',
    ]);
  });

  it('finds a name that nobody has', () => {
    const name = (number: number) => (number === 1 ? 'a copy' : `a copy ${number}`);
    expect(freeName(new Set(['a copy', 'a copy 2']), name)).toBe('a copy 3');
  });
});
