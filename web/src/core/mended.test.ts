import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { connect, setValue, unlink } from './edit';
import type { Json } from './json';
import { linksAround, stateOf } from './mended';

const TYPES = catalog(
  nodeType(
    'Sampler',
    [input('latent', 'LATENT'), input('steps', 'INT', { min: 1 }), input('cfg', 'FLOAT')],
    ['LATENT'],
  ),
  nodeType('Empty', [input('width', 'INT')], ['LATENT']),
);

const node = (id: number, type: string, more: { [key: string]: Json } = {}): Json => ({
  ...{ id, type, pos: [0, 0], size: [200, 100], flags: {}, mode: 0, inputs: [], outputs: [] },
  ...more,
});

function graph(): GraphDoc {
  return new GraphDoc({
    nodes: [
      node(1, 'Empty', {
        widgets_values: [512],
        outputs: [{ name: 'LATENT', type: 'LATENT', links: [10] }],
      }),
      node(2, 'Reroute', {
        inputs: [{ name: '', type: '*', link: 10 }],
        outputs: [{ name: '', type: '*', links: [11] }],
      }),
      node(3, 'Sampler', {
        inputs: [{ name: 'latent', type: 'LATENT', link: 11 }],
        widgets_values: [0, 7.5],
      }),
      node(4, 'Empty', { widgets_values: [64], outputs: [{ name: 'LATENT', type: 'LATENT', links: [] }] }),
    ],
    links: [
      [10, 1, 0, 2, 0, 'LATENT'],
      [11, 2, 0, 3, 0, 'LATENT'],
    ],
    version: 0.4,
  });
}

const sampler = TYPES.get('Sampler');
const set = (doc: GraphDoc, name: string, value: Json) =>
  doc.edit('set', '', (tx) => sampler !== undefined && setValue(tx, '3', sampler, name, value));

describe('what an input gets', () => {
  it('is another state once its own value is another one, and only then', () => {
    const doc = graph();
    const before = stateOf(doc, TYPES, '3', 'steps');
    set(doc, 'cfg', 3);
    doc.edit('move', '', (tx) => tx.patch('node', '3', { pos: [50, 50] }));
    expect(stateOf(doc, TYPES, '3', 'steps')).toBe(before);
    set(doc, 'steps', 20);
    expect(stateOf(doc, TYPES, '3', 'steps')).not.toBe(before);
  });

  it('is another state once something else is linked, also behind a reroute', () => {
    const doc = graph();
    const states = new Set([stateOf(doc, TYPES, '3', 'latent')]);
    doc.edit('link', '', (tx) => void connect(tx, { node: '4', slot: 0 }, { node: '2', input: '' }, TYPES));
    states.add(stateOf(doc, TYPES, '3', 'latent'));
    doc.edit('unlink', '', (tx) => unlink(tx, '11'));
    states.add(stateOf(doc, TYPES, '3', 'latent'));
    expect(states.size).toBe(3);
  });

  it('is another state once the node is muted or gone', () => {
    const doc = graph();
    const states = new Set([stateOf(doc, TYPES, '3', 'steps')]);
    doc.edit('mute', '', (tx) => tx.patch('node', '3', { mode: 2 }));
    states.add(stateOf(doc, TYPES, '3', 'steps'));
    doc.edit('remove', '', (tx) => tx.put('node', '3', null));
    states.add(stateOf(doc, TYPES, '3', 'steps'));
    expect(states.size).toBe(3);
  });
});

it('the node as a whole is another one with any of its values; a circle is broken by any link', () => {
  const doc = graph();
  const [whole, around] = [stateOf(doc, TYPES, '3', ''), linksAround(doc, '3')];
  set(doc, 'cfg', 1);
  expect(stateOf(doc, TYPES, '3', '')).not.toBe(whole);
  expect(linksAround(doc, '3')).toBe(around);
  doc.edit('unlink', '', (tx) => unlink(tx, '10'));
  expect(linksAround(doc, '3')).not.toBe(around);
});

it('a value that an instance of a subgraph gives counts for the input inside', () => {
  const inner = {
    ...{ id: 'sub', name: 'Sub', inputNode: { id: -10 }, outputNode: { id: -20 }, outputs: [] },
    inputs: [{ id: 'a', name: 'steps', type: 'INT', linkIds: [1] }],
    nodes: [
      node(5, 'Sampler', { inputs: [{ name: 'steps', type: 'INT', link: 1, widget: { name: 'steps' } }] }),
    ],
    links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: 5, target_slot: 0, type: 'INT' }],
  };
  const doc = new GraphDoc({
    ...{ nodes: [node(12, 'sub', { widgets_values: [0] })], links: [], version: 0.4 },
    definitions: { subgraphs: [inner] },
  });
  const before = stateOf(doc, TYPES, '12:5', 'steps');
  expect(before).not.toBe('gone');
  doc.edit('set', '', (tx) => tx.patch('node', '12', { widgets_values: [20] }));
  expect(stateOf(doc, TYPES, '12:5', 'steps')).not.toBe(before);
});
