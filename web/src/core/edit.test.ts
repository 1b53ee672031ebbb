import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { addGroup, addNode, connect, deleteNodes, setValue, toggleMode, unlink } from './edit';
import { asArray, asObject, type JsonObject, parseJson, stringifyJson } from './json';
import { BYPASSED, shapeOf } from './slots';

const LOAD = nodeType('Load', [input('name', 'STRING')], ['IMAGE', 'MASK']);
const SCALE = nodeType(
  'Scale',
  [input('image', 'IMAGE'), input('by', 'FLOAT', { has_default: true, default: 2 })],
  ['IMAGE'],
);
const SAVE = nodeType('Save', [input('images', 'IMAGE'), input('mask', 'MASK', { required: false })]);
const FLOAT = nodeType('Float', [input('value', 'FLOAT')], ['FLOAT']);
const TYPES = catalog(LOAD, SCALE, SAVE, FLOAT);

function chain(): GraphDoc {
  const doc = new GraphDoc({
    last_node_id: 10,
    last_link_id: 20,
    nodes: [],
    links: [],
    groups: [],
    version: 0.4,
  });
  doc.edit('build', '', (tx) => {
    const [load, scale, save] = [LOAD, SCALE, SAVE].map((type, index) =>
      addNode(tx, type, { x: index * 300, y: 0 }),
    );
    if (load === undefined || scale === undefined || save === undefined) throw new Error('no ids');
    connect(tx, { node: load, slot: 0 }, { node: scale, input: 'image' }, TYPES);
    connect(tx, { node: scale, slot: 0 }, { node: save, input: 'images' }, TYPES);
  });
  return doc;
}

function firstSlot(doc: GraphDoc, id: string, side: 'inputs' | 'outputs'): JsonObject {
  const rows = doc.graph().nodes.get(id)?.[side] as JsonObject[];
  return rows[0] ?? {};
}

describe('edits', () => {
  it('adds nodes and links as files have them', () => {
    const doc = chain();
    const saved = doc.save() as unknown as {
      nodes: JsonObject[];
      links: unknown[];
      last_node_id: number;
      last_link_id: number;
    };
    expect(saved.links).toEqual([
      [21, 11, 0, 12, 0, 'IMAGE'],
      [22, 12, 0, 13, 0, 'IMAGE'],
    ]);
    expect([saved.last_node_id, saved.last_link_id]).toEqual([13, 22]);
    expect(saved.nodes[1]?.['inputs']).toEqual([{ name: 'image', type: 'IMAGE', link: 21 }]);
    expect(saved.nodes[1]?.['outputs']).toEqual([{ name: 'IMAGE', type: 'IMAGE', links: [22] }]);
    expect(saved.nodes[1]?.['widgets_values']).toEqual([2]);
  });

  it('says why a link is refused', () => {
    const doc = chain();
    doc.edit('try', '', (tx) => {
      expect(connect(tx, { node: '11', slot: 1 }, { node: '12', input: 'image' }, TYPES)).toMatchObject({
        code: 'type',
        given: 'MASK',
        wanted: 'IMAGE',
      });
      expect(connect(tx, { node: '12', slot: 0 }, { node: '12', input: 'image' }, TYPES)).toMatchObject({
        code: 'self',
      });
      const second = addNode(tx, SCALE, { x: 0, y: 0 });
      connect(tx, { node: '12', slot: 0 }, { node: second, input: 'image' }, TYPES);
      expect(connect(tx, { node: second, slot: 0 }, { node: '12', input: 'image' }, TYPES)).toMatchObject({
        code: 'cycle',
        path: ['12', second],
      });
      expect(connect(tx, { node: '99', slot: 0 }, { node: '12', input: 'image' }, TYPES)).toMatchObject({
        code: 'gone',
      });
    });
  });

  it('gives a widget an input slot when something is linked to it, and takes one link at a time', () => {
    const doc = chain();
    doc.edit('link', '', (tx) => {
      const float = addNode(tx, FLOAT, { x: 0, y: 0 });
      connect(tx, { node: float, slot: 0 }, { node: '12', input: 'by' }, TYPES);
      connect(tx, { node: float, slot: 0 }, { node: '12', input: 'by' }, TYPES);
    });
    const node = doc.graph().nodes.get('12') ?? {};
    const slot = shapeOf(node, TYPES).inputs.find((each) => each.name === 'by');
    expect(slot).toMatchObject({ index: 1, isWidget: true, link: '24' });
    expect([...doc.graph().links.keys()]).toEqual(['21', '22', '24']);
    expect(firstSlot(doc, '14', 'outputs')['links']).toEqual([24]);
  });

  it('unlinks from both ends and deletes with or without handing on', () => {
    const doc = chain();
    const before = stringifyJson(doc.save());
    doc.edit('unlink', '', (tx) => unlink(tx, '21'));
    expect(firstSlot(doc, '12', 'inputs')['link']).toBe(null);
    doc.undo();
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set(['12']), TYPES, true));
    expect([...doc.graph().links.values()].map((link) => [link.from, link.to])).toEqual([['11', '13']]);
    doc.undo();
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set(['12']), TYPES));
    expect(doc.graph().links.size).toBe(0);
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(before);
  });

  it('sets values, modes and groups', () => {
    const doc = chain();
    doc.edit('set', '', (tx) => {
      setValue(tx, '12', SCALE, 'by', 3.5);
      toggleMode(tx, ['11', '12'], BYPASSED);
      addGroup(tx, 'Mine', { x: 0, y: 0, w: 100, h: 50 });
    });
    const saved = doc.save() as unknown as { nodes: JsonObject[]; groups: JsonObject[] };
    expect(saved.nodes[1]?.['widgets_values']).toEqual([3.5]);
    expect(saved.nodes.map((node) => node['mode'])).toEqual([4, 4, 0]);
    expect(saved.groups[0]).toMatchObject({ id: 1, bounding: [-10, -40, 120, 100] });
  });

  it('writes links of the 1.0 format as objects', () => {
    const doc = new GraphDoc(
      parseJson('{"version":1,"state":{"lastNodeId":3,"lastLinkId":4},"nodes":[],"links":[]}') as JsonObject,
    );
    doc.edit('build', '', (tx) => {
      const [load, save] = [addNode(tx, LOAD, { x: 0, y: 0 }), addNode(tx, SAVE, { x: 0, y: 0 })];
      connect(tx, { node: load, slot: 1 }, { node: save, input: 'mask' }, TYPES);
    });
    expect(stringifyJson(doc.save())).toContain('"state":{"lastNodeId":5,"lastLinkId":5}');
    expect((doc.save() as unknown as { links: unknown[] }).links).toEqual([
      { id: 5, origin_id: 4, origin_slot: 1, target_id: 5, target_slot: 1, type: 'MASK' },
    ]);
  });
});

