import { describe, expect, it } from 'vitest';
import { asksForMarks, folderTree, markOf, termText, wantedOf, withMark, withValue } from './terms';

describe('a search as text', () => {
  it('is read as the server reads it', () => {
    const text = 'fox model:"sd 15" -tag:bad rating:>=3 "star" -star';
    expect(wantedOf(text, 'model')).toBe('sd 15');
    expect(wantedOf('model:="sd 15" x', 'model')).toBe('sd 15');
    expect(wantedOf(text, 'rating')).toBe('>=3');
    expect(wantedOf(text, 'tag')).toBeNull();
    expect(markOf(text, 'star')).toBe(false);
    expect(markOf('"star"', 'star')).toBeNull();
    expect(markOf('a STAR', 'star')).toBe(true);
  });

  it.each([
    ['fox', 'model', 'a b.safetensors', 'fox model:="a b.safetensors"'],
    ['model:x fox -model:y', 'model', 'z', 'fox model:="z"'],
    ['fox  model:x', 'model', null, 'fox'],
    ['', 'folder', '', 'folder:""'],
    ['"red  fox" size:1', 'size', '512x768', '"red  fox" size:512x768'],
  ])('%j with %s of %j is %j', (text, key, value, wanted) => {
    expect(withValue(text, key, value)).toBe(wanted);
  });

  it('has marks set, turned round and taken away', () => {
    expect(withMark('fox', 'star', true)).toBe('fox star');
    expect(withMark('star fox', 'star', false)).toBe('fox -star');
    expect(withMark('fox -rejected "rejected"', 'rejected', null)).toBe('fox "rejected"');
  });

  it('tells whether marking changes what it finds', () => {
    expect(['fox', 'rating:0', '-rejected', '"star"', 'tag:x'].map(asksForMarks)).toEqual([
      ...[false, true, true, false, true],
    ]);
  });

  it('cannot hold a quote', () => expect(termText('tag', 'so "so"')).toBe('tag:"so so"'));
});

it('makes a tree of folders, in which each counts what is below', () => {
  const facets = [
    { value: 'b', count: 1 },
    { value: 'a/x10', count: 2 },
    { value: 'a/x9/deep', count: 3 },
    { value: '', count: 9 },
  ];
  const tree = folderTree(facets);
  expect(tree.map(({ path, count }) => [path, count])).toEqual([
    ['a', 5],
    ['b', 1],
  ]);
  expect(tree[0]?.folders.map(({ path, count }) => [path, count])).toEqual([
    ['a/x9', 3],
    ['a/x10', 2],
  ]);
});
