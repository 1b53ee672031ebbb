import { expect, it } from 'vitest';
import { MEANT, rate } from './match';

const STOP = ['Stop', 'interrupt cancel abort', 'Run'] as const;

it('finds a command by what others call it, below those that are called so here', () => {
  expect(rate('interrupt', ...STOP)).toBeGreaterThanOrEqual(MEANT);
  expect(rate('cancel', ...STOP)).toBeGreaterThanOrEqual(MEANT);
  expect(rate('cancel', ...STOP)).toBeLessThan(rate('cancel', 'Cancel all', '', 'Run'));
});

it('takes no command for meant that only has the letters', () => {
  // In order in the words, and in those of the title.
  expect(rate('itc', ...STOP)).toBe(0);
  expect(rate('dark', 'Open the default workflow', '', 'Workflow')).toBeLessThan(MEANT);
  expect(rate('', ...STOP)).toBe(1);
});
