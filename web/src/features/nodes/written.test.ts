// @vitest-environment happy-dom
// A file that is written anew while it is shown has another address, and is another picture for the canvas.
import { expect, it } from 'vitest';
import { pictureUrl, wholeUrl } from './pictures';
import { noteWritten, refsIn, versionOf } from './written';

const file = (filename: string, type = 'output') => ({ filename, subfolder: 'x', type });
const refOf = (filename: string, type = 'output') => {
  const [ref] = refsIn([file(filename, type)]);
  if (ref === undefined) throw new Error('no picture');
  return ref;
};

it('keeps its address until then, and gets another one with each time', () => {
  const ref = refOf('a.png');
  const [look, whole] = [pictureUrl(ref, 10), wholeUrl(ref)];
  expect([look, whole].map((url) => new URL(url).searchParams.has('v'))).toEqual([false, false]);
  expect(noteWritten({ images: [file('b.png')], text: ['a.png'] })).toBe(false);
  expect([pictureUrl(ref, 10), versionOf(ref)]).toEqual([look, 0]);
  expect(noteWritten({ images: [file('a.png')] })).toBe(true);
  expect(noteWritten({ a_images: [file('c.png')], b_images: [file('a.png')] })).toBe(true);
  expect([pictureUrl(ref, 10), wholeUrl(ref)]).toEqual([`${look}&v=2`, `${whole}&v=2`]);
  expect(versionOf(ref)).toBe(2);
});

it('is another file in another folder, and no other for not having been shown', () => {
  versionOf(refOf('d.png', 'temp'));
  expect(noteWritten({ images: [file('d.png')] })).toBe(false);
  expect(versionOf(refOf('d.png'))).toBe(0);
});
