import { describe, expect, it } from 'vitest';
import { factsOf, type MadeBy } from './facts';

const node = (values: MadeBy['values'], links: MadeBy['links'] = {}): MadeBy => ({
  node_type: 'N',
  title: '',
  values,
  links,
});

describe('factsOf', () => {
  const loader = node({ ckpt_name: 'sd/base.safetensors' });
  it('tells the wanted text from the unwanted one, through nodes that pass both on', () => {
    const { prompts, models, sampling } = factsOf({
      '1': loader,
      '2': node({ text: 'blurry' }, { clip: ['1', 1] }),
      '3': node({ text: 'a fox' }, { clip: ['1', 1] }),
      '4': node({ strength: 1 }, { positive: ['3', 0], negative: ['2', 0] }),
      '5': node({ steps: 20, cfg: 5 }, { positive: ['4', 0], negative: ['4', 1], model: ['1', 0] }),
    });
    expect(prompts).toEqual([
      { node: '3', role: 'positive', text: 'a fox' },
      { node: '2', role: 'negative', text: 'blurry' },
    ]);
    expect(models).toEqual([{ node: '1', name: 'ckpt_name', value: 'sd/base.safetensors' }]);
    expect(sampling.map(({ name, value }) => [name, value])).toEqual([
      ['steps', 20],
      ['cfg', 5],
    ]);
  });

  it('says neither of a text that serves as both, and nothing of an empty one', () => {
    const { prompts } = factsOf({
      '2': node({ text: 'both' }),
      '3': node({ text: ' ' }),
      '5': node({}, { positive: ['2', 0], negative: ['2', 0] }),
    });
    expect(prompts).toEqual([{ node: '2', role: 'other', text: 'both' }]);
  });

  it('ends on loops and on links to nowhere', () => {
    const looped = {
      '1': node({ text: 'x' }, { a: ['2', 0] }),
      '2': node({}, { positive: ['1', 0], b: ['9', 0] }),
    };
    expect(factsOf(looped).prompts).toHaveLength(1);
  });
});
