import { describe, expect, it } from 'vitest';
import { withPage } from './gallery';

describe('withPage', () => {
  it('makes room for all, and fills what it was given', () => {
    expect(withPage([], ['a', 'b'], 0, 4)).toEqual(['a', 'b', undefined, undefined]);
    expect(withPage(['a', 'b', undefined, undefined], ['c', 'd'], 2, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('moves what is known down when new ones came', () => {
    expect(withPage(['a', 'b'], ['new', 'a'], 0, 3)).toEqual(['new', 'a', 'b']);
  });

  it('puts a page that was asked for before new ones came where it belongs now', () => {
    const items = ['new', 'a', undefined, undefined];
    expect(withPage(items, ['b', 'c'], 1, 3)).toEqual(['new', 'a', 'b', 'c']);
  });
});
