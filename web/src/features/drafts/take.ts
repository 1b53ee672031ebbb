// Drafts of windows that are gone: listed, taken over into this window, discarded. A draft that is taken over gets an id
// of its own on the server, in one step: of two windows one is given it, and at no moment is it nowhere.

import { call } from '../../api/call';
import { ApiError } from '../../api/client';
import type { ListedDraft, Routes } from '../../api/types';
import { otherWindows, ownWindow } from '../../app/window';
import { newId, openTab, tabOf } from '../../stores/tabs';
import { type Draft, restoreDraft } from './drafts';
import { idb } from './idb';
import { cameFromServer } from './server';

type WholeDraft = Routes['GET /api/v1/drafts/{draft_id}']['reply'];

/** Those that are open nowhere, the newest first. */
export async function listFree(): Promise<readonly ListedDraft[]> {
  const own = await ownWindow;
  const [{ drafts }, others] = await Promise.all([call('GET /api/v1/drafts'), otherWindows(own)]);
  return drafts.filter(
    ({ id, window, is_open }) =>
      tabOf(id) === null && (window === null || window === own || !(is_open || others.has(window))),
  );
}

/** Open a draft in a tab that has it from now on; the tab's id, or null if it is not there any more. */
export async function takeDraft(
  draft: ListedDraft,
  { isBackground = false }: { readonly isBackground?: boolean } = {},
): Promise<string | null> {
  const [id, window, kept] = [newId(), await ownWindow, await keptHere(draft.id)];
  const body = { id, window };
  try {
    await call('POST /api/v1/drafts/{draft_id}/take', { path: { draft_id: draft.id }, body });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
  if (kept !== null) {
    const own = { ...kept, id, windowId: window, isDirty: true };
    await idb.put('drafts', id, own);
    if (restoreDraft(own, isBackground)) {
      await idb.delete('drafts', draft.id);
      return id;
    }
  }
  // Should this fail, it is in the list again, under its new id.
  const { document, name, file, base } = await read(id);
  const options = { id, name, path: file, revision: base, isDirty: true, isBackground };
  cameFromServer(openTab(document, options));
  return id;
}

/** What this browser kept of it: newer, perhaps, and with what can be undone. It would come back by itself, too. */
async function keptHere(id: string): Promise<Draft | null> {
  try {
    const kept = (await idb.get<Draft>('drafts', id)) ?? null;
    return kept !== null && (await otherWindows(await ownWindow)).has(kept.windowId) ? null : kept;
  } catch {
    return null; // no database
  }
}

function read(id: string): Promise<WholeDraft> {
  return call('GET /api/v1/drafts/{draft_id}', { path: { draft_id: id } });
}

/** Forget a draft on the server; how to have it back, as long as the page is there. */
export async function discardDraft({ id }: ListedDraft): Promise<() => Promise<void>> {
  const [{ document, name, file, base, window }, kept] = [await read(id), await keptHere(id)];
  const path = { draft_id: id };
  await call('DELETE /api/v1/drafts/{draft_id}', { path });
  if (kept !== null) await idb.delete('drafts', id);
  return async () => {
    await call('PUT /api/v1/drafts/{draft_id}', { path, body: { document, name, file, base, window } });
    if (kept !== null) await idb.put('drafts', id, kept);
  };
}
