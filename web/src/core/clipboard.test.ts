import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { clipText, copyNodes, pasteClip, readClip } from './clipboard';
import { GraphDoc } from './doc';
import { addNode, connect } from './edit';
import { insertAdapter, replaceNode } from './replace';
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
    const clip = readClip(clipText(copyNodes(doc.graph(), new Set(['2', '3']), new Set())));
    if (clip === null) throw new Error('no clip');
    let pasted: readonly string[] = [];
    doc.edit('paste', '', (tx) => {
      pasted = pasteClip(tx, clip, { x: 1000, y: 0 }).nodes;
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
    const clip = copyNodes(doc.graph(), new Set(['2']), new Set());
    doc.edit('paste', '', (tx) => void pasteClip(tx, clip, { x: 0, y: 0 }, true));
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
