import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { clipText, copyNodes, type Pasted, pasteClip, readClip } from './clipboard';
import { GraphDoc } from './doc';
import { addGroup, addNode, connect } from './edit';
import { type JsonObject, stringifyJson } from './json';
import { insertAdapter, replaceNode } from './replace';
import { addReroute, lastReroutes, reroutesOf, wayOf } from './reroutes';
import { adaptersBetween } from './typecheck';

const LOAD = nodeType('Load', [input('name', 'STRING')], ['MODEL', 'VAE']);
const SAMPLE = nodeType(
  'Sample',
  [input('model', 'MODEL'), input('seed', 'INT'), input('latent', 'LATENT')],
  ['LATENT'],
);
const OTHER = nodeType('Other', [input('m', 'MODEL'), input('seed', 'INT')], ['LATENT', 'IMAGE']);
const ENCODE = nodeType('Encode', [input('pixels', 'IMAGE'), input('vae', 'VAE')], ['LATENT']);
const PICTURE = nodeType('Picture', [], ['IMAGE']);
const TYPES = catalog(LOAD, SAMPLE, OTHER, ENCODE, PICTURE);

let made = 0;
const makeId = () => {
  made += 1;
  return `made-${made}`;
};

function graph() {
  const doc = new GraphDoc({ last_node_id: 0, last_link_id: 0, nodes: [], links: [], version: 0.4 });
  doc.edit('build', '', (tx) => {
    addNode(tx, LOAD, { x: 0, y: 0 });
    addNode(tx, SAMPLE, { x: 300, y: 100 });
    addNode(tx, SAMPLE, { x: 600, y: 100 });
    connect(tx, { node: '1', slot: 0 }, { node: '2', input: 'model' }, TYPES);
    connect(tx, { node: '2', slot: 0 }, { node: '3', input: 'latent' }, TYPES);
  });
  return doc;
}

describe('clipboard', () => {
  it('pastes under new ids, with the links between what was copied', () => {
    const doc = graph();
    const clip = readClip(clipText(copyNodes(doc, '', new Set(['2', '3']), new Set())));
    if (clip === null) throw new Error('no clip');
    let pasted: readonly string[] = [];
    doc.edit('paste', '', (tx) => {
      pasted = pasteClip(tx, clip, { x: 1000, y: 0 }, { makeId }).nodes;
    });
    expect(pasted).toEqual(['4', '5']);
    expect(doc.graph().nodes.get('4')?.['pos']).toEqual([1000, 0]);
    expect(doc.graph().nodes.get('5')?.['pos']).toEqual([1300, 0]);
    const links = [...doc.graph().links.values()].map((link) => `${link.from}>${link.to}`);
    expect(links).toEqual(['1>2', '2>3', '4>5']);
    doc.undo();
    expect(doc.graph().nodes.size).toBe(3);
  });

  it('keeps what came in from elsewhere if asked', () => {
    const doc = graph();
    const clip = copyNodes(doc, '', new Set(['2']), new Set());
    doc.edit('paste', '', (tx) => void pasteClip(tx, clip, { x: 0, y: 0 }, { makeId, keepsIncoming: true }));
    const links = [...doc.graph().links.values()].map((link) => `${link.from}>${link.to}`);
    expect(links).toContain('1>4');
    const outputs = doc.graph().nodes.get('1')?.['outputs'];
    expect(outputs).toMatchObject([{ links: [1, 3] }, { links: [] }]);
  });

  it('takes nothing that holds no nodes', () => {
    for (const text of ['', 'hello', '{}', '{"nodes":[]}', '{"nodes":', '[1]'])
      expect(readClip(text)).toBeNull();
  });
});

const blank = (more: JsonObject = {}) =>
  new GraphDoc({ last_node_id: 0, last_link_id: 0, nodes: [], links: [], version: 0.4, ...more });

function pasteInto(doc: GraphDoc, clip: JsonObject, scope = '') {
  let pasted: Pasted | null = null;
  doc.edit('paste', scope, (tx) => {
    pasted = pasteClip(tx, clip, { x: 0, y: 0 }, { makeId });
  });
  return pasted as Pasted | null;
}

/** What a clip says once it has been on the system's clipboard. */
function travelled(doc: GraphDoc, ids: readonly string[], scope = '', groups: readonly string[] = []) {
  const clip = readClip(clipText(copyNodes(doc, scope, new Set(ids), new Set(groups))));
  if (clip === null) throw new Error('no clip');
  return clip;
}

