// Drafts on the server, too: two seconds after the last change, ten at the latest, what is not saved is there as well,
// so that it outlives this browser. The browser's own copy comes first; this one is never restored over it.

import { api } from '../../api/client';
import type { JsonObject } from '../../core/json';
import { t } from '../../i18n/t';
import { runs } from '../../stores/runs';
import { openTab, type Tab, tabOf, tabs } from '../../stores/tabs';
import { toast } from '../../ui/Toast';

const IDLE = 2000;
const BUSY = 10_000;

interface ServerDraft {
  readonly id: string;
  readonly name: string;
  readonly window: string | null;
}

const address = (id: string) => `/api/v1/drafts/${encodeURIComponent(id)}`;
const sent = new Map<string, number>();
const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; since: number }>();

async function send(id: string, windowId: string): Promise<void> {
  waiting.delete(id);
  const tab = tabOf(id);
  if (tab === null || !tab.isDirty || runs.getState().connection !== 'open') return;
  const { revision } = tab.doc;
  if (sent.get(id) === revision) return;
  try {
    await api.put(address(id), {
      document: tab.doc.save(),
      name: tab.name,
      ...(tab.path === null ? {} : { file: tab.path }),
      ...(tab.revision === null ? {} : { base: tab.revision }),
      window: windowId,
    });
    sent.set(id, revision);
  } catch {
    // The browser has it; the next change tries again.
  }
}

function sendSoon(id: string, windowId: string): void {
  const now = Date.now();
  const since = waiting.get(id)?.since ?? now;
  clearTimeout(waiting.get(id)?.timer);
  const delay = Math.max(0, Math.min(IDLE, since + BUSY - now));
  waiting.set(id, { since, timer: setTimeout(() => void send(id, windowId), delay) });
}

function forget(id: string): void {
  clearTimeout(waiting.get(id)?.timer);
  waiting.delete(id);
  if (sent.delete(id)) void api.delete(address(id)).catch(() => {});
}

export function keepDraftsOnServer(windowId: string): void {
  const watched = new Map<string, () => void>();
  const follow = (all: readonly Tab[]) => {
    for (const tab of all) {
      if (!watched.has(tab.id))
        watched.set(
          tab.id,
          tab.doc.watch(() => sendSoon(tab.id, windowId)),
        );
      if (!tab.isDirty) forget(tab.id);
    }
    for (const [id, stop] of watched) {
      if (all.some((tab) => tab.id === id)) continue;
      stop();
      watched.delete(id);
      forget(id);
    }
  };
  follow(tabs.getState().tabs);
  tabs.subscribe((state) => follow(state.tabs));
  runs.subscribe((state, before) => {
    if (state.connection === 'open' && before.connection !== 'open')
      for (const tab of tabs.getState().tabs) if (tab.isDirty) sendSoon(tab.id, windowId);
  });
}

/** A browser that remembers nothing of its own is offered what the server kept. */
export async function offerServerDrafts(): Promise<void> {
  if (tabs.getState().tabs.length > 0) return;
  const { drafts } = await api.get<{ drafts: readonly ServerDraft[] }>('/api/v1/drafts');
  if (drafts.length === 0) return;
  toast({
    title: t('drafts.found', { count: drafts.length }),
    text: drafts
      .slice(0, 4)
      .map((draft) => draft.name)
      .join(', '),
    action: { label: t('drafts.open'), run: () => void openAll(drafts) },
    seconds: 20,
    key: 'drafts',
  });
}

async function openAll(drafts: readonly ServerDraft[]): Promise<void> {
  for (const draft of drafts) {
    const kept = await api
      .get<{ document: JsonObject; file?: string | null; base?: string | null }>(address(draft.id))
      .catch(() => null);
    if (kept === null) continue;
    const { document, file = null, base = null } = kept;
    openTab(document, { name: draft.name, path: file, revision: base, isDirty: true });
  }
}
