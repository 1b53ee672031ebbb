import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../api/types';
import { applyEvent, emptyRun, lastSteps, type Run } from './runs';

function play(...events: JobEvent[]): Run {
  return events.reduce((run, event, index) => applyEvent(run, event, index), emptyRun('job', 0));
}

const started: JobEvent = { type: 'started', worker: 0, restarted: false };
const node = (id: string): JobEvent => ({
  type: 'node_started',
  node_id: id,
  node_type: 'T',
  display_id: id,
  parent_id: null,
});

describe('applyEvent', () => {
  it('follows a run from the queue to its end', () => {
    const run = play(
      { type: 'queued', deaths: 0 },
      started,
      { type: 'nodes_cached', node_ids: ['1'], values: {}, continues: false },
      node('2'),
      { type: 'node_progress', node_id: '2', display_id: '2', value: 3, total: 20, parent_id: null },
      {
        type: 'node_finished',
        node_id: '2',
        node_type: 'T',
        display_id: '2',
        seconds: 1.5,
        ui: { images: [] },
        cached: false,
        parent_id: null,
        values: [],
      },
      { type: 'succeeded', seconds: 2 },
    );
    expect(run.state).toBe('succeeded');
    expect(run.nodes.get('1')?.state).toBe('cached');
    expect(run.nodes.get('2')).toMatchObject({ state: 'done', seconds: 1.5, value: null });
    expect(run.outputs.get('2')).toEqual({ images: [] });
    expect(run.fraction).toBe(1);
  });

  it('leaves nothing running in a run that was stopped or failed', () => {
    const stopped = play(started, node('2'), {
      type: 'cancelled',
      node_id: '2',
      node_type: 'T',
      message: '',
      executed: [],
    });
    expect(stopped.state).toBe('cancelled');
    expect([...stopped.nodes.values()].some((each) => each.state === 'running')).toBe(false);
    const failed = play(started, node('2'), {
      type: 'failed',
      error: { type: 'x', message: 'no', node_id: '2' },
      executed: [],
    });
    expect(failed.nodes.get('2')).toMatchObject({ state: 'failed', text: 'no' });
  });

  it('begins anew when a job is put back', () => {
    const run = play(started, node('2'), { type: 'queued', deaths: 1 });
    expect(run.state).toBe('queued');
    expect(run.nodes.size).toBe(0);
  });

  it('measures the pace of steps from the second one on, and anew where a count begins anew', () => {
    const step = (value: number, total = 20): JobEvent => ({
      ...{ type: 'node_progress', node_id: '2', display_id: '2', parent_id: null, value, total },
    });
    const at: [JobEvent, number][] = [
      [started, 0],
      [node('2'), 1],
      [step(1), 9],
      [step(3), 10],
    ];
    const play = (more: [JobEvent, number][]) =>
      [...at, ...more].reduce((run, [event, time]) => applyEvent(run, event, time), emptyRun('job', 0));
    expect(play([]).nodes.get('2')).toMatchObject({ startedAt: 1, pace: 2 });
    expect(play([[step(7), 11]]).nodes.get('2')?.pace).toBe(3);
    expect(play([[step(1, 5), 12]]).nodes.get('2')?.pace).toBeNull();
    expect(
      play([
        [step(1, 5), 12],
        [step(2, 5), 16],
      ]).nodes.get('2')?.pace,
    ).toBe(0.25);
  });
});

describe('lastSteps', () => {
  it('leaves out steps that are followed by one of the same node, and nothing else', () => {
    const told = (seq: number, event: JobEvent, job_id = 'job') => ({
      seq,
      job_id,
      client_id: '',
      at: 0,
      event,
    });
    const step = (id: string): JobEvent => ({
      ...{ type: 'node_progress', node_id: id, display_id: id, value: 1, total: 20, parent_id: null },
    });
    const events = [
      told(1, step('2')),
      told(2, step('3')),
      told(3, step('2')),
      told(4, node('2')),
      told(5, step('2')),
      told(6, step('2'), 'other'),
      told(7, step('2')),
    ];
    expect(lastSteps(events).map(({ seq }) => seq)).toEqual([2, 3, 4, 6, 7]);
  });
});
