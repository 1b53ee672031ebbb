import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { sharedFiles } from '../../test/corpora';
import { alignBoxes, distributeBoxes, snapBoxes } from './align';
import { GraphDoc } from './doc';
import { connect, deleteNodes, refusalOf, unlink } from './edit';
import { findNodes } from './find';
import { overlaps } from './geometry';
import { insertOnLink } from './insert';
import { issuesOf, similar } from './issues';
import { isObject, type JsonObject, parseJson, stringifyJson } from './json';
import { layered } from './layout';
import { nearestBox } from './nearest';
import {
  addReroute,
  lastReroutes,
  linksThrough,
  moveReroutes,
  removeReroute,
  reroutesOf,
  wayOf,
} from './reroutes';
import { executionOrder, reachable } from './select';
import { shapeOf } from './slots';
import { INLETS, OUTLETS, shapeIn, withDefinitions } from './subgraph';
import type { Box } from './types';
import { valuesOf, withValue } from './values';

const shared = sharedFiles('ui');

const types = catalog(
  nodeType('Source', [input('size', 'INT', { min: 1, max: 64, has_default: true, default: 8 })], ['IMAGE']),
  nodeType(
    'Blur',
    [input('image', 'IMAGE'), input('radius', 'FLOAT', { has_default: true, default: 1 })],
    ['IMAGE'],
  ),
  nodeType('Save', [input('image', 'IMAGE'), input('name', 'COMBO', { choices: ['a.png', 'sub/b.png'] })]),
);

function open(raw: object): GraphDoc {
  return new GraphDoc(parseJson(JSON.stringify(raw)) as JsonObject);
}

const row = (id: number, type: string, inputs: object[] = [], outputs: object[] = [], more: object = {}) => ({
  ...{ id, type, pos: [id * 300, 0], size: [200, 80], mode: 0, flags: {}, inputs, outputs },
  ...more,
});

function chain(more: object = {}): GraphDoc {
  return open({
    last_node_id: 3,
    last_link_id: 2,
    nodes: [
      row(1, 'Source', [], [{ name: 'IMAGE', type: 'IMAGE', links: [1] }], { widgets_values: [8] }),
      row(
        2,
        'Blur',
        [{ name: 'image', type: 'IMAGE', link: 1 }],
        [{ name: 'IMAGE', type: 'IMAGE', links: [2] }],
        { widgets_values: [1] },
      ),
      row(3, 'Save', [{ name: 'image', type: 'IMAGE', link: 2 }], [], { widgets_values: ['a.png'] }),
    ],
    links: [
      [1, 1, 0, 2, 0, 'IMAGE'],
      [2, 2, 0, 3, 0, 'IMAGE'],
    ],
    groups: [],
    extra: {},
    version: 0.4,
    ...more,
  });
}

const wires = (doc: GraphDoc, scope = '') =>
  [...doc.graph(scope).links.values()].map((link) => `${link.from}>${link.to}`);

describe('layered layout', { timeout: 30_000 }, () => {
  it('overlaps nothing and leads to the right, for every shared file', () => {
    for (const { name, text } of shared.slice(0, 60)) {
      const raw = parseJson(text);
      const graph = new GraphDoc(isObject(raw) ? raw : {}).graph('');
      const boxes = new Map(
        [...graph.nodes.keys()].map((id, index) => [
          id,
          { w: 200 + (index % 5) * 60, h: 60 + (index % 7) * 50 },
        ]),
      );
      const edges = [...graph.links.values()].map((link) => [link.from, link.to] as const);
      const places = layered(boxes, edges);
      const all: Box[] = [...places].map(([id, at]) => ({ ...at, ...(boxes.get(id) ?? { w: 0, h: 0 }) }));
      expect(all.length, name).toBe(boxes.size);
      for (const [index, one] of all.entries())
        for (const other of all.slice(index + 1)) expect(overlaps(one, other), name).toBe(false);
    }
  });

  it('puts what follows to the right, and copes with circles', () => {
    const boxes = new Map(['a', 'b', 'c', 'd'].map((id) => [id, { w: 100, h: 50 }]));
    const places = layered(boxes, [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ]);
    const x = (id: string) => places.get(id)?.x ?? 0;
    expect(x('a')).toBeLessThan(x('b'));
    expect(x('b')).toBeLessThan(x('c'));
    const circle = layered(boxes, [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'b'],
    ]);
    expect(circle.size).toBe(4);
  });
});

