import { describe, expect, it } from 'vitest';
import { modelsOf, tagsOf } from './about';
import type { Catalog, NodeType } from './catalog';

const type = (
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  file?: readonly [kind: string, choices: readonly string[]],
): NodeType =>
  ({
    type: name,
    inputs: [
      ...inputs.map((each) => ({
        name: each.toLowerCase(),
        type: each,
        is_widget: false,
        choices_from: null,
        options: {},
      })),
      ...(file === undefined
        ? []
        : [
            {
              name: 'file',
              type: 'COMBO',
              required: true,
              is_widget: true,
              choices: file[1],
              choices_from: file[0],
              image_upload: false,
              options: {},
            },
          ]),
    ],
    outputs: outputs.map((each) => ({ name: each, type: each })),
  }) as unknown as NodeType;

const CATALOG: Catalog = new Map(
  [
    type('Checkpoint', [], ['MODEL'], ['checkpoints', ['a.safetensors']]),
    type('Picture', [], ['IMAGE'], ['input', []]),
    type('Sampler', ['MODEL', 'LATENT'], ['LATENT']),
    type('Encode', ['IMAGE'], ['LATENT']),
    type('SetMask', ['LATENT', 'MASK'], ['LATENT']),
    type('LatentUpscale', ['LATENT'], ['LATENT']),
    type('Lora', ['MODEL'], ['MODEL'], ['loras', []]),
  ].map((each) => [each.type, each]),
);
const nodes = (...types: readonly string[]) => ({
  nodes: types.map((each, id) => ({ id, type: each, widgets_values: ['a.safetensors'] })),
});

describe('tagsOf', () => {
  it.each([
    [['Checkpoint', 'Sampler'], ['text-to-image']],
    [
      ['Checkpoint', 'Sampler', 'LatentUpscale'],
      ['text-to-image', 'upscaling'],
    ],
    [['Encode', 'Sampler'], ['image-to-image']],
    [
      ['Encode', 'SetMask', 'Sampler', 'Lora'],
      ['image-to-image', 'inpainting', 'lora'],
    ],
    [['Unknown', 'Note'], []],
  ])('%j is %j', (types, tags) => expect(tagsOf(nodes(...types), CATALOG)).toEqual(tags));

  it('adds what the file says, and looks into subgraphs', () => {
    const raw = {
      nodes: [],
      definitions: { subgraphs: [nodes('Sampler')] },
      extra: { info: { tags: ['portrait', ' ', 7, 'text-to-image'] } },
    };
    expect(tagsOf(raw, CATALOG)).toEqual(['text-to-image', 'portrait']);
  });
});

describe('modelsOf', () => {
  it('names each file once, whether it is there, and no pictures', () => {
    expect(modelsOf(nodes('Checkpoint', 'Checkpoint', 'Lora', 'Picture', 'Unknown'), CATALOG)).toEqual([
      { name: 'a.safetensors', kind: 'checkpoints', isThere: true },
      { name: 'a.safetensors', kind: 'loras', isThere: false },
    ]);
  });
});
