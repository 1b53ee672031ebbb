// Windows of the same browser: each tells the others which files it has open.

import { tabs, updateTab } from '../../stores/tabs';

interface Told {
  readonly type: 'have' | 'ask';
  readonly windowId: string;
  readonly paths: readonly string[];
}

const STALE = 4000;

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
