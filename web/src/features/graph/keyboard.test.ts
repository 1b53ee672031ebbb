// @vitest-environment happy-dom
// Keys that move and resize nodes, in sight of what is pinned.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TYPES, textToImage } from '../../../e2e/fixtures/files';
import { commands, runCommand } from '../../app/commands';
import { keysFor } from '../../app/keys';
import { view } from '../../app/view';
import { GraphDoc } from '../../core/doc';
import { toggleFlag } from '../../core/edit';
import { type JsonObject, parseJson } from '../../core/json';
import { settings } from '../../stores/settings';
import { align, arrange, snapToGrid } from './arrange';
import { registerKeyboard } from './keyboard';

beforeAll(() => registerKeyboard());

let doc: GraphDoc;
beforeEach(() => {
  doc = new GraphDoc(parseJson(textToImage()) as JsonObject);
  view.setCatalog(new Map(TYPES.map((type) => [type.type, type])));
  view.show(doc);
  doc.edit('pin', '', (tx) => toggleFlag(tx, ['5'], 'pinned'));
});

const key = (id: string, name: 'pos' | 'size') => doc.graph().nodes.get(id)?.[name];

describe('Tab', () => {
  it('goes from node to node, or is left to the search; Shift+Tab to the browser', () => {
    const keys = () =>
      ['graph.next', 'graph.previous'].map((id) => {
        const command = commands.getState().commands.get(id);
        return command === undefined ? null : keysFor(command);
      });
    expect(keys()).toEqual([['Tab'], ['Shift+Tab']]);
    settings.setState({ tabKey: 'search' });
    expect(keys()).toEqual([[], []]);
    // Who has bound other keys to it keeps those.
    settings.setState({ keys: { 'graph.next': ['Alt+N'] } });
    expect(keys()).toEqual([['Alt+N'], []]);
    settings.setState({ tabKey: 'next', keys: {} });
  });
});

describe('a group', () => {
  it('is moved by keys with what is in it, in one step, and not where it is pinned', () => {
    doc.edit('group', '', (tx) => tx.put('group', '1', { title: 'Mine', bounding: [1280, 100, 260, 200] }));
    const [x, y] = key('6', 'pos') as number[];
    const [group] = doc.graph().groups.keys();
    const bounding = () => doc.graph().groups.get(group ?? '')?.['bounding'];
    const steps = doc.steps.length;
    view.select([], [group ?? '']);
    runCommand('graph.move.right');
    runCommand('graph.move.right');
    expect(bounding()).toEqual([1300, 100, 260, 200]);
    expect(key('6', 'pos')).toEqual([(x ?? 0) + 20, y]);
    expect(doc.steps).toHaveLength(steps + 1);
    doc.edit('pin', '', (tx) => tx.patch('group', group ?? '', { flags: { pinned: true } }));
    runCommand('graph.move.right');
    expect(bounding()).toEqual([1300, 100, 260, 200]);
  });
});

describe('a group that is sized by keys', () => {
  const group = (more: object = {}) =>
    doc.edit('group', '', (tx) =>
      tx.put('group', '1', { title: 'Mine', bounding: [1280, 100, 260, 70], ...more }),
    );
  const bounding = () => doc.graph().groups.get('1')?.['bounding'];

  it('keeps its corner and what is in it, in one step a burst, and does not vanish', () => {
    group();
    const at = key('6', 'pos');
    const steps = doc.steps.length;
    view.select([], ['1']);
    for (const way of ['right', 'right', 'down', 'left']) runCommand(`graph.resize.${way}`);
    expect(bounding()).toEqual([1280, 100, 270, 80]);
    expect(key('6', 'pos')).toEqual(at);
    expect(doc.steps).toHaveLength(steps + 1);
    doc.undo();
    expect(bounding()).toEqual([1280, 100, 260, 70]);
    for (let round = 0; round < 30; round += 1) runCommand('graph.resize.up');
    for (let round = 0; round < 30; round += 1) runCommand('graph.resize.left');
    expect(bounding()).toEqual([1280, 100, 60, 40]);
  });

  it('stays as it is where it is pinned, or where a node is meant', () => {
    group({ flags: { pinned: true } });
    view.select([], ['1']);
    runCommand('graph.resize.right');
    expect(bounding()).toEqual([1280, 100, 260, 70]);
    group();
    const before = view.scene?.layout('6')?.body.w ?? 0;
    view.select(['6'], ['1']);
    runCommand('graph.resize.right');
    expect(bounding()).toEqual([1280, 100, 260, 70]);
    expect(view.scene?.layout('6')?.body.w).toBe(before + 10);
  });
});

describe('a pinned node', () => {
  it('is not moved by keys, others beside it are', () => {
    const [pinned, other] = [key('5', 'pos'), key('6', 'pos') as number[]];
    view.select(['5', '6']);
    runCommand('graph.move.right');
    expect(key('5', 'pos')).toEqual(pinned);
    expect(key('6', 'pos')).toEqual([(other[0] ?? 0) + 10, other[1]]);
    view.select(['5']);
    const steps = doc.steps.length;
    runCommand('graph.move.right');
    expect(key('5', 'pos')).toEqual(pinned);
    expect(doc.steps).toHaveLength(steps);
  });

  it('is not resized by keys, others are', () => {
    const size = key('5', 'size');
    view.select(['5']);
    runCommand('graph.resize.right');
    expect(key('5', 'size')).toEqual(size);
    const before = view.scene?.layout('6')?.body.w ?? 0;
    view.select(['6']);
    runCommand('graph.resize.right');
    expect(view.scene?.layout('6')?.body.w).toBe(before + 10);
  });

  it.each([
    ['aligned', () => align('left')],
    ['put on the grid', snapToGrid],
    ['arranged', arrange],
  ])('is not %s', (_, act) => {
    doc.edit('off the grid', '', (tx) => tx.patch('node', '5', { pos: [903, 127] }));
    view.select(['4', '5', '6']);
    act();
    expect(key('5', 'pos')).toEqual([903, 127]);
  });

  it('is moved again once it is free', () => {
    doc.edit('free', '', (tx) => toggleFlag(tx, ['5'], 'pinned'));
    const [x, y] = key('5', 'pos') as number[];
    view.select(['5']);
    runCommand('graph.move.down');
    expect(key('5', 'pos')).toEqual([x, (y ?? 0) + 10]);
  });
});
