// Parts that nobody sees at first are files of their own: they come when they are wanted, or soon after the page is
// there, so that the first frame does not wait for them and nothing is missing when the server is gone.

import { type FC, lazy, Suspense } from 'react';

const rest: (() => Promise<unknown>)[] = [];

/**
 * A component that is loaded when it is shown first: `lazily(() => import('./Panel').then((m) => m.Panel))`.
 * With `useWanted`, which may use hooks, it is shown while that is true (a dialog that a store opens).
 */
export function lazily(load: () => Promise<FC>, useWanted: () => boolean = always): FC {
  const Part = lazy(async () => ({ default: await load() }));
  rest.push(load);
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, when its module is loaded
  return function Lazy() {
    return useWanted() ? (
      <Suspense fallback={null}>
        <Part />
      </Suspense>
    ) : null;
  };
}

function always(): boolean {
  return true;
}

/** Load what was not wanted yet, while nothing else is to be done. */
export function loadRest(): void {
  const next = rest.shift();
  if (next === undefined) return;
  whenIdle(() => void next().then(loadRest, loadRest));
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 50);
}
