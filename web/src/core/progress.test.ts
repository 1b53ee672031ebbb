import { describe, expect, it } from 'vitest';
import { GraphDoc } from './doc';
import type { JsonObject } from './json';
import { estimate, type NodeWork, paceWords, plannedNodes } from './progress';

const NODE: NodeWork = {
  state: 'running',
  value: null,
  total: null,
  startedAt: null,
  pace: null,
  seconds: null,
};
const LAST = new Map([
  ['load', 1],
  ['sample', 8],
  ['save', 1],
]);
const secondsOf = (id: string) => LAST.get(id) ?? null;
const nodes = (rows: Record<string, Partial<NodeWork>>) =>
  new Map(Object.entries(rows).map(([id, row]) => [id, { ...NODE, ...row }]));

describe('estimate', () => {
  it('weighs nodes by how long they took', () => {
    const now = estimate(nodes({ load: { state: 'done' } }), LAST.keys(), secondsOf, 0, 1);
    expect(now.fraction).toBeCloseTo(0.1);
    expect(now.secondsLeft).toBeCloseTo(9);
  });

  it('counts steps, and takes their pace for what is left of the node', () => {
    const half = { value: 10, total: 20, pace: 5 };
    const now = estimate(nodes({ load: { state: 'done' }, sample: half }), LAST.keys(), secondsOf, 0, 5);
    expect(now.fraction).toBeCloseTo(0.5);
    expect(now.secondsLeft).toBeCloseTo(2 + 1);
    expect(now).toMatchObject({ pace: 5, step: { value: 10, total: 20 } });
  });

  it('goes by what is measured now where that differs from the last time', () => {
    const slow = { value: 10, total: 40, pace: 1 };
    const now = estimate(
      nodes({ load: { state: 'done', seconds: 5 }, sample: slow }),
      LAST.keys(),
      secondsOf,
      0,
      15,
    );
    expect(now.fraction).toBeCloseTo((5 + 10) / (5 + 40 + 1));
    expect(now.secondsLeft).toBeCloseTo(30 + 1);
  });

  it('leaves out what is cached, and what is not planned counts once it runs', () => {
    const now = estimate(
      nodes({ load: { state: 'cached' }, sample: { state: 'cached' }, other: { state: 'done' } }),
      LAST.keys(),
      secondsOf,
      0,
      1,
    );
    expect(now.fraction).toBeCloseTo(0.5);
  });

  it('goes by the clock in a node without steps, and never says that it is whole', () => {
    const at = (now: number) =>
      estimate(nodes({ sample: { startedAt: 10 } }), ['sample'], secondsOf, 10, now);
    expect(at(14).fraction).toBeCloseTo(0.5);
    expect(at(99).fraction).toBeCloseTo(0.95);
    const over = estimate(nodes({ sample: { state: 'done' } }), ['sample'], secondsOf, 0, 9);
    expect(over.fraction).toBe(0.99);
  });

  it('says no time where nothing is known, and goes by the share that is done once there is one', () => {
    const none = () => null;
    expect(estimate(new Map(), ['a', 'b'], none, 0, 1).secondsLeft).toBeNull();
    const now = estimate(nodes({ a: { state: 'done' } }), ['a', 'b'], none, 0, 10);
    expect(now.secondsLeft).toBeCloseTo(10);
    expect(estimate(new Map(), [], none, null, 10)).toMatchObject({ fraction: 0, secondsLeft: null });
  });
});

describe('plannedNodes', () => {
  it('names what runs as runs do: into subgraphs, without what is off', () => {
    const node = (id: number, type: string, mode = 0): JsonObject => ({ id, type, mode });
    const doc = new GraphDoc({
      nodes: [node(1, 'A'), node(2, 'B', 4), node(3, 'Note'), node(4, 'sub-1')],
      links: [],
      definitions: { subgraphs: [{ id: 'sub-1', nodes: [node(5, 'C'), node(6, 'sub-1')], links: [] }] },
    });
    expect([...plannedNodes(doc)]).toEqual([
      ['1', 'A'],
      ['4:5', 'C'],
    ]);
  });
});

describe('paceWords', () => {
  it.each([
    [12.4, 'run.pace', '12'],
    [3.44, 'run.pace', '3.4'],
    [0.5, 'run.paceSlow', '2.0'],
  ])('%s', (pace, key, words) => expect(paceWords(pace)).toEqual({ key, pace: words }));
});
