import { expect, it } from 'vitest';
import { countFates, pauseFor, planOf } from './forecast';

it('waits longer for larger workflows', () => {
  const pauses = [1, 200, 201, 1000, 5000].map(pauseFor);
  expect(pauses).toEqual([400, 400, 800, 2000, 4000]);
});

it('counts what would run, what is cached, and what cannot run', () => {
  const nodes = { a: 'runs', b: 'perhaps', c: 'cached', d: 'unneeded', e: 'blocked' } as const;
  expect(countFates({ nodes })).toEqual({ runs: 2, cached: 1, blocked: 1 });
});

it('says how many run and are cached, and before all how many cannot', () => {
  expect(planOf({ nodes: { a: 'runs', b: 'cached' } })).toBe('1 node will run, 1 cached');
  expect(planOf({ nodes: { a: 'cached' } })).toBe('Nothing new to compute');
  expect(planOf({ nodes: { a: 'blocked', b: 'blocked', c: 'cached' } })).toBe('2 nodes are blocked');
  expect(planOf({ nodes: { a: 'blocked', b: 'runs' } })).toBe('1 node will run, 1 node is blocked');
  expect(planOf({ nodes: { a: 'unneeded' } })).toBe('');
});
