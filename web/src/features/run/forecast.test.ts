import { expect, it } from 'vitest';
import { countFates, pauseFor } from './forecast';

it('waits longer for larger workflows', () => {
  const pauses = [1, 200, 201, 1000, 5000].map(pauseFor);
  expect(pauses).toEqual([400, 400, 800, 2000, 4000]);
});

it('counts what would run, and what is cached', () => {
  const nodes = { a: 'runs', b: 'perhaps', c: 'cached', d: 'unneeded', e: 'blocked' } as const;
  expect(countFates({ tabId: 'tab', nodes })).toEqual({ runs: 2, cached: 1 });
});
