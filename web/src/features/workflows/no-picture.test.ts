import { expect, it } from 'vitest';
import { beginOf, whyNoPicture } from './no-picture';

it.each([
  ['\n<!DOCTYPE html><html lang="en"><head>', '“<!DOCTYPE html><html lan”'],
  ['not a picture\nat all', '“not a picture”'],
  ['PK\u0003\u0004\u0014', '“PK”'],
  ['\u0000\u0001\u0002abc', '00 01 02 61 62 63'],
])('says what a file begins with: %j', (text, begin) => {
  expect(beginOf(new TextEncoder().encode(text))).toBe(begin);
});

it('says it of the file, by its kind', async () => {
  const why = (text: string, name: string, type: string) => whyNoPicture(new File([text], name, { type }));
  expect(await why('hello there', 'x.png', 'image/png')).toContain(
    'no picture of a known format: it begins with “hello there”',
  );
  expect(await why('hello there', 'x.mp4', 'video/mp4')).toContain('not of the kind');
  expect(await why('', 'x.png', 'image/png')).toBe('It is empty.');
});
