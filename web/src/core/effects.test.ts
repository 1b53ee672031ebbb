import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc, type Transaction } from './doc';
import { addGroup, addNode, connect, moveNodes, setValue, toggleFlag, toggleMode } from './edit';
import { type Reach, reachOf } from './effects';
import { MUTED } from './slots';

const SOURCE = nodeType('Source', [input('size', 'INT', { default: 8, has_default: true })], ['IMAGE']);
const SINK = nodeType('Sink', [input('image', 'IMAGE')]);
const types = catalog(SOURCE, SINK);

function reachOfEdit(change: (tx: Transaction) => void): Reach | null {
  const doc = new GraphDoc({ nodes: [], links: [] });
  doc.edit('set up', '', (tx) => {
    addNode(tx, SOURCE, { x: 0, y: 0 });
    addNode(tx, SINK, { x: 300, y: 0 });
  });
  let told: Reach | null = null;
  doc.watch(({ patches }) => {
    told = reachOf(patches);
  });
  doc.edit('change', '', change);
  return told;
}

describe('reachOf', () => {
  it.each<[string, Reach, (tx: Transaction) => void]>([
    ['moving', 'looks', (tx) => moveNodes(tx, new Map([['1', { x: 9, y: 9 }]]))],
    ['colour', 'looks', (tx) => tx.patch('node', '1', { color: '#223' })],
    ['collapsing', 'looks', (tx) => toggleFlag(tx, ['1'], 'collapsed')],
    ['a group', 'looks', (tx) => void addGroup(tx, 'g', { x: 0, y: 0, w: 9, h: 9 })],
    ['a title', 'names', (tx) => tx.patch('node', '1', { title: 'mine' })],
    ['a value', 'run', (tx) => setValue(tx, '1', SOURCE, 'size', 9)],
    ['muting', 'run', (tx) => toggleMode(tx, ['1'], MUTED)],
    ['a link', 'run', (tx) => void connect(tx, { node: '1', slot: 0 }, { node: '2', input: 'image' }, types)],
    ['a node', 'run', (tx) => void addNode(tx, SINK, { x: 0, y: 0 })],
    ['removing', 'run', (tx) => tx.put('node', '2', null)],
  ])('%s is of %s', (_what, wanted, change) => expect(reachOfEdit(change)).toBe(wanted));
});
