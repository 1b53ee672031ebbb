// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import type { StreamedEvent } from '../api/types';
import { closePanels, layout, openPanel } from '../stores/layout';
import { keepOrigin, takeEvent } from '../stores/runs';
import { openTab } from '../stores/tabs';
import { makeWay } from './narrow';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  closePanels();
});

it.each([
  [true, { left: null, right: null, bottom: 'issues' }],
  [false, { left: 'queue', right: null, bottom: 'issues' }],
])('narrow: %s; what was opened last is seen', (matches, open) => {
  vi.stubGlobal('matchMedia', () => ({ matches }));
  const stop = makeWay();
  openPanel('left', 'queue');
  openPanel('bottom', 'issues');
  expect(layout.getState().open).toEqual(open);
  stop();
});

it.each([
  ['are shown', true, null, 'results'],
  ['do not cover what the user looks at', true, 'gallery', null],
  ['have room beside the canvas elsewhere', false, null, null],
])('results of a run %s', (_, matches, left, right) => {
  vi.useFakeTimers();
  vi.stubGlobal('matchMedia', () => ({ matches }));
  const stop = makeWay();
  const tab = openTab({ nodes: [], links: [], version: 0.4 }, { name: 'one' });
  keepOrigin('job', { tabId: tab.id, name: 'one' });
  if (left !== null) openPanel('left', left);
  const tell = (event: object) =>
    takeEvent({ type: 'event', job_id: 'job', sequence: 0, at: 0, event } as unknown as StreamedEvent);
  const ui = { images: [{ filename: 'a.png', subfolder: '', type: 'output' }] };
  tell({ type: 'started', worker: 0, restarted: false });
  tell({ type: 'node_finished', node_id: '9', display_id: '9', node_type: 'SaveImage', seconds: 1, ui });
  tell({ type: 'succeeded', seconds: 1 });
  vi.advanceTimersByTime(1000);
  expect(layout.getState().open).toMatchObject({ left, right });
  stop();
});