describe('boxes in line', () => {
  const boxes = new Map([
    ['a', { x: 3, y: 0, w: 10, h: 10 }],
    ['b', { x: 40, y: 5, w: 20, h: 20 }],
    ['c', { x: 107, y: 9, w: 10, h: 10 }],
  ]);
  it('aligns, spreads and snaps', () => {
    expect([...alignBoxes(boxes, 'right').values()].map(({ x }) => x)).toEqual([107, 97, 107]);
    expect([...alignBoxes(boxes, 'middle').values()].map(({ y }) => y)).toEqual([7.5, 2.5, 7.5]);
    expect([...distributeBoxes(boxes, 'x').values()].map(({ x }) => x)).toEqual([3, 50, 107]);
    expect(snapBoxes(boxes, 10).get('c')).toEqual({ x: 110, y: 10 });
  });
  it('finds the nearest box ahead', () => {
    const from = { x: 0, y: 0, w: 10, h: 10 };
    expect(nearestBox(from, boxes, 'right')).toBe('a');
    expect(nearestBox({ x: 60, y: 0, w: 10, h: 10 }, boxes, 'left')).toBe('b');
    expect(nearestBox(from, boxes, 'left')).toBeNull();
  });
});

describe('what belongs together', { timeout: 30_000 }, () => {
  it('goes up, down, and both ways; orders by execution', () => {
    const graph = chain().graph('');
    expect([...reachable(graph, ['2'], 'upstream')].sort()).toEqual(['1', '2']);
    expect([...reachable(graph, ['2'], 'downstream')].sort()).toEqual(['2', '3']);
    expect([...reachable(graph, ['3'], 'connected')].sort()).toEqual(['1', '2', '3']);
    const reversed = chain({ nodes: [...(chain().save()['nodes'] as JsonObject[])].reverse() });
    expect(executionOrder(reversed.graph(''))).toEqual(['1', '2', '3']);
  });
  it('has every node once, also where links go in circles', () => {
    for (const { text, name } of shared.slice(0, 40)) {
      const raw = parseJson(text);
      const graph = new GraphDoc(isObject(raw) ? raw : {}).graph('');
      expect(executionOrder(graph).sort(), name).toEqual([...graph.nodes.keys()].sort());
    }
  });
});

describe('find', () => {
  it('finds by id, title, type and value', () => {
    const doc = chain();
    expect(findNodes(doc, types, '#2').map((hit) => hit.node)).toEqual(['2']);
    expect(findNodes(doc, types, 'blur').map((hit) => hit.node)).toEqual(['2']);
    const [hit] = findNodes(doc, types, 'a.png');
    expect([hit?.node, hit?.value?.text]).toEqual(['3', 'a.png']);
    expect(findNodes(doc, types, '  ')).toEqual([]);
  });
});

describe('issues', () => {
  it('has none for what is whole, and names what is wrong', () => {
    expect(issuesOf(chain(), types)).toEqual([]);
    const doc = chain();
    doc.edit('break', '', (tx) => {
      unlink(tx, '1');
      tx.patch('node', '1', { widgets_values: [99] });
      tx.patch('node', '3', { widgets_values: ['b.png'] });
      tx.put('node', '9', row(9, 'Nobody') as unknown as JsonObject);
    });
    const found = issuesOf(doc, types).map((issue) => `${issue.node} ${issue.code} ${issue.input}`);
    expect(found).toEqual([
      '1 too_large size',
      '2 missing_link image',
      '3 not_in_list name',
      '9 missing_type ',
    ]);
    expect(issuesOf(doc, types)[2]?.suggestions).toEqual(['sub/b.png']);
    doc.edit('mute', '', (tx) => tx.patch('node', '9', { mode: 2 }));
    expect(issuesOf(doc, types).length).toBe(3);
  });
  it('suggests what looks alike', () => {
    expect(similar('sd15.safetensors', ['sd/sd15.safetensors', 'flux.gguf'])).toEqual([
      'sd/sd15.safetensors',
    ]);
    expect(similar('x', ['flux.gguf'])).toEqual([]);
  });
});

