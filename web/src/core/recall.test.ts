import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { loadValues, valuesToLoad, withNewSeeds, withSeedsOf } from './recall';

const types = catalog(
  nodeType('Sampler', [input('model', 'MODEL'), input('seed', 'INT'), input('cfg', 'FLOAT')]),
  nodeType('Text', [input('text', 'STRING')]),
);
const doc = () =>
  new GraphDoc({
    nodes: [
      { id: 1, type: 'Sampler', title: 'Mine', widgets_values: [7, 'fixed', 5] },
      { id: 2, type: 'Text', widgets_values: ['a fox'] },
      { id: 3, type: 'Text', widgets_values: ['kept'] },
    ],
    links: [],
    version: 0.4,
  });

describe('valuesToLoad', () => {
  const prompt = {
    '1': { class_type: 'Sampler', inputs: { seed: 8, cfg: 5, model: ['4', 0] } },
    '2': { class_type: 'Text', inputs: { text: ['9', 0] } },
    '3': { class_type: 'Sampler', inputs: { seed: 1 } },
    '77': { class_type: 'Text', inputs: { text: 'nowhere' } },
  };
  it('names what differs, for nodes of the same id and type', () => {
    expect(valuesToLoad(doc(), prompt, types)).toEqual([
      { node: '1', title: 'Mine', name: 'seed', before: 7, after: 8, isColour: false },
    ]);
  });

  it('says of colours that they are colours', () => {
    const picture = nodeType('Picture', [
      input('width', 'INT'),
      input('color', 'INT', { display: 'color' }),
      input('name', 'COLOR', { is_widget: true }),
    ]);
    const open = new GraphDoc({
      ...{ nodes: [{ id: 1, type: 'Picture', widgets_values: [64, 255, '#fff'] }], links: [], version: 0.4 },
    });
    const ran = { '1': { class_type: 'Picture', inputs: { width: 8, color: 0xaa6633, name: 'red' } } };
    expect(valuesToLoad(open, ran, catalog(picture)).map(({ name, isColour }) => [name, isColour])).toEqual([
      ['width', false],
      ['color', true],
      ['name', true],
    ]);
  });

  it('is one step, and one undo', () => {
    const open = doc();
    open.edit('load values', '', (tx) => loadValues(tx, types, valuesToLoad(open, prompt, types)));
    expect(open.graph().nodes.get('1')?.['widgets_values']).toEqual([8, 'fixed', 5]);
    expect(valuesToLoad(open, prompt, types)).toEqual([]);
    open.undo();
    expect(open.graph().nodes.get('1')?.['widgets_values']).toEqual([7, 'fixed', 5]);
  });
});

describe('withNewSeeds', () => {
  it('changes the seeds and nothing else; what comes by a link stays', () => {
    const prompt = {
      '5': { class_type: 'S', inputs: { seed: 1, cfg: 2 } },
      '6:1': { class_type: 'S', inputs: { noise_seed: 10n } },
      '7': { class_type: 'S', inputs: { seed: ['5', 0] } },
    };
    expect(withNewSeeds(prompt, ['5.seed', '6:1.noise_seed', '7.seed', '8.seed'], () => 42)).toEqual({
      '5': { class_type: 'S', inputs: { seed: 42, cfg: 2 } },
      '6:1': { class_type: 'S', inputs: { noise_seed: 42 } },
      '7': { class_type: 'S', inputs: { seed: ['5', 0] } },
    });
    expect(prompt['5'].inputs.seed).toBe(1);
  });
});

describe('withSeedsOf', () => {
  const SUB = 'aaaaaaaa-0000-0000-0000-000000000000';
  const sampler = (id: number, seed: number | bigint) => ({
    ...{ id, type: 'Sampler', widgets_values: [seed, 'fixed', 5] },
  });
  const file = {
    nodes: [sampler(1, 7), sampler(2, 7), { id: 3, type: SUB }],
    links: [],
    definitions: { subgraphs: [{ id: SUB, name: 'Inner', nodes: [sampler(9, 2n ** 60n)], links: [] }] },
    version: 0.4,
  };
  const inputs = (seed: number | bigint) => ({ class_type: 'Sampler', inputs: { seed, cfg: 5 } });

  it('has the nodes hold what ran, also those of subgraphs, and nothing else changed', () => {
    const before = { '1': inputs(7), '3:9': inputs(2n ** 60n) };
    const after = { '1': inputs(8), '3:9': inputs(2n ** 61n) };
    const next = withSeedsOf(file, ['1.seed', '3:9.seed', '77.seed'], { before, after }, types);
    expect(next).toEqual({
      ...file,
      nodes: [sampler(1, 8), sampler(2, 7), { id: 3, type: SUB }],
      definitions: { subgraphs: [{ id: SUB, name: 'Inner', nodes: [sampler(9, 2n ** 61n)], links: [] }] },
    });
  });

  it('leaves a node alone that held something else than what ran', () => {
    const versions = { before: { '1': inputs(6) }, after: { '1': inputs(8) } };
    expect(withSeedsOf(file, ['1.seed'], versions, types)).toEqual(file);
  });
});
