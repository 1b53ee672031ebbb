import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../test/builders';
import { GraphDoc } from './doc';
import { deleteNodes } from './edit';
import { handedIn, isVirtual } from './everywhere';
import { issuesOf } from './issues';
import type { JsonObject } from './json';
import { plannedNodes } from './progress';
import { BYPASSED, MUTED } from './slots';
import { teleportsOf } from './teleports';

const types = catalog(nodeType('Load', [], ['MODEL', 'CLIP']), nodeType('Use', []));

const load: JsonObject = { id: 1, type: 'Load', outputs: [{ name: 'MODEL', type: 'MODEL', links: [1] }] };
const use = (id: number, link: number | null): JsonObject => ({
  ...{ id, type: 'Use', inputs: [{ name: 'model', type: 'MODEL', link }] },
});

describe('use everywhere', () => {
  const row = {
    downstream: 2,
    downstream_slot: 0,
    upstream: 1,
    upstream_slot: 0,
    controller: 7,
    type: 'MODEL',
  };

  it('leads to inputs that have no link of their own', () => {
    const doc = new GraphDoc({ nodes: [load, use(2, null)], extra: { ue_links: [row] } });
    expect(teleportsOf(doc.graph(''), types)).toEqual([
      { kind: 'everywhere', name: '', type: 'MODEL', from: '1', fromSlot: 0, to: '2', toSlot: 0, by: null },
    ]);
    const handed = {
      nodes: [load, use(2, null), { id: 7, type: 'Anything Everywhere' }],
      extra: { ue_links: [row] },
    };
    expect(teleportsOf(new GraphDoc(handed).graph(''), types)[0]?.by).toBe('7');
    const links = [[5, 1, 0, 2, 0, 'MODEL']];
    const linked = new GraphDoc({ nodes: [load, use(2, 5)], links, extra: { ue_links: [row] } });
    expect(teleportsOf(linked.graph(''), types)).toEqual([]);
  });

  it.each([
    ['that no link has', []],
    ['of a link to another node', [[5, 1, 0, 3, 0, 'MODEL']]],
  ])('leads to inputs that hold an id %s', (_, links) => {
    const doc = new GraphDoc({ nodes: [load, use(2, 5)], links, extra: { ue_links: [row] } });
    expect(teleportsOf(doc.graph(''), types)).toMatchObject([{ from: '1', to: '2', toSlot: 0 }]);
    expect([...handedIn(doc.graph(''))]).toEqual([['2/0', '1']]);
  });

  it.each([MUTED, BYPASSED])('ends where who hands it out has mode %s', (mode) => {
    const off = { id: 7, type: 'Anything Everywhere', mode };
    const doc = new GraphDoc({ nodes: [load, use(2, null), off], extra: { ue_links: [row] } });
    expect(teleportsOf(doc.graph(''), types)).toEqual([]);
    // What a node hands out of its own goes the way of links from nodes that are off: the server decides.
    const own = { ...row, controller: 1 };
    const alone = new GraphDoc({ nodes: [{ ...load, mode }, use(2, null)], extra: { ue_links: [own] } });
    expect(teleportsOf(alone.graph(''), types)).toHaveLength(1);
  });

  it.each([
    'Anything Everywhere',
    'Anything Everywhere3',
    'Anything Everywhere?',
    'Prompts Everywhere',
    'Seed Everywhere',
    'Simple String',
  ])('has no part in a run where the file says what it hands out: %s', (type) => {
    const node = { id: 7, type, inputs: [{ name: 'a', type: '*', link: 1 }] };
    const said = new GraphDoc({ nodes: [node], extra: { ue_links: [] } }).graph('');
    const unsaid = new GraphDoc({ nodes: [node], extra: {} }).graph('');
    expect(isVirtual(node, said, types)).toBe(true);
    expect(isVirtual(node, unsaid, types)).toBe(false);
    expect(isVirtual(node, said, catalog(nodeType(type, [])))).toBe(false);
    const free = { ...node, inputs: [{ name: 'a', type: '*', link: null }] };
    const holdsValue = type === 'Seed Everywhere' || type === 'Simple String';
    expect(isVirtual(free, unsaid, types)).toBe(!holdsValue);
  });

  it.each([
    [{ ...row, upstream: 99 }],
    [{ ...row, downstream: null }],
    [{ ...row, downstream_slot: 3 }],
    ['what'],
  ])('passes over %j', (bad) => {
    const doc = new GraphDoc({ nodes: [load, use(2, null)], extra: { ue_links: [bad] } });
    expect(teleportsOf(doc.graph(''), types)).toEqual([]);
  });
});

