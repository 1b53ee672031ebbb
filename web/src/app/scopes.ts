// Where one is in a document: into subgraphs and out again, each with the view that it was left with; views that were
// jumped from, and views that are kept by number.

import { createStore } from 'zustand/vanilla';
import type { GraphDoc } from '../core/doc';
import { typeNameOf } from '../core/slots';
import type { NodeId, Scope } from '../core/types';
import { activeTab, type KeptSpot as Spot, updateTab } from '../stores/tabs';
import { bus } from './bus';
import { lookFirst } from './look';
import { view } from './view';

export interface Place {
  readonly scope: Scope;
  /** The instance that was entered. */
  readonly node: NodeId;
}

interface Trail {
  readonly back: Spot[];
  readonly forward: Spot[];
  /** Views by number; another list when another view is kept. */
  kept: readonly (readonly [number, Spot])[];
  readonly views: Map<Scope, Spot>;
}

interface PathState {
  readonly path: readonly Place[];
  readonly doc: GraphDoc | null;
}

/** The instances that one is inside of, outermost first. */
export const whereabouts = createStore<PathState>(() => ({ path: [], doc: null }));
const trails = new WeakMap<GraphDoc, Trail>();
const paths = new WeakMap<GraphDoc, readonly Place[]>();
const MOST = 50;

function trailOf(doc: GraphDoc): Trail {
  const known = trails.get(doc) ?? { back: [], forward: [], kept: [], views: new Map() };
  trails.set(doc, known);
  return known;
}

function spot(): Spot {
  const { x, y, zoom } = view.view;
  return { scope: view.scope, path: whereabouts.getState().path, x, y, zoom };
}

function show(doc: GraphDoc, path: readonly Place[], at: Spot | undefined): void {
  const scope = path.at(-1)?.scope ?? '';
  paths.set(doc, path);
  if (view.scope !== scope || view.doc !== doc) view.show(doc, scope);
  whereabouts.setState({ path, doc });
  if (at === undefined) lookFirst();
  else {
    Object.assign(view.view, { x: at.x, y: at.y, zoom: at.zoom });
    view.moved();
  }
}

/** Go into an instance of a subgraph; false if the node is none. */
export function enterNode(id: NodeId): boolean {
  const { doc, scope } = view;
  const node = view.scene?.graph.nodes.get(id);
  const inner = node === undefined ? '' : typeNameOf(node);
  if (doc === null || inner === '' || !doc.has(inner)) return false;
  const { path } = whereabouts.getState();
  // A definition that holds itself is no place to go to.
  if (path.some((place) => place.scope === inner)) return false;
  trailOf(doc).views.set(scope, spot());
  show(doc, [...path, { scope: inner, node: id }], trailOf(doc).views.get(inner));
  return true;
}

/** Out to a depth: 0 is the document itself. */
export function leaveTo(depth: number): void {
  const { doc } = view;
  const { path } = whereabouts.getState();
  const left = path[depth];
  if (doc === null || left === undefined) return;
  trailOf(doc).views.set(view.scope, spot());
  const outer = path.slice(0, depth);
  show(doc, outer, trailOf(doc).views.get(outer.at(-1)?.scope ?? ''));
  view.select([left.node]);
  view.focus(left.node);
}

export function leaveScope(): void {
  leaveTo(whereabouts.getState().path.length - 1);
}

/** Remember where one is, before something jumps away. */
export function rememberSpot(): void {
  const { doc } = view;
  if (doc === null) return;
  const trail = trailOf(doc);
  trail.back.push(spot());
  if (trail.back.length > MOST) trail.back.shift();
  trail.forward.length = 0;
}

function travel(from: 'back' | 'forward', to: 'back' | 'forward'): void {
  const { doc } = view;
  const trail = doc === null ? null : trailOf(doc);
  const next = trail?.[from].pop();
  if (doc === null || trail === null || next === undefined) return;
  trail[to].push(spot());
  show(doc, next.path, next);
}

