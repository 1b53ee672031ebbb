import { describe, expect, it } from 'vitest';
import { foldWords, timeWords } from './words';

describe('words on nodes', () => {
  it.each([
    [0, '1 ms'],
    [0.0152, '15 ms'],
    [0.0999, '0.1 s'],
    [3.24, '3.2 s'],
    [9.97, '10 s'],
    [59.7, '1:00'],
    [125, '2:05'],
    [3725, '1:02:05'],
  ])('%s seconds', (seconds, words) => expect(timeWords(seconds)).toBe(words));

  it('folds', () => {
    expect(foldWords({ y: 0, h: 20, count: 3, isUnfolded: false })).toBe('3 more');
    expect(foldWords({ y: 0, h: 20, count: 3, isUnfolded: true })).toBe('Fewer');
  });
});