describe('links through points', () => {
  const way = (doc: GraphDoc, link: string) =>
    wayOf(link, lastReroutes(doc.graph()), reroutesOf(doc.graph())).map((point) => point.at);

  it.each([
    ['0.4', blank()],
    [
      '1.0',
      new GraphDoc({
        version: 1,
        state: { lastNodeId: 0, lastLinkId: 0, lastRerouteId: 0 },
        nodes: [],
        links: [],
      }),
    ],
  ])('are pasted with them into a file of %s', (_name, target) => {
    const doc = graph();
    doc.edit('points', '', (tx) => {
      const link = tx.graph.links.get('2');
      if (link === undefined) throw new Error('no link');
      addReroute(tx, link, 0, { x: 400, y: 200 });
      addReroute(tx, link, 1, { x: 500, y: 200 });
    });
    const before = stringifyJson(target.save());
    const pasted = pasteInto(target, travelled(doc, ['2', '3']));
    expect(pasted?.reroutes).toHaveLength(2);
    expect(way(target, '1')).toEqual([
      { x: 100, y: 100 },
      { x: 200, y: 100 },
    ]);
    pasteInto(target, travelled(doc, ['2', '3']));
    expect(reroutesOf(target.graph()).size).toBe(4);
    expect(new Set(lastReroutes(target.graph()).values()).size).toBe(2);
    while (target.undo() !== null);
    expect(stringifyJson(target.save())).toBe(before);
  });

  it('leaves points behind that only links to others run through', () => {
    const doc = graph();
    doc.edit('points', '', (tx) => {
      const link = tx.graph.links.get('1');
      if (link !== undefined) addReroute(tx, link, 0, { x: 100, y: 0 });
    });
    expect(travelled(doc, ['2', '3'])['extra']).toBeUndefined();
  });
});

describe('subgraphs on the clipboard', () => {
  const definition = (id: string, name: string, nodes: JsonObject[], more: JsonObject = {}): JsonObject => ({
    ...{ id, name, version: 1, state: { lastNodeId: 9, lastLinkId: 0 } },
    ...{ inputs: [], outputs: [], nodes, links: [], ...more },
  });
  const inner = definition('inner', 'Inner', [{ id: 1, type: 'Picture' }]);
  const outer = definition('outer', 'Outer', [
    { id: 1, type: 'inner' },
    { id: 2, type: 'Load' },
  ]);
  const source = () =>
    blank({
      nodes: [{ id: 1, type: 'outer', pos: [0, 0] }],
      definitions: { subgraphs: [{ ...outer, definitions: { subgraphs: [inner] } }] },
    });
  const scopes = (doc: GraphDoc) => [...doc.scopes].sort();

  it('bring their definitions, those inside them, too', () => {
    const doc = blank();
    pasteInto(doc, travelled(source(), ['1']));
    expect(scopes(doc)).toEqual(['', 'inner', 'outer']);
    expect(doc.graph().nodes.get('1')?.['type']).toBe('outer');
    doc.undo();
    expect(doc.save()['definitions']).toBeUndefined();
  });

  it('are known again where the same definition is there, whatever its name', () => {
    const doc = source();
    const clip = travelled(doc, ['1']);
    doc.edit('rename', 'outer', (tx) => tx.put('key', 'name', 'Renamed'));
    pasteInto(doc, clip);
    expect(scopes(doc)).toEqual(['', 'inner', 'outer']);
    expect(doc.graph().nodes.size).toBe(2);
  });

  it('get an id and a name of their own where theirs mean something else, once', () => {
    const doc = source();
    const clip = travelled(doc, ['1']);
    doc.edit('change', 'inner', (tx) => tx.patch('node', '1', { mode: 4 }));
    pasteInto(doc, clip);
    const added = scopes(doc).filter((id) => !['', 'inner', 'outer'].includes(id));
    expect(added).toHaveLength(2);
    const names = added.map((id) => doc.graph(id).key('name')).sort();
    expect(names).toEqual(['Inner (2)', 'Outer (2)']);
    const type = String(doc.graph().nodes.get('2')?.['type']);
    expect(added).toContain(type);
    expect(added).toContain(doc.graph(type).nodes.get('1')?.['type']);
    pasteInto(doc, clip);
    expect(doc.graph().nodes.get('3')?.['type']).toBe(type);
    expect(scopes(doc)).toHaveLength(5);
  });

  it('never stand in themselves', () => {
    const doc = source();
    const clip = travelled(doc, ['1']);
    const pasted = pasteInto(doc, clip, 'inner');
    expect(pasted).toMatchObject({ nodes: [], refused: 1 });
    expect(pasteInto(doc, clip, 'outer')).toMatchObject({ refused: 1 });
  });

  it('paste what came in from outside into another node inside', () => {
    const doc = blank({
      definitions: {
        subgraphs: [
          definition(
            's',
            'S',
            [{ id: 1, type: 'Sample', inputs: [{ name: 'model', type: 'MODEL', link: 1 }] }],
            {
              inputs: [{ id: 'p', name: 'model', type: 'MODEL', linkIds: [1] }],
              links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'MODEL' }],
            },
          ),
        ],
      },
    });
    const clip = travelled(doc, ['1'], 's');
    doc.edit('paste', 's', (tx) => void pasteClip(tx, clip, { x: 0, y: 0 }, { makeId, keepsIncoming: true }));
    expect([...doc.graph('s').links.values()].map((link) => `${link.from}>${link.to}`)).toEqual([
      '-10>1',
      '-10>10',
    ]);
    expect(doc.graph('s').key('inputs')).toMatchObject([{ linkIds: [1, 2] }]);
  });
});

