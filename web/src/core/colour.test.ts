import { describe, expect, it } from 'vitest';
import { input } from '../../test/builders';
import { colourOf, inkOn, isColour } from './colour';

describe('colours', () => {
  it('are numbers of 24 bits or texts, written in one way', () => {
    expect([0, 0xaa6633, 255n, 0x1000000].map(colourOf)).toEqual([
      '#000000',
      '#aa6633',
      '#0000ff',
      '#000000',
    ]);
    expect(['#FA0', 'fa0', ' #AA6633 ', 'aa6633ff'].map(colourOf)).toEqual([
      ...['#ffaa00', '#ffaa00', '#aa6633', '#aa6633'],
    ]);
    expect(['red', '', null, true, '#12'].map(colourOf)).toEqual([null, null, null, null, null]);
  });

  it('are what inputs hold that say so', () => {
    const shown = (type: string, display: 'color' | 'slider' | null) =>
      isColour(input('x', type, { display }));
    expect([shown('INT', 'color'), shown('STRING', 'color'), shown('COLOR', null)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([shown('INT', null), shown('INT', 'slider'), shown('COMBO', 'color')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('say which ink reads best on them', () => {
    expect([inkOn('#222'), inkOn('#ffe8a0'), inkOn('red'), inkOn(null)]).toEqual([
      'light',
      'dark',
      null,
      null,
    ]);
  });
});
