import { describe, expect, it } from 'vitest';
import { emptyRun, type NodeRun, type Run } from '../../stores/runs';
import { outcomeOf, timesOf, unneeded } from './outcome';

const NODE = { state: 'done', value: null, total: null, seconds: null, text: '' } as NodeRun;
const run = (nodes: Record<string, Partial<NodeRun>>): Run => ({
  ...emptyRun('job', 0),
  nodes: new Map(Object.entries(nodes).map(([id, node]) => [id, { ...NODE, ...node }])),
});
const outer = (id: string) => id.split(':')[0] ?? id;

describe('outcomeOf', () => {
  const seen = run({
    '1': { state: 'cached' },
    '2': { state: 'running', value: 5, total: 20 },
    '3': { state: 'blocked' },
    '4': { state: 'blocked', text: 'No face was found.' },
    '5:1': { state: 'cached' },
    '5:2': { state: 'done' },
    '6': { state: 'failed' },
  });

  it('marks every node by how it went', () => {
    const { marks, progress } = outcomeOf(seen, outer, false);
    expect(Object.fromEntries(marks)).toEqual({
      ...{ 1: 'cached', 2: 'running', 3: 'skipped', 4: 'failed', 5: 'done', 6: 'failed' },
    });
    expect(Object.fromEntries(progress)).toEqual({ 2: 0.25 });
  });

  it('keeps what needs eyes when the rest has faded', () => {
    const { marks } = outcomeOf(seen, outer, true);
    expect(Object.fromEntries(marks)).toEqual({ 2: 'running', 4: 'failed', 6: 'failed' });
  });
});

describe('unneeded', () => {
  it('is what nothing that ran depends on', () => {
    const links = [
      { from: '1', to: '2' },
      { from: '2', to: '3' },
      { from: '4', to: '5' },
    ];
    // What feeds a cached node is not told of, yet it was needed once.
    expect([...unneeded(['1', '2', '3', '4', '5'], links, new Set(['3']))]).toEqual(['4', '5']);
  });
});

describe('timesOf', () => {
  it('takes each node from the latest run in which it ran, and sums what is in a subgraph', () => {
    const first = run({
      '1': { seconds: 3 },
      '2': { seconds: 1 },
      '5:1': { seconds: 2 },
      '5:2': { seconds: 0.5 },
    });
    const second = run({ '1': { state: 'cached', seconds: 0 }, '2': { seconds: 4 } });
    expect(Object.fromEntries(timesOf([first, second], outer))).toEqual({ 1: 3, 2: 4, 5: 2.5 });
  });
});
