// Parts that nobody sees at first are files of their own: they come when they are wanted, or soon after the page is
// there, so that the first frame does not wait for them and nothing is missing when the server is gone.

import { type FC, useEffect, useReducer } from 'react';
import { toast } from './Toast';

const rest: (() => Promise<unknown>)[] = [];

/**
 * A component that is loaded when it is shown first: `lazily(() => import('./Panel').then((m) => m.Panel))`.
 * With `useWanted`, which may use hooks, it is shown while that is true (a dialog that a store opens).
 * Once it is there it is shown at once, in the same frame: not so `React.lazy`, which would make the first one late.
 */
export function lazily(load: () => Promise<FC>, useWanted: () => boolean = always): FC {
  let Part: FC | null = null;
  let loading: Promise<void> | null = null;
  const get = (): Promise<void> => {
    loading ??= load().then(
      (found) => {
        Part = found;
      },
      (error: unknown) => {
        // The next time it is tried again.
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  rest.push(get);
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, when its module is loaded
  return function Lazy() {
    const isWanted = useWanted();
    const [failure, update] = useReducer((_before: unknown, next: unknown) => next, null);
    const isMissing = isWanted && Part === null;
    useEffect(() => {
      const fail = (error: unknown) => {
        if (useWanted === always) update(error);
        // A dialog has no place to say it in; the next time it is opened it is tried again.
        else if (error instanceof Error) toast({ kind: 'error', title: error.message, key: 'lazily' });
      };
      if (isMissing) get().then(() => update({}), fail);
    }, [isMissing]);
    if (!isWanted) return null;
    if (Part !== null) return <Part />;
    // Whoever guards the place says so.
    if (failure instanceof Error) throw failure;
    return null;
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
