// What happens once the page is there: settings, node types, the stream of events, the tabs of last time.

import { EventStream } from '../api/events';
import { loadCatalog } from '../stores/catalog';
import { loadLimits } from '../stores/limits';
import { runs, takeEvent, takePreview } from '../stores/runs';
import { loadSettings } from '../stores/settings';
import { newId } from '../stores/tabs';
import { ownWindow } from './window';

const CLIENT_KEY = 'skein.client';

/** Names this browser to the server; windows share it, and it outlives a reload. */
export const clientId = readClientId();

function readClientId(): string {
  try {
    const kept = localStorage.getItem(CLIENT_KEY) ?? newId();
    localStorage.setItem(CLIENT_KEY, kept);
    return kept;
  } catch {
    return newId();
  }
}

type Hook = () => void | Promise<void>;
const onStart: { readonly hook: Hook; readonly order: number }[] = [];
const onOpen: Hook[] = [];
const onGallery: Hook[] = [];

/**
 * Do something once node types and settings were asked for (they may have failed). One after the other: tabs come back
 * at 0, what is about tabs has a greater `order`.
 */
export function whenStarted(hook: Hook, order = 0): void {
  onStart.push({ hook, order });
}

/** Do something each time the connection to the server is open (again). */
export function whenConnected(hook: Hook): void {
  onOpen.push(hook);
}

/** Do something each time that files of the gallery came, changed or went. */
export function whenGalleryChanged(hook: Hook): void {
  onGallery.push(hook);
}

export const stream = new EventStream(clientId, {
  event: takeEvent,
  preview: takePreview,
  gallery: () => {
    for (const hook of onGallery) void hook();
  },
  connection: (connection) => {
    runs.setState({ connection });
    if (connection === 'open') for (const hook of onOpen) void hook();
  },
});

// It may be another one than before, or have been started anew with other flags.
whenConnected(() => loadLimits().catch(() => {}));

export async function start(): Promise<void> {
  // The server tells other browsers whether the window that has a draft open is there.
  void ownWindow.then((id) => stream.start(id));
  await Promise.allSettled([loadSettings(), loadCatalog(), loadLimits()]);
  for (const { hook } of onStart.toSorted((one, other) => one.order - other.order)) await hook();
}
