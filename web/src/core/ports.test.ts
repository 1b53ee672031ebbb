import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { connect, deleteNodes, setValue, unlink } from './edit';
import { isObject, type Json, parseJson, stringifyJson } from './json';
import { instanceKeeper, movePort, removePort, renamePort } from './ports';
import { shapeOf } from './slots';
import { INLETS, withDefinitions } from './subgraph';

const TYPES = catalog(
  nodeType('Source', [input('size', 'INT')], ['IMAGE', 'MASK']),
  nodeType(
    'Blur',
    [
      input('image', 'IMAGE'),
      input('radius', 'FLOAT', { has_default: true, default: 1 }),
      input('seed', 'INT', { seed_control: true }),
      input('name', 'STRING'),
    ],
    ['IMAGE'],
  ),
);

const widget = (name: string, type: string, link: number) => ({ name, type, widget: { name }, link });

/** Two instances, one feeding the other; ports image, radius, seed, name in; a and b out. */
function nested(): GraphDoc {
  const instance = (id: number, image: number | null, outputs: object[], values: Json[]) => ({
    ...{ id, type: 'part', pos: [id * 300, 0], size: [200, 100] },
    inputs: [{ name: 'image', type: 'IMAGE', link: image }],
    ...{ outputs, widgets_values: values },
  });
  const text = JSON.stringify({
    ...{ last_node_id: 3, last_link_id: 3, version: 0.4 },
    nodes: [
      { id: 1, type: 'Source', pos: [0, 0], outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }] },
      instance(2, 1, [{ name: 'a', type: 'IMAGE', links: [2] }], [4, 77, 'fixed', 'two']),
      instance(3, 2, [{ name: 'a', type: 'IMAGE', links: [] }], []),
    ],
    links: [
      [1, 1, 0, 2, 0, 'IMAGE'],
      [2, 2, 0, 3, 0, 'IMAGE'],
    ],
    definitions: {
      subgraphs: [
        {
          ...{ id: 'part', name: 'Part', version: 1, state: { lastNodeId: 1, lastLinkId: 9 } },
          inputs: [
            { id: 'a', name: 'image', type: 'IMAGE', linkIds: [1] },
            { id: 'b', name: 'radius', type: 'FLOAT', linkIds: [2] },
            { id: 'c', name: 'seed', type: 'INT', linkIds: [3] },
            { id: 'd', name: 'name', type: 'STRING', linkIds: [4] },
          ],
          outputs: [
            { id: 'e', name: 'a', type: 'IMAGE', linkIds: [5] },
            { id: 'f', name: 'b', type: 'IMAGE', linkIds: [6] },
          ],
          nodes: [
            {
              ...{ id: 1, type: 'Blur', pos: [0, 0], widgets_values: [2, 5, 'fixed', 'inner'] },
              inputs: [
                { name: 'image', type: 'IMAGE', link: 1 },
                ...[widget('radius', 'FLOAT', 2), widget('seed', 'INT', 3), widget('name', 'STRING', 4)],
              ],
              outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [5, 6] }],
            },
          ],
          links: [
            ...[0, 1, 2, 3].map((slot) => ({
              ...{ id: slot + 1, origin_id: -10, origin_slot: slot, target_id: 1, target_slot: slot },
              type: ['IMAGE', 'FLOAT', 'INT', 'STRING'][slot],
            })),
            { id: 5, origin_id: 1, origin_slot: 0, target_id: -20, target_slot: 0, type: 'IMAGE' },
            { id: 6, origin_id: 1, origin_slot: 0, target_id: -20, target_slot: 1, type: 'IMAGE' },
          ],
        },
      ],
    },
  });
  const raw = parseJson(text);
  const doc = new GraphDoc(isObject(raw) ? raw : {});
  doc.setKeeper(instanceKeeper((each) => withDefinitions(each, TYPES)));
  return doc;
}

/** What an instance shows. */
function values(doc: GraphDoc, id: string): Record<string, Json> {
  const known = withDefinitions(doc, TYPES);
  const node = doc.graph().nodes.get(id) ?? {};
  return Object.fromEntries(shapeOf(node, known).widgets.map((each) => [each.name, each.value]));
}

const wires = (doc: GraphDoc, scope = '') =>
  [...doc.graph(scope).links.values()].map(
    (link) => `${link.from}.${link.fromSlot}>${link.to}.${link.toSlot}`,
  );