describe('nodes in links', () => {
  it('puts a node into a link, and takes one out with the link left whole', () => {
    const doc = chain();
    const before = stringifyJson(doc.save());
    doc.edit('insert', '', (tx) => {
      tx.put(
        'node',
        '4',
        row(
          4,
          'Blur',
          [{ name: 'image', type: 'IMAGE', link: null }],
          [{ name: 'IMAGE', type: 'IMAGE', links: [] }],
        ) as unknown as JsonObject,
      );
      expect(insertOnLink(tx, '4', '2', types)).toBe(true);
      expect(insertOnLink(tx, '1', '1', types)).toBe(false);
    });
    expect(wires(doc).sort()).toEqual(['1>2', '2>4', '4>3']);
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set(['4']), types, true));
    expect(wires(doc).sort()).toEqual(['1>2', '2>3']);
    doc.undo();
    doc.undo();
    expect(stringifyJson(doc.save())).toBe(before);
  });
});

describe.each([
  [
    '0.4',
    { extra: { reroutes: [{ id: 5, pos: [1, 2], linkIds: [1] }], linkExtensions: [{ id: 1, parentId: 5 }] } },
  ],
  [
    '1.0',
    {
      version: 1,
      state: { lastNodeId: 3, lastLinkId: 2, lastRerouteId: 5 },
      links: [
        { id: 1, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: 'IMAGE', parentId: 5 },
        { id: 2, origin_id: 2, origin_slot: 0, target_id: 3, target_slot: 0, type: 'IMAGE' },
      ],
      reroutes: [{ id: 5, pos: [1, 2], linkIds: [1] }],
    },
  ],
])('reroutes of %s', (_name, more) => {
  const way = (doc: GraphDoc) =>
    wayOf('1', lastReroutes(doc.graph('')), reroutesOf(doc.graph(''))).map((point) => point.id);

  it('reads, adds, moves and removes them where the file keeps them', () => {
    const doc = chain(more);
    const before = stringifyJson(doc.save());
    expect(way(doc)).toEqual(['5']);
    const link = doc.graph('').links.get('1');
    if (link === undefined) throw new Error('no link');
    doc.edit('before', '', (tx) => void addReroute(tx, link, 0, { x: 9, y: 9 }));
    doc.edit('after', '', (tx) => void addReroute(tx, tx.graph.links.get('1') ?? link, 2, { x: 7, y: 7 }));
    expect(way(doc)).toEqual(['6', '5', '7']);
    expect(linksThrough(doc.graph(''), '6')).toEqual(['1']);
    doc.edit('move', '', (tx) => moveReroutes(tx, new Map([['5', { x: 50, y: 60 }]])));
    expect(reroutesOf(doc.graph('')).get('5')?.at).toEqual({ x: 50, y: 60 });
    doc.edit('remove', '', (tx) => removeReroute(tx, '5'));
    expect(way(doc)).toEqual(['6', '7']);
    while (doc.undo() !== null);
    expect(stringifyJson(doc.save())).toBe(before);
  });

  it('forgets points that no link runs through', () => {
    const doc = chain(more);
    doc.edit('cut', '', (tx) => unlink(tx, '1'));
    expect(reroutesOf(doc.graph('')).size).toBe(0);
    expect(lastReroutes(doc.graph('')).size).toBe(0);
  });
});

