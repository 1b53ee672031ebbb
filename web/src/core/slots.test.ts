import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { addNode } from './edit';
import { issuesOf } from './issues';
import { shapeOf } from './slots';
import { adaptersBetween, typesFit } from './typecheck';
import { placesOf, valuesOf, withValue } from './values';

const SAMPLER = nodeType(
  'KSampler',
  [
    input('model', 'MODEL'),
    input('seed', 'INT', { seed_control: true }),
    input('steps', 'INT', { has_default: true, default: 20 }),
    input('sampler_name', 'COMBO', { choices: ['euler', 'heun'] }),
    input('denoise', 'FLOAT', { has_default: true, default: 1 }),
  ],
  ['LATENT'],
);

describe('values', () => {
  it('passes over the control of a seed, wherever it is', () => {
    const node = { type: 'KSampler', widgets_values: [5, 'randomize', 30, 'heun', 0.5] };
    expect([...valuesOf(node, SAMPLER)]).toEqual([
      ['seed', 5],
      ['steps', 30],
      ['sampler_name', 'heun'],
      ['denoise', 0.5],
    ]);
    expect([...placesOf(node, SAMPLER).controls]).toEqual([['seed', 1]]);
    expect(valuesOf({ widgets_values: [5, 30, 'heun', 0.5] }, SAMPLER).get('denoise')).toBe(0.5);
  });

  it('loses nothing where a choice is unknown and only a linked widget has a slot', () => {
    const inputs = [{ name: 'steps', type: 'INT', link: 1, widget: { name: 'steps' } }];
    const node = { type: 'KSampler', inputs, widgets_values: [5, 'randomize', 30, 'gone', 0.5] };
    expect([...valuesOf(node, SAMPLER)]).toEqual([
      ['seed', 5],
      ['steps', 30],
      ['sampler_name', 'gone'],
      ['denoise', 0.5],
    ]);
    expect(withValue(node, SAMPLER, 'denoise', 1)).toEqual([5, 'randomize', 30, 'gone', 1]);
  });

  it('writes one value and leaves the others where they are', () => {
    const node = { widgets_values: [18446744073709551615n, 'fixed', 30, 'heun', 0.5, 'tail'] };
    expect(withValue(node, SAMPLER, 'steps', 31)).toEqual([
      18446744073709551615n,
      'fixed',
      31,
      'heun',
      0.5,
      'tail',
    ]);
    expect(withValue(node, SAMPLER, 'seed', 'randomize', 'control')).toEqual([
      18446744073709551615n,
      'randomize',
      30,
      'heun',
      0.5,
      'tail',
    ]);
    expect(withValue({ widgets_values: { steps: 3, other: 1 } }, SAMPLER, 'steps', 4)).toEqual({
      steps: 4,
      other: 1,
    });
    expect(withValue({}, SAMPLER, 'steps', 7)).toEqual([0, 'randomize', 7, 'euler', 1]);
  });
});

describe('shape', () => {
  it('shows slots of the file and what the type has besides', () => {
    const node = {
      type: 'KSampler',
      inputs: [{ name: 'model', type: 'MODEL', link: 3 }],
      outputs: [{ name: 'LATENT', type: 'LATENT' }],
    };
    const shape = shapeOf(node, catalog(SAMPLER));
    expect(shape.inputs.map((slot) => [slot.name, slot.index, slot.link])).toEqual([
      ['model', 0, '3'],
      ['seed', -1, null],
      ['steps', -1, null],
      ['sampler_name', -1, null],
      ['denoise', -1, null],
    ]);
    expect(shape.widgets.map((widget) => widget.value)).toEqual([0, 20, 'euler', 1]);
  });

  it('shows what a file says of a node whose type is unknown', () => {
    const node = {
      type: 'Nobody',
      inputs: [{ name: 'x', type: 0, link: null }],
      outputs: [{ name: 'y', type: ['a'] }],
      widgets_values: [1, null, 'b'],
    };
    const shape = shapeOf(node, catalog());
    expect([shape.inputs[0]?.type, shape.outputs[0]?.type]).toEqual(['*', 'COMBO']);
    expect(shape.widgets.map((widget) => [widget.name, widget.value])).toEqual([
      ['0', 1],
      ['2', 'b'],
    ]);
  });
});