function backAgain(doc: GraphDoc, before: string): void {
  while (doc.undo() !== null);
  expect(stringifyJson(doc.save())).toBe(before);
}

describe('ports of a subgraph', () => {
  it('get another label, inside and at every instance', () => {
    const doc = nested();
    const before = stringifyJson(doc.save());
    doc.edit('rename', 'part', (tx) => renamePort(tx, 'inputs', 0, 'Picture'));
    doc.edit('rename', 'part', (tx) => renamePort(tx, 'inputs', 1, 'How much'));
    const known = withDefinitions(doc, TYPES);
    const shape = shapeOf(doc.graph().nodes.get('2') ?? {}, known);
    expect(shape.inputs[0]).toMatchObject({ name: 'image', label: 'Picture', link: '1' });
    expect(shape.widgets[0]).toMatchObject({ name: 'radius', label: 'How much', value: 4 });
    doc.edit('rename', 'part', (tx) => renamePort(tx, 'inputs', 0, ''));
    expect(doc.graph().nodes.get('2')?.['inputs']).toEqual([{ name: 'image', type: 'IMAGE', link: 1 }]);
    backAgain(doc, before);
  });

  it('change places with their links and values', () => {
    const doc = nested();
    const before = stringifyJson(doc.save());
    doc.edit('move', 'part', (tx) => movePort(tx, 'inputs', 3, 0));
    expect(values(doc, '2')).toEqual({ name: 'two', radius: 4, seed: 77 });
    expect(values(doc, '3')).toEqual({ name: 'inner', radius: 2, seed: 5 });
    expect(doc.graph().nodes.get('2')?.['widgets_values']).toEqual(['two', 4, 77, 'fixed']);
    expect(wires(doc, 'part').slice(0, 4)).toEqual(['-10.1>1.0', '-10.2>1.1', '-10.3>1.2', '-10.0>1.3']);
    doc.edit('move', 'part', (tx) => movePort(tx, 'outputs', 0, 1));
    expect(wires(doc)).toEqual(['1.0>2.0', '2.1>3.0']);
    expect(doc.graph().nodes.get('2')?.['outputs']).toEqual([
      { name: 'b', type: 'IMAGE', links: [] },
      { name: 'a', type: 'IMAGE', links: [2] },
    ]);
    expect(wires(doc, 'part').slice(4)).toEqual(['1.0>-20.1', '1.0>-20.0']);
    backAgain(doc, before);
  });

  it('go, with their links inside and outside; other values stay whose they are', () => {
    const doc = nested();
    const before = stringifyJson(doc.save());
    doc.edit('remove', 'part', (tx) => removePort(tx, 'inputs', 1));
    expect(values(doc, '2')).toEqual({ seed: 77, name: 'two' });
    doc.edit('remove', 'part', (tx) => removePort(tx, 'inputs', 0));
    expect(wires(doc)).toEqual([]);
    expect(wires(doc, 'part')).toEqual(['-10.0>1.2', '-10.1>1.3', '1.0>-20.0', '1.0>-20.1']);
    expect(doc.graph().nodes.get('2')?.['inputs']).toEqual([]);
    backAgain(doc, before);
  });
});

describe('values of instances', () => {
  it('stay whose they are when a link or a node inside goes, or a widget is shown outside', () => {
    const doc = nested();
    const before = stringifyJson(doc.save());
    doc.edit('cut', 'part', (tx) => unlink(tx, '2'));
    expect(values(doc, '2')).toEqual({ seed: 77, name: 'two' });
    expect(doc.graph().nodes.get('2')?.['widgets_values']).toEqual([77, 'fixed', 'two']);
    doc.edit('link again', 'part', (tx) => {
      connect(tx, { node: INLETS, slot: 1 }, { node: '1', input: 'radius' }, TYPES);
    });
    expect(values(doc, '2')).toEqual({ radius: 2, seed: 77, name: 'two' });
    const type = withDefinitions(doc, TYPES).get('part');
    if (type === undefined) throw new Error('no type');
    doc.edit('set', '', (tx) => setValue(tx, '2', type, 'radius', 8));
    expect(values(doc, '2')).toEqual({ radius: 8, seed: 77, name: 'two' });
    doc.edit('delete', 'part', (tx) => deleteNodes(tx, new Set(['1']), TYPES));
    expect(values(doc, '2')).toEqual({});
    backAgain(doc, before);
  });
});
