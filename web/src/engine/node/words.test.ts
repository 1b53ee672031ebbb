import { describe, expect, it } from 'vitest';
import { input } from '../../../test/builders';
import type { InputType } from '../../core/catalog';
import type { Json } from '../../core/json';
import { foldWords, timeWords, valueWords } from './words';

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

  it.each([
    [input('a', 'BOOLEAN', { options: { label_on: 'enable' } }), true, 'enable'],
    [input('a', 'BOOLEAN'), false, 'off'],
    [input('a', 'COMBO', { choices: [] }), ['x', 'y'], 'x, y'],
    [input('a', 'COMBO', { choices: [] }), '', 'none'],
    [input('a', 'INT', { display: 'color' }), 0xff00, '#00ff00'],
    [input('a', 'FLOAT', { step: 0.1 }), 2, '2.0'],
    [input('a', 'INT'), 18446744073709551615n, '18446744073709551615'],
    [input('a', 'STRING'), '', ''],
    [null, { x: 1 }, ''],
  ] as [InputType | null, Json, string][])('value %#', (of, value, words) =>
    expect(valueWords({ name: 'a', label: 'a', input: of, value })).toBe(words),
  );

  it('folds', () => {
    expect(foldWords({ y: 0, h: 20, count: 3, isUnfolded: false })).toBe('3 more');
    expect(foldWords({ y: 0, h: 20, count: 3, isUnfolded: true })).toBe('Fewer');
  });
});
