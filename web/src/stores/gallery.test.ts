import { describe, expect, it } from 'vitest';
import { shifted, withPage } from './gallery';

const items = (...keys: string[]) => keys.map((key) => ({ key }));

describe('the list of the gallery', () => {
  it('takes a page in at its place', () => {
    expect(withPage([], ['a', 'b'], 0, 4)).toEqual(['a', 'b', undefined, undefined]);
    expect(withPage(['a', 'b', undefined, undefined], ['c', 'd'], 2, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is as long as the server says', () => {
    expect(withPage(['a', 'b', 'c'], ['a'], 0, 1)).toEqual(['a']);
    expect(withPage(['a'], ['b', 'c'], 1, 2)).toEqual(['a', 'b']);
  });

  it('moves back by what came before it', () => {
    expect(shifted(items('b', 'c'), items('a', 'b', 'c'), 3)).toEqual([undefined, ...items('b', 'c')]);
    expect(shifted(items('b', 'c'), items('b', 'c'), 2)).toEqual(items('b', 'c'));
  });

  it('is not taken for moved when something else happened', () => {
    expect(shifted(items('b', 'c'), items('a', 'x', 'c'), 3)).toBeNull();
    expect(shifted(items('b', 'c'), items('c'), 1)).toBeNull();
    expect(shifted([], items('a'), 1)).toBeNull();
  });
});