describe('taking away', () => {
  const row = (id: number, inputs: (number | null)[], outputs: number[][], type = 'T') => ({
    ...{ id, type, pos: [0, 0] },
    inputs: inputs.map((link, place) => ({ name: `in${place}`, type: 'IMAGE', link })),
    outputs: outputs.map((links) => ({ name: 'IMAGE', type: 'IMAGE', links })),
  });
  const chain = () =>
    new GraphDoc({
      nodes: [row(1, [], [[1, 4]]), row(2, [1], [[2]]), row(3, [2], [[3]]), row(4, [3, 4], [])],
      links: [
        [1, 1, 0, 2, 0, 'IMAGE'],
        [2, 2, 0, 3, 0, 'IMAGE'],
        [3, 3, 0, 4, 0, 'IMAGE'],
        [4, 1, 0, 4, 1, 'IMAGE'],
      ],
    });
  const ways = (doc: GraphDoc) =>
    [...doc.graph('').links.values()].map((link) => `${link.from}>${link.to}.${link.toSlot}`);

  it('links what is left, through several nodes that go at once', () => {
    const doc = chain();
    const before = structuredClone(doc.save());
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set(['2', '3']), new Map(), true));
    expect(ways(doc).toSorted()).toEqual(['1>4.0', '1>4.1']);
    const given = asObject(asArray(doc.graph('').nodes.get('1')?.['outputs'])?.[0]);
    expect(asArray(given?.['links'])?.length).toBe(2);
    doc.undo();
    expect(doc.save()).toEqual(before);
  });

  it('keeps both ends in step where many links of one output go, and comes back whole', () => {
    const count = 300;
    const ids = Array.from({ length: count }, (_, index) => index + 1);
    const doc = new GraphDoc({
      nodes: [row(1000, [], [ids]), ...ids.map((id) => row(id, [id], []))],
      links: ids.map((id) => [id, 1000, 0, id, 0, 'IMAGE']),
    });
    const before = structuredClone(doc.save());
    doc.edit('some', '', (tx) => deleteNodes(tx, new Set(ids.slice(0, 100).map(String)), new Map()));
    const given = asObject(asArray(doc.graph('').nodes.get('1000')?.['outputs'])?.[0]);
    expect(given?.['links']).toEqual(ids.slice(100));
    // One change of the output, however many of its links went.
    expect(doc.steps.at(-1)?.patches.filter((patch) => patch.id === '1000').length).toBe(1);
    doc.edit('all', '', (tx) => deleteNodes(tx, new Set(['1000']), new Map()));
    expect(doc.graph('').links.size).toBe(0);
    expect(asObject(asArray(doc.graph('').nodes.get('200')?.['inputs'])?.[0])?.['link']).toBeNull();
    doc.undo();
    doc.undo();
    expect(doc.save()).toEqual(before);
    doc.redo();
    expect(doc.graph('').links.size).toBe(200);
  });
});