describe('subgraphs', { timeout: 30_000 }, () => {
  const id = '11111111-2222-3333-4444-555555555555';
  const definition = {
    ...{ id, name: 'Soften', version: 1, state: { lastNodeId: 2, lastLinkId: 3 } },
    inputNode: { id: -10, bounding: [-200, 0, 120, 60] },
    outputNode: { id: -20, bounding: [600, 0, 120, 60] },
    inputs: [
      { id: 'i1', name: 'image', type: 'IMAGE', linkIds: [1] },
      { id: 'i2', name: 'radius', type: 'FLOAT', linkIds: [3] },
    ],
    outputs: [{ id: 'o1', name: 'IMAGE', type: 'IMAGE', linkIds: [2] }],
    nodes: [
      row(
        1,
        'Blur',
        [
          { name: 'image', type: 'IMAGE', link: 1 },
          { name: 'radius', type: 'FLOAT', widget: { name: 'radius' }, link: 3 },
        ],
        [{ name: 'IMAGE', type: 'IMAGE', links: [2] }],
        { widgets_values: [2.5] },
      ),
    ],
    links: [
      { id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'IMAGE' },
      { id: 2, origin_id: 1, origin_slot: 0, target_id: -20, target_slot: 0, type: 'IMAGE' },
      { id: 3, origin_id: -10, origin_slot: 1, target_id: 1, target_slot: 1, type: 'FLOAT' },
    ],
  };
  const instance = (more: object) => ({
    nodes: [
      row(
        7,
        id,
        [{ name: 'image', type: 'IMAGE', link: null }],
        [{ name: 'IMAGE', type: 'IMAGE', links: [] }],
        more,
      ),
    ],
    links: [],
    definitions: { subgraphs: [definition] },
  });

  it('shows what an instance promotes, by its inputs or by proxyWidgets', () => {
    const doc = chain(instance({ widgets_values: [4] }));
    const known = withDefinitions(doc, types);
    const node = doc.graph('').nodes.get('7') ?? {};
    expect(shapeOf(node, known).widgets.map(({ name, value }) => [name, value])).toEqual([['radius', 4]]);
    const old = chain(
      instance({
        properties: {
          proxyWidgets: [
            ['-1', 'radius'],
            ['1', 'radius'],
          ],
        },
        widgets_values: [],
      }),
    );
    const held = old.graph('').nodes.get('7') ?? {};
    const oldTypes = withDefinitions(old, types);
    expect(shapeOf(held, oldTypes).widgets.map(({ name, value }) => [name, value])).toEqual([
      ['radius', 2.5],
      ['1:radius', 2.5],
    ]);
    const type = oldTypes.get(id);
    if (type === undefined) throw new Error('no type');
    expect(withValue(held, type, '1:radius', 9)).toEqual([null, 9]);
    expect(valuesOf({ ...held, widgets_values: [3, 9] }, type)).toEqual(
      new Map([
        ['radius', 3],
        ['1:radius', 9],
      ]),
    );
  });

  it('links what is inside to the outside, and back', () => {
    const doc = chain(instance({}));
    const before = stringifyJson(doc.save());
    doc.edit('cut', id, (tx) => unlink(tx, '2'));
    expect(wires(doc, id)).toEqual(['-10>1', '-10>1']);
    doc.edit(
      'link',
      id,
      (tx) => void connect(tx, { node: '1', slot: 0 }, { node: OUTLETS, input: 'IMAGE' }, types),
    );
    expect(wires(doc, id)).toContain(`1>${OUTLETS}`);
    doc.edit('new port', id, (tx) => {
      tx.put(
        'node',
        '2',
        row(2, 'Save', [{ name: 'image', type: 'IMAGE', link: null }]) as unknown as JsonObject,
      );
      expect(refusalOf(tx, { node: INLETS, slot: 2 }, { node: '2', input: 'image' }, types)).toBeNull();
      connect(tx, { node: INLETS, slot: 2 }, { node: '2', input: 'image' }, types);
    });
    expect(shapeIn(doc.graph(id), INLETS, types)?.outputs.map((slot) => slot.name)).toEqual([
      'image',
      'radius',
      'image_1',
      '',
    ]);
    while (doc.undo() !== null);
    expect(stringifyJson(doc.save())).toBe(before);
  });

  it('makes a type of every definition that people shared', () => {
    for (const { name, text } of shared) {
      const raw = parseJson(text);
      const doc = new GraphDoc(isObject(raw) ? raw : {});
      const known = withDefinitions(doc, types);
      for (const scope of doc.scopes) if (scope !== '') expect(known.has(scope), name).toBe(true);
      for (const node of doc.graph('').nodes.values()) shapeOf(node, known);
    }
  });
});