describe('group nodes on the clipboard', () => {
  it('bring what they are made of, under another name where theirs means something else', () => {
    const source = (body: JsonObject) =>
      blank({
        nodes: [{ id: 1, type: 'workflow>Mine', pos: [0, 0] }],
        extra: { groupNodes: { Mine: body } },
      });
    const doc = source({ nodes: [], links: [] });
    pasteInto(doc, travelled(source({ nodes: [], links: [] }), ['1']));
    expect(doc.graph().nodes.get('2')?.['type']).toBe('workflow>Mine');
    pasteInto(doc, travelled(source({ nodes: [{ type: 'Load' }], links: [] }), ['1']));
    expect(doc.graph().nodes.get('3')?.['type']).toBe('workflow>Mine (2)');
    expect(Object.keys((doc.graph().key('extra') as { groupNodes: object }).groupNodes)).toEqual([
      'Mine',
      'Mine (2)',
    ]);
  });
});

describe('groups on the clipboard', () => {
  it('move along with what is copied', () => {
    const doc = graph();
    doc.edit('group', '', (tx) => void addGroup(tx, 'Mine', { x: 290, y: 60, w: 600, h: 400 }));
    const target = blank();
    const pasted = pasteInto(target, travelled(doc, ['2', '3'], '', ['1']));
    expect(pasted?.groups).toEqual(['1']);
    const [group] = target.graph().groups.values();
    const [one] = target.graph().nodes.values();
    expect([group?.['title'], group?.['bounding'], one?.['pos']]).toEqual([
      'Mine',
      [0, 0, 620, 450],
      [20, 80],
    ]);
  });
});

describe('replaceNode', () => {
  it('keeps links that fit and values of the same name', () => {
    const doc = graph();
    doc.edit('set', '', (tx) => tx.patch('node', '2', { widgets_values: [77, 'fixed'], color: '#322' }));
    doc.edit('replace', '', (tx) => replaceNode(tx, '2', OTHER, TYPES));
    const node = doc.graph().nodes.get('2');
    expect(node).toMatchObject({ type: 'Other', color: '#322', pos: [300, 100] });
    expect(node?.['widgets_values']).toEqual([77, 'fixed']);
    const links = [...doc.graph().links.values()].map((link) => `${link.from}>${link.to}`).sort();
    expect(links).toEqual(['1>2', '2>3']);
    expect(doc.graph().nodes.size).toBe(3);
  });
});

describe('insertAdapter', () => {
  it('stands between, with what else it needs', () => {
    const doc = graph();
    doc.edit('add', '', (tx) => void addNode(tx, PICTURE, { x: 0, y: 400 }));
    const found = adaptersBetween('IMAGE', 'LATENT', TYPES, (type) => type === 'VAE');
    const adapter = found[0];
    if (adapter === undefined) throw new Error('no adapter');
    expect(found).toHaveLength(1);
    doc.edit(
      'adapt',
      '',
      (tx) => void insertAdapter(tx, adapter, { node: '4', slot: 0 }, { node: '2', input: 'latent' }, TYPES),
    );
    const links = [...doc.graph().links.values()].map((link) => `${link.from}>${link.to}`);
    expect(links).toEqual(expect.arrayContaining(['1>5', '4>5', '5>2']));
  });
});
