import { describe, expect, it } from 'vitest';
import type { Catalog, NodeType } from './catalog';
import { loaderFor } from './loaders';

const type = (name: string, inputs: readonly (readonly [string, string | null])[], more = {}): NodeType =>
  ({
    type: name,
    inputs: inputs.map(([input, from]) => ({
      name: input,
      is_widget: input !== 'model',
      choices_from: from,
    })),
    outputs: [{ name: 'MODEL' }],
    deprecated: false,
    experimental: false,
    ...more,
  }) as unknown as NodeType;
const catalog = (...types: readonly NodeType[]): Catalog => new Map(types.map((each) => [each.type, each]));

describe('loaderFor', () => {
  it('takes the loader that asks for nothing but the file', () => {
    const all = catalog(
      type('Checkpoint with config', [
        ['config', 'configs'],
        ['ckpt_name', 'checkpoints'],
      ]),
      type('Unclip', [['ckpt_name', 'checkpoints']], { deprecated: true }),
      type('Checkpoint', [['ckpt_name', 'checkpoints']], { outputs: [{}, {}, {}] }),
      type('Only the image model', [['ckpt_name', 'checkpoints']]),
    );
    expect(loaderFor(all, 'checkpoints')?.type.type).toBe('Checkpoint');
    expect(loaderFor(all, 'checkpoints')?.input.name).toBe('ckpt_name');
  });

  it('takes what links to other nodes if nothing else loads the kind', () => {
    const all = catalog(
      type('Lora', [
        ['model', null],
        ['lora_name', 'loras'],
      ]),
    );
    expect(loaderFor(all, 'loras')?.type.type).toBe('Lora');
  });

  it('knows of none where there is none', () => {
    const saver = type('Saver', [['name', 'vae']], { outputs: [] });
    expect(loaderFor(catalog(saver), 'vae')).toBeNull();
    expect(loaderFor(catalog(), 'checkpoints')).toBeNull();
  });
});
