import { describe, expect, it } from 'vitest';
import { seconds, sizeInWords, when } from './words';

describe('sizeInWords', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [42_051_278, '42 MB'],
    [999_600, '1.0 MB'],
    [4_265_380_512, '4.3 GB'],
  ])('%d is %s', (bytes, words) => expect(sizeInWords(bytes)).toBe(words));
});

describe('when', () => {
  it('counts in seconds', () => {
    expect(when(1_700_000_000)).toBe(new Date('2023-11-14T22:13:20Z').toLocaleString());
  });
});

describe('seconds', () => {
  it.each([
    [3.21, '3.2 s'],
    [47.6, '48 s'],
    [125, '2:05'],
    [3725, '1:02:05'],
  ])('%d is %s', (value, words) => expect(seconds(value)).toBe(words));
});
