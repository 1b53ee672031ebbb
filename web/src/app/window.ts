// Which window this is: each holds a lock as long as it lives, so that others of the same browser know that it is there.

import { newId } from '../stores/tabs';

const WINDOW_KEY = 'skein.window';
const PREFIX = 'skein-window-';
/** Not where the page comes unencrypted from another machine, nor in tests without a browser. */
const locks: LockManager | null = globalThis.navigator?.locks ?? null;

/** This window's id: kept over a reload, but not by a copy of the tab, which finds the lock taken. */
async function claim(): Promise<string> {
  let id = readKept() ?? newId();
  if (locks !== null) {
    if (!(await hold(locks, id))) {
      id = newId();
      await hold(locks, id);
    }
  }
  try {
    sessionStorage.setItem(WINDOW_KEY, id);
  } catch {
    // Without storage a reload counts as a new window, which takes over what the old one left.
  }
  return id;
}

function readKept(): string | null {
  try {
    return sessionStorage.getItem(WINDOW_KEY);
  } catch {
    return null;
  }
}

/** Hold a lock until the page goes; false if another window has it. */
function hold(locks: LockManager, id: string): Promise<boolean> {
  return new Promise((resolve) => {
    void locks
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => {});
      })
      .catch(() => resolve(true));
  });
}

/** Ids of the other windows that live. */
export async function otherWindows(own: string): Promise<Set<string>> {
  if (locks === null) return new Set();
  const { held = [] } = await locks.query();
  const ids = held.flatMap((lock) =>
    lock.name?.startsWith(PREFIX) === true ? [lock.name.slice(PREFIX.length)] : [],
  );
  return new Set(ids.filter((id) => id !== own));
}

export const ownWindow: Promise<string> = claim();
