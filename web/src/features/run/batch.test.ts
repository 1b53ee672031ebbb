// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent, StreamedEvent } from '../../api/types';
import { keepOrigin, runs, takeEvent } from '../../stores/runs';
import { openTab, tabOf } from '../../stores/tabs';
import { batch, followBatch, readCount, setBatch } from './batch';

const runTab = vi.hoisted(() => vi.fn(async () => {}));
vi.mock('./submit', () => ({ runTab }));

followBatch();

const raw = () => ({ nodes: [{ id: 1, type: 'A', pos: [0, 0] }], links: [], version: 0.4 });
let tab = '';

function change(label = 'edit', x = Math.random()): void {
  tabOf(tab)?.doc.edit(label, '', (tx) => tx.patch('node', '1', { widgets_values: [x] }));
}

/** An event of a run of the tab, taken in as the stream does. */
function tell(event: JobEvent, jobId = 'job'): void {
  takeEvent({ type: 'event', job_id: jobId, sequence: 0, at: 0, event } as unknown as StreamedEvent);
  vi.advanceTimersByTime(1000);
}

// One clock for all: when events were taken in last is known across tests.
beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

beforeEach(() => {
  runTab.mockClear();
  runs.setState({ running: [], pendingTotal: 0 });
  tab = openTab(raw(), { name: 'one' }).id;
  keepOrigin('job', { tabId: tab, name: 'one' });
});

afterEach(() => {
  setBatch({ count: 1, auto: 'off' });
});

describe('runs after each change', () => {
  it('come once it has been quiet for a moment, one for many changes', () => {
    setBatch({ auto: 'change' });
    change();
    vi.advanceTimersByTime(300);
    change();
    vi.advanceTimersByTime(499);
    expect(runTab).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(runTab).toHaveBeenCalledTimes(1);
  });

  it('do not come where nobody asked for them, nor of what a run does to seeds', () => {
    change();
    setBatch({ auto: 'change' });
    tabOf(tab)?.doc.adjust('seeds', '', (tx) => tx.patch('node', '1', { widgets_values: [7] }));
    vi.advanceTimersByTime(2000);
    expect(runTab).not.toHaveBeenCalled();
  });

  it('wait until nothing runs', () => {
    setBatch({ auto: 'change' });
    runs.setState({ pendingTotal: 1 });
    change();
    vi.advanceTimersByTime(2000);
    expect(runTab).not.toHaveBeenCalled();
    runs.setState({ pendingTotal: 0 });
    vi.advanceTimersByTime(2000);
    expect(runTab).toHaveBeenCalledTimes(1);
    runs.setState({ pendingTotal: 0 });
    vi.advanceTimersByTime(2000);
    expect(runTab).toHaveBeenCalledTimes(1);
  });

  it('do not wait for what nobody wants any more', () => {
    setBatch({ auto: 'change' });
    runs.setState({ pendingTotal: 1 });
    change();
    vi.advanceTimersByTime(2000);
    setBatch({ auto: 'off' });
    runs.setState({ pendingTotal: 0 });
    vi.advanceTimersByTime(2000);
    expect(runTab).not.toHaveBeenCalled();
  });

  it('follow the tab in front', () => {
    setBatch({ auto: 'change' });
    const before = tab;
    tab = openTab(raw(), { name: 'two' }).id;
    tabOf(before)?.doc.edit('edit', '', (tx) => tx.patch('node', '1', { widgets_values: [1] }));
    vi.advanceTimersByTime(2000);
    expect(runTab).not.toHaveBeenCalled();
    change();
    vi.advanceTimersByTime(2000);
    expect(runTab).toHaveBeenCalledTimes(1);
  });
});

describe('runs again and again', () => {
  it('follow each other while they succeed', () => {
    setBatch({ auto: 'always' });
    tell({ type: 'succeeded' } as JobEvent);
    expect(runTab).toHaveBeenCalledTimes(1);
    tell({ type: 'succeeded' } as JobEvent);
    expect(runTab).toHaveBeenCalledTimes(2);
  });

  it('end with one that was stopped', () => {
    setBatch({ auto: 'always' });
    tell({ type: 'cancelled' } as JobEvent);
    expect(runTab).not.toHaveBeenCalled();
    expect(batch.getState().auto).toBe('off');
  });

  it('do not follow runs of others', () => {
    setBatch({ auto: 'always' });
    tell({ type: 'succeeded' } as JobEvent, 'of somebody else');
    expect(runTab).not.toHaveBeenCalled();
    expect(batch.getState().auto).toBe('always');
  });
});

it.each([
  ['3', 3],
  [' 25 ', 25],
  ['999', 999],
  ['0', null],
  ['1000', null],
  ['-2', null],
  ['2.5', null],
  ['', null],
  ['a few', null],
])('reads %j as a number of runs', (text, count) => {
  expect(readCount(text)).toBe(count);
});
