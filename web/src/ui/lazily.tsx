// Parts that nobody sees at first are files of their own: they come when they are wanted, or soon after the page is
// there, so that the first frame does not wait for them and nothing is missing when the server is gone.

import { type FC, useEffect, useReducer } from 'react';
import { whenIdle } from './idle';
import { toast } from './Toast';

const rest: (() => Promise<unknown>)[] = [];

/** Loaded once; the next time it is tried again if it cannot be. */
function once<Found>(load: () => Promise<Found>): () => Promise<Found> {
  let loading: Promise<Found> | null = null;
  const get = () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  rest.push(get);
  return get;
}

/** For what has no place to say it in. */
function tell(error: unknown): void {
  if (error instanceof Error) toast({ kind: 'error', title: error.message, key: 'lazily' });
}

/** A module that comes later. */
export interface Later<Module> {
  /** Rejects if it cannot be loaded; the next time it is tried again. */
  get(): Promise<Module>;
  /** Do something with it: at once if it is there. That it cannot be loaded is told. */
  run(act: (module: Module) => void): Promise<void>;
}

/** What commands do where that is much: `const actions = later(() => import('./actions'))`. */
export function later<Module>(load: () => Promise<Module>): Later<Module> {
  let found: Module | null = null;
  const get = once(async () => {
    found = await load();
    return found;
  });
  return {
    get,
    async run(act) {
      if (found !== null) return act(found);
      await get().then(act, tell);
    },
  };
}

/**
 * A component that is loaded when it is shown first: `lazily(() => import('./Panel').then((m) => m.Panel))`.
 * With `useWanted`, which may use hooks, it is shown while that is true (a dialog that a store opens).
 * Once it is there it is shown at once, in the same frame: not so `React.lazy`, which would make the first one late.
 */
export function lazily(load: () => Promise<FC>, useWanted: () => boolean = always): FC {
  let Part: FC | null = null;
  const get = once(async () => {
    Part = await load();
  });
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, when its module is loaded
  return function Lazy() {
    const isWanted = useWanted();
    const [failure, update] = useReducer((_before: unknown, next: unknown) => next, null);
    const isMissing = isWanted && Part === null;
    useEffect(() => {
      const fail = (error: unknown) => {
        if (useWanted === always) update(error);
        else tell(error);
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