describe('nodes of unknown types', () => {
  const slot = (name: string, link: number | null = null) => ({
    ...{ name, type: 'INT', link, widget: { name } },
  });
  const shown = (node: object) => {
    const { widgets, inputs } = shapeOf({ type: 'Nobody', ...node }, catalog());
    return {
      values: widgets.map((widget) => [widget.name, widget.value]),
      sockets: inputs.filter((each) => !each.isWidget).map((each) => each.name),
    };
  };

  it('name their values by the slots that stand for them, past the control of a seed', () => {
    const inputs = [{ name: 'model', type: 'MODEL', link: 1 }, slot('seed'), slot('steps', 2), slot('name')];
    expect(shown({ inputs, widgets_values: [5, 'fixed', 20, 'fixed'] })).toEqual({
      values: [
        ['seed', 5],
        ['1', 'fixed'],
        ['steps', 20],
        ['name', 'fixed'],
      ],
      sockets: ['model'],
    });
  });

  it('guess no names where only some values have a slot, and show what is linked as sockets', () => {
    expect(shown({ inputs: [slot('seed'), slot('steps', 2)], widgets_values: [1, 2, 3] })).toEqual({
      values: [
        ['0', 1],
        ['1', 2],
        ['2', 3],
      ],
      sockets: ['steps'],
    });
  });

  it('keep what is linked in sight, also where their type no longer has the widget', () => {
    const node = { type: 'KSampler', inputs: [slot('gone', 3), slot('lost')] };
    const inputs = shapeOf(node, catalog(SAMPLER)).inputs.map((each) => [each.name, each.isWidget]);
    expect(inputs.slice(0, 2)).toEqual([
      ['gone', false],
      ['model', false],
    ]);
    expect(inputs).toContainEqual(['lost', true]);
  });
});

describe('types', () => {
  it.each([
    ['IMAGE', 'IMAGE', true],
    ['image', 'IMAGE', true],
    ['IMAGE', 'MASK', false],
    ['*', 'MASK', true],
    ['IMAGE', 'MASK,IMAGE', true],
    ['INT', 'FLOAT', true],
    ['FLOAT', 'INT', false],
    ['COMBO', 'STRING', true],
  ])('%s into %s: %s', (given, wanted, fits) => {
    expect(typesFit(given, wanted)).toBe(fits);
  });

  it('finds what stands between two types', () => {
    const encode = nodeType('VAEEncode', [input('pixels', 'IMAGE'), input('vae', 'VAE')], ['LATENT']);
    const types = catalog(encode, SAMPLER);
    expect(
      adaptersBetween('IMAGE', 'LATENT', types, () => true).map((each) => [each.type.type, each.input]),
    ).toEqual([['VAEEncode', 'pixels']]);
    expect(adaptersBetween('IMAGE', 'LATENT', types, (type) => type !== 'VAE')).toEqual([]);
  });
});

describe('inputs that are no slots', () => {
  it('have none, but what the file links stays', () => {
    const type = nodeType('Plain', [
      input('only', 'INT', { options: { socketless: true } }),
      input('both', 'INT'),
    ]);
    const names = (node: object) =>
      shapeOf({ type: 'Plain', ...node }, catalog(type)).inputs.map((slot) => slot.name);
    expect(names({})).toEqual(['both']);
    expect(names({ inputs: [{ name: 'only', type: 'INT', link: 3, widget: { name: 'only' } }] })).toEqual([
      'only',
      'both',
    ]);
  });
});

describe('a file that nobody has chosen', () => {
  const LOADER = nodeType('Loader', [
    input('ckpt_name', 'COMBO', { choices: ['a', 'b'], choices_from: 'checkpoints' }),
    input('strength', 'FLOAT', { has_default: true, default: 1 }),
    input('lora', 'COMBO', { choices: ['x'], choices_from: 'loras', required: false }),
  ]);
  const types = catalog(LOADER);

  it('is neither shown nor written: what is seen is what runs', () => {
    const node = { type: 'Loader', widgets_values: [] };
    expect(shapeOf(node, types).widgets.map(({ value }) => value)).toEqual(['', 1, '']);
    expect(withValue(node, LOADER, 'strength', 0.5)).toEqual([null, 0.5, null]);
  });

  it('is a problem where one is needed', () => {
    const doc = new GraphDoc({ nodes: [{ id: 1, type: 'Loader', widgets_values: [] }], links: [] });
    expect(issuesOf(doc, types).map(({ code, input: name }) => [code, name])).toEqual([
      ['not_chosen', 'ckpt_name'],
    ]);
  });

  it('is the first of the list in a new node, which holds what it shows', () => {
    const doc = new GraphDoc({ nodes: [], links: [] });
    doc.edit('add', '', (tx) => addNode(tx, LOADER, { x: 0, y: 0 }));
    const [node] = doc.graph('').nodes.values();
    expect(node?.['widgets_values']).toEqual(['a', 1, 'x']);
  });
});
