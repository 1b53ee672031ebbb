import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import type { JsonObject } from './json';
import { originOf } from './origins';
import {
  makeTeleport,
  renameTeleport,
  setterOf,
  teleportName,
  teleportNames,
  teleportsOf,
} from './teleports';

const types = catalog(nodeType('Load', [], ['MODEL', 'CLIP']), nodeType('Use', []));

const setter = (id: number, name: string, link: number | null, type = 'SetNode'): JsonObject => ({
  ...{ id, type, inputs: [{ name: 'MODEL', type: 'MODEL', link }], outputs: [], widgets_values: [name] },
});
const getter = (id: number, name: string, links: number[], type = 'GetNode'): JsonObject => ({
  ...{ id, type, inputs: [], outputs: [{ name: 'MODEL', type: 'MODEL', links }], widgets_values: [name] },
});
const load: JsonObject = { id: 1, type: 'Load', outputs: [{ name: 'MODEL', type: 'MODEL', links: [1] }] };
const use = (id: number, link: number | null): JsonObject => ({
  ...{ id, type: 'Use', inputs: [{ name: 'model', type: 'MODEL', link }] },
});

describe('links by name', () => {
  it('leads from whoever sets a name to all that get it', () => {
    const doc = new GraphDoc({
      nodes: [
        load,
        setter(2, 'model', 1),
        getter(3, 'model', [2]),
        getter(4, 'model', []),
        getter(5, 'x', []),
      ],
      links: [[1, 1, 0, 2, 0, 'MODEL']],
    });
    const found = teleportsOf(doc.graph(''), types);
    expect(found.map(({ from, to }) => [from, to])).toEqual([
      ['2', '3'],
      ['2', '4'],
    ]);
    expect(found[0]).toMatchObject({ kind: 'name', name: 'model', type: 'MODEL' });
  });

  it('takes the last of several setters, and both packs that have such nodes', () => {
    const doc = new GraphDoc({
      nodes: [setter(1, 'a', null), setter(2, 'a', null, 'easy setNode'), getter(3, 'a', [], 'easy getNode')],
    });
    expect(teleportsOf(doc.graph(''), types).map(({ from }) => from)).toEqual(['2']);
  });

  it('leaves alone nodes that the server has under such a name', () => {
    const real = catalog(nodeType('SetNode', []), nodeType('GetNode', []));
    const doc = new GraphDoc({ nodes: [setter(1, 'a', null), getter(2, 'a', [])] });
    expect(teleportsOf(doc.graph(''), real)).toEqual([]);
  });

  it('finds who sets a name in the graphs around', () => {
    const doc = new GraphDoc({
      nodes: [setter(2, 'model', null), { id: 9, type: 'inner' }],
      definitions: { subgraphs: [{ id: 'inner', nodes: [getter(3, 'model', [])], links: [] }] },
    });
    const record = doc.graph('inner').nodes.get('3') ?? {};
    expect(setterOf(doc, ['', 'inner'], record, types)).toEqual({ scope: '', node: '2' });
    expect(setterOf(doc, [''], getter(3, 'other', []), types)).toBeNull();
    expect(teleportsOf(doc.graph('inner'), types)).toEqual([]);
  });
});

describe('where a link comes from', () => {
  const linkOf = (doc: GraphDoc, scope: string, id: string) => {
    const link = doc.graph(scope).links.get(id);
    if (link === undefined) throw new Error('no such link');
    return link;
  };

  it('goes through reroutes and names', () => {
    const doc = new GraphDoc({
      nodes: [
        load,
        setter(2, 'model', 1),
        getter(3, 'model', [2]),
        { id: 4, type: 'Reroute', inputs: [{ name: '', type: '*', link: 2 }], outputs: [{ links: [3] }] },
        use(5, 3),
      ],
      links: [
        [1, 1, 0, 2, 0, 'MODEL'],
        [2, 3, 0, 4, 0, 'MODEL'],
        [3, 4, 0, 5, 0, 'MODEL'],
      ],
    });
    expect(originOf(doc, [], linkOf(doc, '', '3'), types)).toEqual({ node: '1', slot: 0 });
  });

  it('goes into instances and out of them', () => {
    const definition = {
      ...{ id: 'inner', inputs: [{ name: 'model', type: 'MODEL', linkIds: [1] }] },
      outputs: [{ name: 'out', type: 'MODEL', linkIds: [2] }],
      nodes: [
        {
          id: 7,
          type: 'Use',
          inputs: [{ name: 'model', type: 'MODEL', link: 1 }],
          outputs: [{ links: [2] }],
        },
      ],
      links: [
        { id: 1, origin_id: -10, origin_slot: 0, target_id: 7, target_slot: 0, type: 'MODEL' },
        { id: 2, origin_id: 7, origin_slot: 0, target_id: -20, target_slot: 0, type: 'MODEL' },
      ],
    };
    const instance = {
      id: 12,
      type: 'inner',
      inputs: [{ name: 'model', type: 'MODEL', link: 1 }],
      outputs: [{ links: [2] }],
    };
    const doc = new GraphDoc({
      nodes: [load, instance, use(3, 2)],
      links: [
        [1, 1, 0, 12, 0, 'MODEL'],
        [2, 12, 0, 3, 0, 'MODEL'],
      ],
      definitions: { subgraphs: [definition] },
    });
    expect(originOf(doc, [], linkOf(doc, '', '2'), types)).toEqual({ node: '12:7', slot: 0 });
    const inside = [{ scope: 'inner', node: '12' }];
    expect(originOf(doc, inside, linkOf(doc, 'inner', '1'), types)).toEqual({ node: '1', slot: 0 });
    // Nobody said which instance it is seen in.
    expect(originOf(doc, [{ scope: 'inner', node: '' }], linkOf(doc, 'inner', '1'), types)).toBeNull();
  });

  it('ends where reroutes go in a circle', () => {
    const reroute = (id: number, link: number) => ({ id, type: 'Reroute', inputs: [{ link }], outputs: [] });
    const doc = new GraphDoc({
      nodes: [reroute(1, 2), reroute(2, 1)],
      links: [
        [1, 1, 0, 2, 0, '*'],
        [2, 2, 0, 1, 0, '*'],
      ],
    });
    expect(originOf(doc, [], linkOf(doc, '', '1'), types)).toBeNull();
  });
});

