import { expect, it } from 'vitest';
import { emptyRun, type Run } from '../../stores/runs';
import { isWorthTelling } from './done';

const run = (state: Run['state'], seconds: number): Run => ({
  ...emptyRun('job', 0),
  ...{ state, startedAt: 100, finishedAt: 100 + seconds },
});

it('tells of long runs that ended by themselves', () => {
  expect(isWorthTelling(run('succeeded', 12))).toBe(true);
  expect(isWorthTelling(run('failed', 12))).toBe(true);
  expect(isWorthTelling(run('succeeded', 3))).toBe(false);
  expect(isWorthTelling(run('cancelled', 60))).toBe(false);
  expect(isWorthTelling({ ...run('succeeded', 60), startedAt: null })).toBe(false);
  expect(isWorthTelling(undefined)).toBe(false);
});
