// @vitest-environment happy-dom
// Which pictures a node shows on the canvas, and where they come from.
import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import type { Ui } from '../../api/types';
import { shapeOf } from '../../core/slots';
import { loadedIn, picturesIn, pictureUrl } from './pictures';

const file = (filename: string, more: object = {}) => ({ filename, subfolder: '', type: 'output', ...more });
const names = (output: Ui | null) => picturesIn(output)?.map(({ filename }) => filename) ?? null;

describe('pictures of a run', () => {
  it('are those that it saved, four at most', () => {
    expect(names({ images: ['1', '2', '3', '4', '5'].map((name) => file(name)) })).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(picturesIn({ images: [file('a', { subfolder: 'x', type: 'temp' })] })).toEqual([
      { filename: 'a', subfolder: 'x', type: 'temp' },
    ]);
  });

  it('are the first pair of those that are compared', () => {
    expect(names({ a_images: [file('a1'), file('a2')], b_images: [file('b1')] })).toEqual(['a1', 'b1']);
    expect(names({ a_images: [], b_images: [file('b1')] })).toEqual(['b1']);
  });

  it('are none without a run, and text is no picture', () => {
    expect(names(null)).toEqual([]);
    expect(names({ images: [] })).toEqual([]);
    expect(names({ text: ['words'] })).toBeNull();
  });
});

describe('a picture that is loaded', () => {
  const types = catalog(
    nodeType('Load', [
      input('image', 'COMBO', { choices: ['fox.png'], choices_from: 'input', image_upload: true }),
    ]),
  );
  const shape = (value: string, more: object = {}) =>
    shapeOf({ id: 1, type: 'Load', widgets_values: [value], ...more }, types);

  it('is the value of its input, if the server has it', () => {
    expect(loadedIn(shape('fox.png'))?.ref).toEqual({ filename: 'fox.png', subfolder: '', type: 'input' });
    expect(loadedIn(shape('hen.png'))).toBeNull();
    expect(loadedIn(shape('x/hen.png [output]'))?.ref).toEqual({
      ...{ filename: 'hen.png', subfolder: 'x', type: 'output' },
    });
    expect(loadedIn(undefined)).toBeNull();
  });
});

it('asks for few sizes, so that a node that is resized seldom asks anew', () => {
  const ref = { filename: 'a b.png', subfolder: 'x', type: 'output' } as const;
  const sizeOf = (pixels: number) => new URL(pictureUrl(ref, pixels)).searchParams.get('size');
  expect([10, 512, 513, 1500, 9000].map(sizeOf)).toEqual(['512', '512', '1024', '2048', '2048']);
});
