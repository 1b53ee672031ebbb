// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest';
import { closePanels, layout, openPanel } from '../stores/layout';
import { makeWay } from './narrow';

afterEach(() => {
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
