// Drafts on the server, too: two seconds after the last change, ten at the latest, what is not saved is there as well,
// so that it outlives this browser. The browser's own copy comes first; this one is never restored over it.

import { call } from '../../api/call';
import { ApiError, request } from '../../api/client';
import { t } from '../../i18n/t';
import { runs } from '../../stores/runs';
import { type Tab, tabOf, tabs } from '../../stores/tabs';
import { toast } from '../../ui/Toast';
import { draftText, fitting, MOST_LEFT_BYTES, mayFit, type PackedDraft, packDraft } from './pack';

const IDLE = 2000;
const BUSY = 10_000;
const PACK = 250;

const address = (id: string) => `/api/v1/drafts/${encodeURIComponent(id)}`;
/** The revision of each tab's document that the server has. */
const sent = new Map<string, number>();
/** Tabs of which it may have one, from before a reload, too. */
const mayBeThere = new Set<string>();
const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; since: number }>();
/** Packed as soon as there is a moment: a page that is being left has none. */
const packed = new Map<string, PackedDraft>();
const packing = new Map<string, ReturnType<typeof setTimeout>>();

/** Whether the server has what is in a tab now. */
export function isOnServer({ id, doc }: Tab): boolean {
  return sent.get(id) === doc.revision;
}

/** A tab was opened with what the server has of it. */
export function cameFromServer({ id, doc }: Tab): void {
  sent.set(id, doc.revision);
}

async function pack(id: string, windowId: string): Promise<PackedDraft | null> {
  const tab = tabOf(id);
  if (tab === null || !tab.isDirty) return null;
  const known = packed.get(id);
  if (known?.revision === tab.doc.revision) return known;
  const next = await packDraft(tab, windowId);
  packed.set(id, next);
  return next;
}

async function send(id: string, windowId: string): Promise<void> {
  waiting.delete(id);
  const tab = tabOf(id);
  if (tab === null || !tab.isDirty || runs.getState().connection !== 'open') return;
  if (isOnServer(tab)) return;
  try {
    const draft = await pack(id, windowId);
    if (draft === null) return;
    await request('PUT', address(id), { body: draft.body, headers: { 'Content-Type': draft.body.type } });
    sent.set(id, draft.revision);
  } catch (error) {
    tellRefusal(error);
  }
}

/** No answer is no matter: the browser has it, and the next change tries again. A refusal stays one. */
function tellRefusal(error: unknown): void {
  if (!(error instanceof ApiError) || error.isOffline) return;
  toast({
    kind: 'warning',
    title: t('drafts.noServer', { words: error.message }),
    key: 'drafts-refused',
    seconds: 20,
  });
}

function sendSoon(id: string, windowId: string): void {
  const now = Date.now();
  const since = waiting.get(id)?.since ?? now;
  clearTimeout(waiting.get(id)?.timer);
  const delay = Math.max(0, Math.min(IDLE, since + BUSY - now));
  waiting.set(id, { since, timer: setTimeout(() => void send(id, windowId), delay) });
  clearTimeout(packing.get(id));
  if (!mayFit(packed.get(id)?.body.size)) return;
  packing.set(
    id,
    setTimeout(() => void pack(id, windowId).catch(() => {}), PACK),
  );
}

function forget(id: string): void {
  clearTimeout(waiting.get(id)?.timer);
  clearTimeout(packing.get(id));
  waiting.delete(id);
  packed.delete(id);
  sent.delete(id);
  if (mayBeThere.delete(id))
    void call('DELETE /api/v1/drafts/{draft_id}', { path: { draft_id: id } }).catch(() => {});
}

/** Keep drafts on the server from here on. Returns how to send at once, while the page is left, what waits. */
export function keepDraftsOnServer(windowId: string): () => void {
  const watched = new Map<string, () => void>();
  const follow = (all: readonly Tab[]) => {
    for (const tab of all) {
      if (!watched.has(tab.id)) {
        watched.set(
          tab.id,
          tab.doc.watch(() => sendSoon(tab.id, windowId)),
        );
        if (tab.isDirty) sendSoon(tab.id, windowId);
      }
      if (tab.isDirty) mayBeThere.add(tab.id);
      else forget(tab.id);
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
  return () => flush(windowId);
}

/** Send what waits in requests that outlive the page. What is too large for that is in this browser. */
function flush(windowId: string): void {
  if (runs.getState().connection !== 'open') return;
  const bodies = tabs.getState().tabs.flatMap((tab) => {
    if (!tab.isDirty || isOnServer(tab)) return [];
    const ready = packed.get(tab.id);
    const body =
      ready?.revision === tab.doc.revision
        ? ready.body
        : new Blob([draftText(tab, windowId)], { type: 'application/json' });
    return [{ id: tab.id, revision: tab.doc.revision, body, size: body.size }];
  });
  for (const { id, revision, body } of fitting(bodies, MOST_LEFT_BYTES)) {
    request('PUT', address(id), { body, headers: { 'Content-Type': body.type }, keepalive: true })
      .then(() => sent.set(id, revision))
      .catch(() => {});
  }
}
