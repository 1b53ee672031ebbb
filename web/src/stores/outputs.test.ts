import { expect, it } from 'vitest';
import type { Ui } from '../api/types';
import { outputsOf } from './outputs';
import { emptyRun, type Run, type RunsState } from './runs';

const ui = (name: string): Ui => ({ images: [{ filename: name, subfolder: '', type: 'output' }] });

const run = (
  jobId: string,
  createdAt: number,
  outputs: Record<string, Ui>,
  more: Partial<Run> = {},
): Run => ({
  ...emptyRun(jobId, createdAt),
  ...{ tabId: 'tab', outputs: new Map(Object.entries(outputs)), ...more },
});

const state = (...all: Run[]): Pick<RunsState, 'runs'> => ({
  runs: new Map(all.map((each) => [each.jobId, each])),
});

it('stays until another takes its place, whatever becomes of the runs after it', () => {
  const first = run('1', 1, { '7': ui('a'), '8': ui('b') }, { state: 'succeeded' });
  const running = run('2', 2, {}, { state: 'running' });
  expect([...outputsOf(state(first, running), 'tab')]).toEqual([
    ['7', ui('a')],
    ['8', ui('b')],
  ]);
  const failed = run('2', 2, { '7': ui('c') }, { state: 'failed' });
  // Told in any order, the later one counts.
  expect(outputsOf(state(failed, first), 'tab').get('7')).toEqual(ui('c'));
  expect(outputsOf(state(failed, first), 'tab').get('8')).toEqual(ui('b'));
});

it('is of one tab alone', () => {
  expect(outputsOf(state(run('1', 1, { '7': ui('a') }, { tabId: 'other' })), 'tab').size).toBe(0);
  expect(outputsOf(state(run('1', 1, { '7': ui('a') }, { tabId: null })), null).size).toBe(0);
});

it('is the same map as long as nothing in it has changed', () => {
  const first = run('1', 1, { '7': ui('a') });
  const before = outputsOf(state(first), 'tab');
  expect(outputsOf(state(first, run('2', 2, {})), 'tab')).toBe(before);
  expect(outputsOf(state(first, run('2', 2, { '7': ui('b') })), 'tab')).not.toBe(before);
});
