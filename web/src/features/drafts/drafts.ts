// Drafts: every change is in the browser's database within half a second, with the steps of undo, so that a browser
// that dies takes nothing along. Saved files are never touched by this.

import { bus } from '../../app/bus';
import { rememberView } from '../../app/scopes';
import { view } from '../../app/view';
import { asObject, type Json, parseJson, stringifyJson } from '../../core/json';
import type { Step } from '../../core/types';
import { markClean, openTab, type Tab, type TabView, tabOf, tabs, updateTab } from '../../stores/tabs';
import { idb } from './idb';

const DELAY = 250;
const RETRY = 5000;
/** Once the view rests so long, it is kept. */
const LOOKED = 300;
const MOST_STEPS = 100;
const KEPT_FOR = 30 * 24 * 3600 * 1000;

export interface Draft {
  readonly id: string;
  readonly windowId: string;
  readonly name: string;
  readonly path: string | null;
  readonly revision: string | null;
  readonly isDirty: boolean;
  readonly isImportedFromApi: boolean;
  /** The document as it would be saved. */
  readonly text: string;
  /** Steps of undo, as JSON: seeds in them may be too large for the browser's numbers. */
  readonly steps: string;
  readonly view: TabView | null;
  readonly at: number;
}

interface Session {
  readonly windowId: string;
  readonly order: readonly string[];
  readonly active: string | null;
  /** Where each tab is looked at, and what is selected: changes far more often than the documents do. */
  readonly views?: Readonly<Record<string, TabView>>;
  readonly at: number;
}

const timers = new Map<string, ReturnType<typeof setTimeout>>();
const written = new Map<string, number>();

export function draftOf(tab: Tab, windowId: string, now: number): Draft {
  const { id, name, path, revision, isDirty, isImportedFromApi, doc, view } = tab;
  const steps = stringifyJson(doc.steps.slice(-MOST_STEPS) as unknown as Json);
  const text = stringifyJson(doc.save());
  return { id, windowId, name, path, revision, isDirty, isImportedFromApi, text, steps, view, at: now };
}

async function write(id: string, windowId: string): Promise<void> {
  timers.delete(id);
  if (tabs.getState().active === id) rememberView(id);
  const tab = tabs.getState().tabs.find((each) => each.id === id);
  if (tab === undefined) return;
  const { revision } = tab.doc;
  try {
    await idb.put('drafts', id, draftOf(tab, windowId, Date.now()));
    written.set(id, revision);
    updateTab(id, { isUnsafe: false });
  } catch {
    // Told by a banner (`Banner.tsx`); tried again without a change, too, as room may be made elsewhere.
    updateTab(id, { isUnsafe: true });
    setTimeout(() => tabOf(id)?.isUnsafe === true && writeSoon(id, windowId), RETRY);
  }
}

function writeSoon(id: string, windowId: string): void {
  if (timers.has(id)) return;
  timers.set(
    id,
    setTimeout(() => void write(id, windowId), DELAY),
  );
}

