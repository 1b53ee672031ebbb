import { expect, it } from 'vitest';
import { emptyRun, type Run } from '../../stores/runs';
import { picturesOf } from './pictures';

const run = (jobId: string, at: number, names: readonly string[], tabId = 'tab'): Run => ({
  ...emptyRun(jobId, at),
  tabId,
  outputs: new Map([
    ['7', { images: names.map((filename) => ({ filename, subfolder: 's', type: 'temp' })), text: ['x'] }],
  ]),
});

it('shows the latest that a node gave in this tab; a run under way takes nothing away', () => {
  const all = [
    run('1', 1, ['old.png']),
    run('2', 2, ['a.png', 'b.png']),
    run('3', 3, []),
    run('4', 4, ['z.png'], 'other'),
  ];
  expect(picturesOf(all, 'tab', '7').map(({ filename, job_id, index }) => [filename, job_id, index])).toEqual(
    [
      ['a.png', '2', 0],
      ['b.png', '2', 1],
    ],
  );
  expect(picturesOf(all, 'tab', '8')).toEqual([]);
});
