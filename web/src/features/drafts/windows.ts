// Windows of the same browser: each holds a lock as long as it lives, and tells the others which files it has open.

import { tabs, updateTab } from '../../stores/tabs';

interface Told {
  readonly type: 'have' | 'ask';
  readonly windowId: string;
  readonly paths: readonly string[];
}

const WINDOW_KEY = 'skein.window';
const PREFIX = 'skein-window-';
const STALE = 4000;

/** This window's id: kept over a reload, but not by a copy of the tab, which finds the lock taken. */
export async function claimWindow(make: () => string): Promise<string> {
  let id = readKept() ?? make();
  if (navigator.locks !== undefined) {
    if (!(await hold(id))) {
      id = make();
      await hold(id);
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
function hold(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => {});
      })
      .catch(() => resolve(true));
  });
}

/** Ids of the other windows that live. */
export async function otherWindows(own: string): Promise<Set<string>> {
  if (navigator.locks === undefined) return new Set();
  const { held = [] } = await navigator.locks.query();
  const ids = held.flatMap((lock) =>
    lock.name?.startsWith(PREFIX) === true ? [lock.name.slice(PREFIX.length)] : [],
  );
  return new Set(ids.filter((id) => id !== own));
}

/** Mark tabs whose file another window has open, too; tell the others which this one has. */
export function watchOtherWindows(windowId: string): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel('skein-windows');
  const others = new Map<string, { paths: readonly string[]; at: number }>();
  const own = () => tabs.getState().tabs.flatMap((tab) => (tab.path === null ? [] : [tab.path]));
  const tell = (type: Told['type']) => channel.postMessage({ type, windowId, paths: own() } satisfies Told);
  const mark = () => {
    const now = Date.now();
    for (const [id, other] of others) if (now - other.at > STALE * 3) others.delete(id);
    const paths = new Set([...others.values()].flatMap((other) => other.paths));
    for (const tab of tabs.getState().tabs)
      updateTab(tab.id, { isElsewhere: tab.path !== null && paths.has(tab.path) });
  };
  channel.onmessage = (message: MessageEvent<Told>) => {
    others.set(message.data.windowId, { paths: message.data.paths, at: Date.now() });
    if (message.data.type === 'ask') tell('have');
    mark();
  };
  let known = own().join('\n');
  tabs.subscribe(() => {
    const next = own().join('\n');
    if (next === known) return;
    known = next;
    tell('have');
    mark();
  });
  window.addEventListener('pagehide', () =>
    channel.postMessage({ type: 'have', windowId, paths: [] } satisfies Told),
  );
  setInterval(() => {
    if (others.size > 0) tell('have');
    mark();
  }, STALE);
  tell('ask');
}
