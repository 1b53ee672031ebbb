import { describe, expect, it } from 'vitest';
import { emptyRun, type Run, type RunsState, runs } from '../../stores/runs';
import { latestOf } from './latest';
import { stepped, within } from './store';

const at = { x: 10, y: 20, w: 300, h: 200 };

describe('the place of the preview', () => {
  it('stays in sight, and shrinks where there is less room', () => {
    const room = { w: 800, h: 600 };
    expect(within(at, room)).toEqual(at);
    expect(within({ ...at, x: 700, y: -5 }, room)).toEqual({ ...at, x: 500, y: 0 });
    expect(within({ ...at, w: 5000, h: 1 }, room)).toEqual({ x: 0, y: 20, w: 800, h: 160 });
    expect(within(at, { w: 100, h: 100 })).toEqual({ x: 0, y: 0, w: 180, h: 160 });
  });

  it('moves by arrow keys, and is sized with Shift', () => {
    expect(stepped(at, 'ArrowRight', false)).toEqual({ ...at, x: 26 });
    expect(stepped(at, 'ArrowUp', true)).toEqual({ ...at, h: 184 });
    expect(stepped(at, 'Enter', false)).toBeNull();
  });
});

describe('what the preview shows', () => {
  const run = (jobId: string, state: Run['state'], createdAt: number, file = ''): Run => ({
    ...emptyRun(jobId, createdAt),
    ...{ tabId: 'tab', state },
    outputs: file === '' ? new Map() : new Map([['7', { images: [{ filename: file, type: 'output' }] }]]),
  });
  const state = (all: Run[], previews: [string, string, number][] = []): RunsState => ({
    ...runs.getState(),
    runs: new Map(all.map((each) => [each.jobId, each])),
    previews: new Map(
      previews.map(([node, jobId, number]) => [node, { blob: new Blob([node]), jobId, number }]),
    ),
  });
  const shown = (given: RunsState) => {
    const latest = latestOf(given, 'tab');
    return latest === null
      ? null
      : [
          latest.kind,
          latest.run.jobId,
          latest.kind === 'result' ? latest.files[0]?.filename : latest.blob.size,
        ];
  };

  it('is the latest unfinished picture of what runs, or else what the tab made last', () => {
    const old = run('1', 'succeeded', 1, 'old.png');
    const now = run('2', 'running', 2);
    expect(shown(state([]))).toBeNull();
    expect(shown(state([old]))).toEqual(['result', '1', 'old.png']);
    expect(shown(state([old, now]))).toEqual(['result', '1', 'old.png']);
    const pictures: [string, string, number][] = [
      ['node-a', '2', 8],
      ['b', '2', 9],
      ['other', '1', 10],
    ];
    expect(shown(state([old, now], pictures))).toEqual(['live', '2', 1]);
    expect(shown(state([old, run('2', 'succeeded', 2, 'new.png')]))).toEqual(['result', '2', 'new.png']);
    expect(shown(state([old, run('3', 'failed', 3)]))).toEqual(['result', '1', 'old.png']);
    expect(shown(state([run('4', 'succeeded', 4, 'sound.flac')]))).toBeNull();
  });
});
