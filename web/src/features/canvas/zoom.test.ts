// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { readZoom } from './zoom';

describe('readZoom', () => {
  it.each([
    ['150', 1.5],
    [' 75 % ', 0.75],
    ['12.5%', 0.125],
    ['12,5', 0.125],
    ['5', 0.05],
    ['400', 4],
    ['4', null],
    ['401', null],
    ['', null],
    ['-50', null],
    ['half', null],
    ['1e2', null],
  ])('%j is %j', (text, zoom) => expect(readZoom(text)).toBe(zoom));
});
