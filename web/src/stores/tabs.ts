// Open workflows. One tab is one document; the document itself (`doc`) changes without the store, `isDirty` follows it.

import { createStore } from 'zustand/vanilla';
import { GraphDoc } from '../core/doc';
import { asObject, type JsonObject, parseJson, stringifyJson } from '../core/json';
import { instanceKeeper } from '../core/ports';
import { withDefinitions } from '../core/subgraph';
import type { NodeId, Patch, Scope, Step } from '../core/types';
import { catalog } from './catalog';
import { keepLook, lookOf } from './looked';

export interface TabView {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly scope: Scope;
  readonly selected: readonly NodeId[];
  /** Views that are kept by number, with the instances that lead there. */
  readonly kept?: readonly (readonly [number, KeptSpot])[];
}

export interface KeptSpot {
  readonly scope: Scope;
  readonly path: readonly { readonly scope: Scope; readonly node: NodeId }[];
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Tab {
  readonly id: string;
  readonly name: string;
  /** Its file below the user's `workflows`; null if it was never saved. */
  readonly path: string | null;
  /** What the server's file was when it was read or written; for If-Match. */
  readonly revision: string | null;
  readonly doc: GraphDoc;
  readonly isDirty: boolean;
  /** Another window has it open, too. */
  readonly isElsewhere: boolean;
  /** Its draft could not be kept: closing the page would lose it. */
  readonly isUnsafe: boolean;
  /** Where it was looked at when it was left. */
  readonly view: TabView | null;
  /** It came from an API file: nothing said where the nodes stand. */
  readonly isImportedFromApi: boolean;
}

export interface TabsState {
  readonly tabs: readonly Tab[];
  readonly active: string | null;
  /** Closed ones, the last one last, to be opened again. */
  readonly closed: readonly ClosedTab[];
}

export interface ClosedTab {
  readonly name: string;
  readonly path: string | null;
  /** What its file was when it was read: who saves it again must not overwrite what came later. */
  readonly revision: string | null;
  readonly text: string;
  readonly isDirty: boolean;
  readonly isImportedFromApi: boolean;
  /** What can be undone. */
  readonly steps: readonly Step[];
  readonly view: TabView | null;
  readonly place: number;
}

export const tabs = createStore<TabsState>(() => ({ tabs: [], active: null, closed: [] }));

const MOST_CLOSED = 20;
const saved = new Map<string, readonly Patch[] | null>();
const stops = new Map<string, () => void>();

export function activeTab(): Tab | null {
  const { tabs: all, active } = tabs.getState();
  return all.find((tab) => tab.id === active) ?? null;
}

export function tabOf(id: string): Tab | null {
  return tabs.getState().tabs.find((tab) => tab.id === id) ?? null;
}

export interface OpenOptions {
  readonly name: string;
  readonly path?: string | null;
  readonly revision?: string | null;
  readonly id?: string;
  readonly isDirty?: boolean;
  readonly isImportedFromApi?: boolean;
  readonly view?: TabView | null;
  readonly isBackground?: boolean;
}

/** Open a document, or what was read of one, in a tab of its own. */
export function openTab(source: JsonObject | GraphDoc, options: OpenOptions): Tab {
  const id = options.id ?? newId();
  const path = options.path ?? null;
  const doc = source instanceof GraphDoc ? source : new GraphDoc(source);
  doc.setKeeper(instanceKeeper((each) => withDefinitions(each, catalog.getState().types)));
  const tab: Tab = {
    id,
    name: uniqueName(options.name),
    path,
    revision: options.revision ?? null,
    doc,
    isDirty: options.isDirty ?? false,
    isElsewhere: false,
    isUnsafe: false,
    view: options.view ?? (path === null ? null : lookOf(path)),
    isImportedFromApi: options.isImportedFromApi ?? false,
  };
  if (!(options.isDirty ?? false)) saved.set(id, null);
  stops.set(
    id,
    doc.watch(() => updateTab(id, { isDirty: isChanged(id, doc) })),
  );
  tabs.setState((state) => ({
    tabs: [...state.tabs, tab],
    active: options.isBackground === true ? state.active : id,
  }));
  return tab;
}

function isChanged(id: string, doc: GraphDoc): boolean {
  return !saved.has(id) || saved.get(id) !== (doc.steps.at(-1)?.patches ?? null);
}

export function updateTab(id: string, changes: Partial<Omit<Tab, 'id' | 'doc'>>): void {
  tabs.setState((state) => {
    const tab = state.tabs.find((each) => each.id === id);
    if (tab === undefined) return state;
    const isSame = Object.entries(changes).every(([key, value]) => tab[key as keyof Tab] === value);
    return isSame
      ? state
      : { tabs: state.tabs.map((each) => (each.id === id ? { ...each, ...changes } : each)) };
  });
}

/** The steps of undo were replaced, and what the tab holds is what it was opened with. */
export function markClean(id: string): void {
  const tab = tabOf(id);
  if (tab !== null) saved.set(id, tab.doc.steps.at(-1)?.patches ?? null);
}

/** What the tab holds now is what its file holds. */
export function markSaved(id: string, path: string, revision: string | null): void {
  const tab = tabOf(id);
  if (tab === null) return;
  saved.set(id, tab.doc.steps.at(-1)?.patches ?? null);
  // The file says where its nodes stand from now on.
  updateTab(id, { path, revision, isDirty: false, name: nameOf(path), isImportedFromApi: false });
}

/** Close at once; who must ask first has asked. */
export function closeTab(id: string): void {
  const tab = tabOf(id);
  if (tab === null) return;
  stops.get(id)?.();
  stops.delete(id);
  saved.delete(id);
  const { name, path, revision, isDirty, isImportedFromApi, view } = tab;
  if (path !== null && view !== null) keepLook(path, view);
  const { steps } = tab.doc;
  const place = tabs.getState().tabs.indexOf(tab);
  const text = stringifyJson(tab.doc.save());
  const closed: ClosedTab = { name, path, revision, text, isDirty, isImportedFromApi, steps, view, place };
  tabs.setState((state) => {
    const index = state.tabs.findIndex((each) => each.id === id);
    const rest = state.tabs.filter((each) => each.id !== id);
    const next = state.active === id ? (rest[Math.min(index, rest.length - 1)]?.id ?? null) : state.active;
    return { tabs: rest, active: next, closed: [...state.closed, closed].slice(-MOST_CLOSED) };
  });
}

export function takeClosed(): ClosedTab | null {
  const last = tabs.getState().closed.at(-1) ?? null;
  if (last !== null) tabs.setState((state) => ({ closed: state.closed.slice(0, -1) }));
  return last;
}

/** Open the tab again that was closed last: where it was, with what can be undone. */
export function reopenTab(): Tab | null {
  const last = takeClosed();
  const raw = last === null ? null : asObject(parseJson(last.text));
  if (last === null || raw === null) return null;
  const { text: _text, steps, place, ...options } = last;
  const before = tabs.getState().tabs[place];
  const tab = openTab(raw, options);
  tab.doc.restoreSteps(steps, []);
  if (!last.isDirty) markClean(tab.id);
  if (before !== undefined) moveTab(tab.id, before.id);
  return tab;
}

export function activateTab(id: string): void {
  if (tabOf(id) !== null) tabs.setState({ active: id });
}

export function moveTab(id: string, before: string | null): void {
  tabs.setState((state) => {
    const tab = state.tabs.find((each) => each.id === id);
    if (tab === undefined || id === before) return state;
    const rest = state.tabs.filter((each) => each.id !== id);
    const index = before === null ? rest.length : rest.findIndex((each) => each.id === before);
    return { tabs: [...rest.slice(0, index), tab, ...rest.slice(index)] };
  });
}

/** The file's name without folder and ending. */
export function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.json$/i, '');
}

function uniqueName(wanted: string): string {
  const taken = new Set(tabs.getState().tabs.map((tab) => tab.name));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted} (${number})`)) return `${wanted} (${number})`;
}

export function newId(): string {
  return crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
}