describe('nodes of use everywhere that go', () => {
  const row = (upstream: number, downstream: number, controller: number): JsonObject => ({
    ...{ upstream: String(upstream), upstream_slot: 0, downstream, downstream_slot: 0, controller },
  });
  const file = () => ({
    nodes: [load, use(2, null), use(3, 13), { id: 7, type: 'Anything Everywhere' }],
    extra: { ue_links: [row(1, 2, 7), row(1, 3, 8)], other: true },
  });

  it.each([
    ['who hands it out', '7', [row(1, 3, 8)]],
    ['who gets it', '3', [row(1, 2, 7)]],
    ['whose it is', '1', []],
  ])('take along what is handed out: %s', (_, id, left) => {
    const doc = new GraphDoc(file());
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set([id]), types));
    expect(doc.graph('').key('extra')).toEqual({ ue_links: left, other: true });
    doc.undo();
    expect(doc.graph('').key('extra')).toEqual(file().extra);
  });

  it('leave the file alone where they have nothing to do with it', () => {
    const raw = { ...file(), nodes: [...file().nodes, use(4, null)] };
    const doc = new GraphDoc(raw);
    doc.edit('delete', '', (tx) => deleteNodes(tx, new Set(['4']), types));
    expect(doc.graph('').key('extra')).toBe(raw.extra);
  });
});

describe('what is wrong with a graph of use everywhere', () => {
  const known = catalog(
    nodeType('Load', [], ['MODEL', 'INT']),
    nodeType('Use', [input('model', 'MODEL'), input('size', 'INT', { max: 8 })]),
  );
  const target = {
    ...{ id: 2, type: 'Use', widgets_values: [99] },
    inputs: [
      { name: 'model', type: 'MODEL', link: 13 },
      { name: 'size', type: 'INT', link: null, widget: { name: 'size' } },
    ],
  };
  const by = { id: 7, type: 'Anything Everywhere', inputs: [{ name: 'a', type: '*', link: 1 }] };
  const rows = [0, 1].map((slot) => ({
    ...{ downstream: 2, downstream_slot: slot, upstream: '1', upstream_slot: slot, controller: 7 },
  }));
  const docOf = (controller: JsonObject, extra: JsonObject) =>
    new GraphDoc({
      nodes: [load, target, controller],
      links: [[1, 1, 0, 7, 0, 'MODEL']],
      extra: { ...extra, links_added_by_ue: [13] },
    });
  const found = (doc: GraphDoc) =>
    issuesOf(doc, known).map(({ node, code, input: name }) => [node, code, name]);

  it('is nothing where all is handed out', () => {
    const doc = docOf(by, { ue_links: rows });
    expect(found(doc)).toEqual([]);
    expect([...plannedNodes(doc, known).keys()]).toEqual(['1', '2']);
    doc.edit('mute', '', (tx) => tx.patch('node', '1', { mode: MUTED }));
    expect(found(doc)).toEqual([['2', 'missing_link', 'model']]);
  });

  it('is what is not handed out', () => {
    const off = [
      ['2', 'missing_link', 'model'],
      ['2', 'too_large', 'size'],
    ];
    expect(found(docOf({ ...by, mode: BYPASSED }, { ue_links: rows }))).toEqual(off);
    expect(found(docOf(by, {}))).toEqual([...off, ['7', 'missing_type', '']]);
  });
});