/** Keep the drafts of this window from here on. Returns how to write at once what is waiting. */
export function keepDrafts(windowId: string): () => void {
  const watched = new Map<string, () => void>();
  const follow = (all: readonly Tab[]) => {
    for (const tab of all) {
      if (watched.has(tab.id)) continue;
      watched.set(
        tab.id,
        tab.doc.watch(() => writeSoon(tab.id, windowId)),
      );
      writeSoon(tab.id, windowId);
    }
    for (const [id, stop] of watched) {
      if (all.some((tab) => tab.id === id)) continue;
      stop();
      watched.delete(id);
      clearTimeout(timers.get(id));
      timers.delete(id);
      void idb.delete('drafts', id).catch(() => {});
    }
  };
  const writeSession = () => {
    const { tabs: all, active } = tabs.getState();
    const order = all.map((tab) => tab.id);
    const views = Object.fromEntries(all.flatMap(({ id, view }) => (view === null ? [] : [[id, view]])));
    const session: Session = { windowId, order, active, views, at: Date.now() };
    void idb.put('session', windowId, session).catch(() => {});
  };
  let looking: ReturnType<typeof setTimeout> | undefined;
  const lookedSoon = () => {
    clearTimeout(looking);
    looking = setTimeout(() => {
      const { active } = tabs.getState();
      if (active !== null && tabOf(active)?.doc === view.doc) rememberView(active);
    }, LOOKED);
  };
  bus.on('viewport', lookedSoon);
  bus.on('selection', lookedSoon);
  follow(tabs.getState().tabs);
  writeSession();
  tabs.subscribe((state, before) => {
    follow(state.tabs);
    for (const tab of state.tabs) {
      const old = before.tabs.find((each) => each.id === tab.id);
      if (
        old !== undefined &&
        (old.name !== tab.name ||
          old.path !== tab.path ||
          old.isDirty !== tab.isDirty ||
          ((tab.view?.kept?.length ?? 0) > 0 && old.view?.kept !== tab.view?.kept))
      )
        writeSoon(tab.id, windowId);
    }
    if (
      state.active !== before.active ||
      state.tabs.length !== before.tabs.length ||
      state.tabs !== before.tabs
    )
      writeSession();
  });
  return () => {
    const { tabs: all, active } = tabs.getState();
    for (const tab of all) {
      const isWritten = written.get(tab.id) === tab.doc.revision && tab.id !== active;
      if (!isWritten) void write(tab.id, windowId);
    }
  };
}

/** Open again what this window had open, or, if it is new and no other window is there, what the last one had. */
export async function restoreDrafts(windowId: string, others: ReadonlySet<string>): Promise<number> {
  const [drafts, sessions] = await Promise.all([idb.all<Draft>('drafts'), idb.all<Session>('session')]);
  const now = Date.now();
  for (const old of sessions.filter((each) => now - each.at > KEPT_FOR && !others.has(each.windowId)))
    void idb.delete('session', old.windowId).catch(() => {});
  const free = sessions
    .filter((each) => each.windowId === windowId || !others.has(each.windowId))
    .sort((a, b) => b.at - a.at);
  const own = free.find((each) => each.windowId === windowId) ?? free[0];
  const order = own?.order ?? [];
  const isOurs = (draft: Draft) => draft.windowId === windowId || !others.has(draft.windowId);
  const wanted = drafts
    .filter((draft) => isOurs(draft) && (order.includes(draft.id) || draft.isDirty))
    .sort((a, b) => place(order, a.id) - place(order, b.id));
  let count = 0;
  for (const draft of wanted)
    if (restoreDraft({ ...draft, view: own?.views?.[draft.id] ?? draft.view })) count += 1;
  for (const stale of drafts.filter((draft) => isOurs(draft) && !wanted.includes(draft)))
    void idb.delete('drafts', stale.id).catch(() => {});
  if (own?.active != null && tabs.getState().tabs.some((tab) => tab.id === own.active))
    tabs.setState({ active: own.active });
  return count;
}

function place(order: readonly string[], id: string): number {
  const index = order.indexOf(id);
  return index < 0 ? order.length : index;
}

/** Open what was kept, with what can be undone; false if that is open, or cannot be read. */
export function restoreDraft(draft: Draft, isBackground = false): boolean {
  try {
    const raw = asObject(parseJson(draft.text));
    if (raw === null || tabs.getState().tabs.some((tab) => tab.id === draft.id)) return false;
    const { id, name, path, revision, isDirty, isImportedFromApi, view } = draft;
    const tab = openTab(raw, { id, name, path, revision, isDirty, isImportedFromApi, view, isBackground });
    tab.doc.restoreSteps(parseJson(draft.steps) as unknown as readonly Step[], []);
    if (!isDirty) markClean(id);
    return true;
  } catch {
    return false; // a draft that cannot be read must not keep the others from coming back
  }
}
