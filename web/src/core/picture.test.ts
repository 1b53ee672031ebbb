import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { annotated, pictureInputs, pictureRef, valueFor } from './picture';
import { shapeOf } from './slots';

describe('names of pictures', () => {
  it.each([
    ['a.png', null, { filename: 'a.png', subfolder: '', type: 'input' }],
    ['x/y/a.png', 'input', { filename: 'a.png', subfolder: 'x/y', type: 'input' }],
    ['a.png', 'output', { filename: 'a.png', subfolder: '', type: 'output' }],
    ['x/a.png [temp]', 'output', { filename: 'a.png', subfolder: 'x', type: 'temp' }],
    ['a [1].png', null, { filename: 'a [1].png', subfolder: '', type: 'input' }],
    ['a.png', 'checkpoints', { filename: 'a.png', subfolder: '', type: 'input' }],
  ] as const)('%s in %s', (value, folder, wanted) => expect(pictureRef(value, folder)).toEqual(wanted));

  it('are written with their folder', () => {
    expect(annotated({ filename: 'a.png', subfolder: 'x', type: 'output' })).toBe('x/a.png [output]');
    expect(pictureRef(annotated(pictureRef('b.png')))).toEqual(pictureRef('b.png'));
  });
});

describe('what was uploaded', () => {
  it('is named with its folder where the input looks elsewhere', () => {
    const from = (choices_from: string) => input('image', 'COMBO', { choices_from, image_upload: true });
    expect([valueFor(from('input'), 'a.png'), valueFor(from('output'), 'a.png')]).toEqual([
      'a.png',
      'a.png [input]',
    ]);
  });
});

describe('the picture of a node', () => {
  const types = catalog(
    nodeType('Load', [
      input('channel', 'COMBO', { choices: ['a'] }),
      input('image', 'COMBO', { choices: [], choices_from: 'input', image_upload: true }),
    ]),
  );
  const node = { id: 1, type: 'Load', widgets_values: ['a', 'fox.png'] };

  it('is the value of the input that takes uploads', () => {
    expect(pictureInputs(shapeOf(node, types)).map(({ value }) => value)).toEqual(['fox.png']);
  });

  it('is none without a value, or where a link gives it', () => {
    expect(pictureInputs(shapeOf({ ...node, widgets_values: ['a', ''] }, types))).toEqual([]);
    const linked = [{ name: 'image', type: 'COMBO', link: 3, widget: { name: 'image' } }];
    expect(pictureInputs(shapeOf({ ...node, inputs: linked }, types))).toEqual([]);
  });
});