export const goBack = () => travel('back', 'forward');
export const goForward = () => travel('forward', 'back');

/** Keep this view by number: it goes with the tab, never into the file. */
export function keepSpot(number: number): void {
  const { doc } = view;
  if (doc === null) return;
  const trail = trailOf(doc);
  trail.kept = [...trail.kept.filter(([each]) => each !== number), [number, spot()]];
  const tab = activeTab();
  const { x, y, zoom } = view.view;
  const now = tab?.view ?? { x, y, zoom, scope: view.scope, selected: [...view.selected] };
  if (tab?.doc === doc) updateTab(tab.id, { view: { ...now, kept: trail.kept } });
}

/** Take over what was kept in an earlier session, where this one has kept nothing. */
export function restoreSpots(doc: GraphDoc, spots: readonly (readonly [number, Spot])[]): void {
  const trail = trailOf(doc);
  if (trail.kept.length === 0) trail.kept = spots.filter(([, at]) => doc.has(at.scope));
}

/** Go to a kept view; false if there is none of that number. */
export function goToKept(number: number): boolean {
  const { doc } = view;
  const kept = doc === null ? undefined : trailOf(doc).kept.find(([each]) => each === number)?.[1];
  if (doc === null || kept === undefined) return false;
  rememberSpot();
  show(doc, kept.path, kept);
  return true;
}

/** Show a graph of the document, through whichever instances lead there. */
export function goToScope(scope: Scope): void {
  const { doc } = view;
  if (doc === null || !doc.has(scope) || scope === view.scope) return;
  trailOf(doc).views.set(view.scope, spot());
  show(doc, pathTo(doc, scope), trailOf(doc).views.get(scope));
}

/** Go to a node, wherever in the document it stands. */
export function jumpTo(scope: Scope, id: NodeId): void {
  const { doc } = view;
  if (doc === null || !doc.has(scope)) return;
  rememberSpot();
  if (scope !== view.scope) show(doc, pathTo(doc, scope), undefined);
  view.reveal(id);
  view.select([id]);
  view.focus(id);
}

/** A way into a definition, through whichever instances lead there. */
function pathTo(doc: GraphDoc, wanted: Scope): readonly Place[] {
  const waiting: (readonly Place[])[] = [[]];
  const seen = new Set<Scope>(['']);
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const scope = path.at(-1)?.scope ?? '';
    if (scope === wanted) return path;
    for (const [node, record] of doc.graph(scope).nodes) {
      const inner = typeNameOf(record);
      if (seen.has(inner) || inner === '' || !doc.has(inner)) continue;
      seen.add(inner);
      waiting.push([...path, { scope: inner, node }]);
    }
  }
  return wanted === '' ? [] : [{ scope: wanted, node: '' }];
}

/** The node of the graph on the screen that a node of a run stands in (`12:5` is in the instance 12); null if none. */
export function nodeHere(runNode: string): NodeId | null {
  const { path } = whereabouts.getState();
  const parts = runNode.split(':');
  return path.every((place, index) => parts[index] === place.node) ? (parts[path.length] ?? null) : null;
}

/** What runs call a node of the graph on the screen. */
export function runIdOf(node: NodeId): string {
  return [...whereabouts.getState().path.map((place) => place.node), node].join(':');
}

export function watchScopes(): void {
  bus.on('shown', () => {
    const { doc, scope } = view;
    const known = doc === null ? undefined : paths.get(doc);
    const path =
      (known?.at(-1)?.scope ?? '') === scope ? (known ?? []) : doc === null ? [] : pathTo(doc, scope);
    whereabouts.setState({ path, doc });
  });
}

/** Keep where a tab is looked at, before another is shown or the page is left. */
export function rememberView(id: string): void {
  const { x, y, zoom } = view.view;
  const kept = view.doc === null ? [] : trailOf(view.doc).kept;
  updateTab(id, { view: { x, y, zoom, scope: view.scope, selected: [...view.selected], kept } });
}