const NODES = catalog(nodeType('Load', [], ['MODEL', 'CLIP']), nodeType('Use', [input('model', 'MODEL')]));

function graph() {
  const use = (id: number, link: number) => ({
    ...{ id, type: 'Use', pos: [600, id * 100], size: [200, 50] },
    inputs: [{ name: 'model', type: 'MODEL', link }],
  });
  return new GraphDoc({
    nodes: [
      {
        ...{ id: 1, type: 'Load', pos: [0, 0], size: [200, 50] },
        outputs: [
          { name: 'MODEL', type: 'MODEL', links: [1, 2] },
          { name: 'CLIP', type: 'CLIP', links: [] },
        ],
      },
      use(2, 1),
      use(3, 2),
    ],
    links: [
      [1, 1, 0, 2, 0, 'MODEL'],
      [2, 1, 0, 3, 0, 'MODEL'],
    ],
    ...{ last_node_id: 3, last_link_id: 2, version: 0.4 },
  });
}

function byName(doc: GraphDoc, link: string, name: string): void {
  doc.edit('by name', '', (tx) => {
    const record = tx.graph.links.get(link);
    if (record !== undefined) makeTeleport(tx, record, name, NODES);
  });
}

const names = (doc: GraphDoc) =>
  [...doc.graph().nodes.values()].map(teleportName).filter((name) => name !== '');

/** Where the value of a node's only input comes from. */
function source(doc: GraphDoc, node: string) {
  const link = [...doc.graph().links.values()].find(({ to }) => to === node);
  return link === undefined ? null : originOf(doc, [], link, NODES);
}

describe('a link by name that is made', () => {
  it('leads where the link led, and is one step', () => {
    const doc = graph();
    const before = doc.save();
    byName(doc, '1', 'base');
    expect(names(doc)).toEqual(['base', 'base']);
    expect(teleportsOf(doc.graph(), NODES)).toMatchObject([{ kind: 'name', name: 'base', type: 'MODEL' }]);
    expect(source(doc, '2')).toEqual({ node: '1', slot: 0 });
    doc.undo();
    expect(doc.save()).toEqual(before);
  });

  it('of the same output is got from the node that sets it already', () => {
    const doc = graph();
    byName(doc, '1', 'base');
    byName(doc, '2', 'another');
    expect(names(doc)).toEqual(['base', 'base', 'base']);
    expect(teleportNames(doc.graph(), NODES)).toEqual([{ name: 'base', type: 'MODEL' }]);
  });

  it('has a name of its own, also where none is given', () => {
    const doc = graph();
    byName(doc, '1', ' ');
    expect(teleportNames(doc.graph(), NODES)).toEqual([{ name: 'MODEL', type: 'MODEL' }]);
  });

  it('is renamed at both ends, titles and all', () => {
    const doc = graph();
    byName(doc, '1', 'base');
    byName(doc, '2', '');
    doc.edit('rename', '', (tx) => void renameTeleport(tx, 'base', 'refined', NODES));
    expect(names(doc)).toEqual(['refined', 'refined', 'refined']);
    const titles = [...doc.graph().nodes.values()].map((node) => node['title']).filter(Boolean);
    expect(titles).toEqual(['Set_refined', 'Get_refined', 'Get_refined']);
    expect(source(doc, '3')).toEqual({ node: '1', slot: 0 });
  });
});
