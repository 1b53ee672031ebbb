import { describe, expect, it } from 'vitest';
import { storedLook } from './look';

describe('where a file was looked at', () => {
  it('is its scale and the place of its origin', () => {
    expect(storedLook({ ds: { scale: 0.5, offset: [-100, 40] } })).toEqual({ x: 100, y: -40, zoom: 0.5 });
    expect(storedLook({ ds: { scale: 2, offset: { 0: 1, 1: 2 } } })).toEqual({ x: -1, y: -2, zoom: 2 });
  });

  it.each([
    undefined,
    null,
    [],
    {},
    { ds: null },
    { ds: { scale: 1 } },
    { ds: { offset: [5, 5] } },
    { ds: { scale: 0, offset: [5, 5] } },
    { ds: { scale: -1, offset: [5, 5] } },
    { ds: { scale: '1', offset: [5, 5] } },
    { ds: { scale: 1, offset: [5] } },
    { ds: { scale: 1, offset: [0, 0] } },
    { ds: { scale: 1e300, offset: [1e300, 1] } },
  ])('is not known: %j', (extra) => expect(storedLook(extra)).toBeNull());
});
