// The graph by keyboard: from node to node, into a node and back, moving, resizing, and what is said of it.

import { bus } from '../../app/bus';
import { type Command, registerCommands } from '../../app/commands';
import { enterNode, leaveScope } from '../../app/scopes';
import { canvasHasFocus, canvasHost, focusCanvas, view } from '../../app/view';
import type { Transaction } from '../../core/doc';
import { groupBox, resizeNode } from '../../core/edit';
import { isPinned } from '../../core/geometry';
import { nearestBox, type Way } from '../../core/nearest';
import { executionOrder } from '../../core/select';
import { titleOf } from '../../core/slots';
import type { NodeId, Point } from '../../core/types';
import { movable, moveAll, resizeGroup } from '../../engine/gestures/moving';
import { DETAIL } from '../../engine/paint';
import { type TextKey, t } from '../../i18n/t';
import { settings } from '../../stores/settings';
import { chooseConnection, showLinks } from './connect';
import { voiceOf } from './voice';

const GRID = 10;
const FIELDS = ':is(input, textarea, select, button, [tabindex]):not([tabindex="-1"])';
const WAYS: readonly (readonly [Way, string, Point])[] = [
  ['left', 'ArrowLeft', { x: -1, y: 0 }],
  ['right', 'ArrowRight', { x: 1, y: 0 }],
  ['up', 'ArrowUp', { x: 0, y: -1 }],
  ['down', 'ArrowDown', { x: 0, y: 1 }],
];

/** The node that keys mean: the focused one, or the only selected one. */
export function currentNode(): NodeId | null {
  if (view.focused !== null) return view.focused;
  const [only] = view.selected;
  return view.selected.size === 1 ? (only ?? null) : null;
}

function goTo(id: NodeId | null): void {
  if (id === null) return;
  view.select([id]);
  view.focus(id);
}

function walk(way: Way): void {
  const scene = view.scene;
  const from = currentNode();
  if (scene === null) return;
  const box = from === null ? undefined : scene.layout(from)?.box;
  if (from === null || box === undefined) {
    goTo(executionOrder(scene.graph)[0] ?? null);
    return;
  }
  const others = [...scene.graph.nodes.keys()].flatMap((id) => {
    const own = scene.layout(id)?.box;
    return own === undefined || id === from ? [] : [[id, own] as const];
  });
  goTo(nearestBox(box, others, way));
}

/** The next node in the order of execution; null at the ends, where Tab leaves the canvas. */
function inOrder(step: 1 | -1): NodeId | null {
  const graph = view.scene?.graph;
  if (graph === undefined || view.focused === null) return null;
  const order = executionOrder(graph);
  const place = order.indexOf(view.focused);
  return place < 0 ? null : (order[place + step] ?? null);
}

/** What is selected, with what is in selected groups; or else the node that has the keyboard. */
function move(by: Point): void {
  const scene = view.scene;
  if (scene === null) return;
  const only = hasSelection() ? null : currentNode();
  const moving = movable(only === null ? view : { ...ONE, selected: new Set([only]) }, scene);
  const { from, groups, reroutes } = moving;
  const ids = [...from.keys(), ...[...groups.keys(), ...reroutes.keys()].map((id) => `/${id}`)];
  if (ids.length === 0) return;
  const place = ({ x, y }: Point) => ({ x: x + by.x * GRID, y: y + by.y * GRID });
  const gesture = `keys ${ids.join()}`;
  view.doc?.edit(t('graph.stepMove'), view.scope, (tx) => moveAll(tx, moving, place), gesture);
}

const NONE: ReadonlySet<string> = new Set();
const ONE = { selectedGroups: NONE, selectedReroutes: NONE };

function hasSelection(): boolean {
  return view.selected.size > 0 || view.selectedGroups.size > 0 || view.selectedReroutes.size > 0;
}

function resize(by: Point): void {
  const id = currentNode();
  if (id === null) resizeGroups(by);
  const body = id === null ? undefined : view.scene?.layout(id)?.body;
  if (id === null || body === undefined || isPinned(view.scene?.node(id) ?? {})) return;
  const size = { x: Math.max(140, body.w + by.x * GRID), y: Math.max(0, body.h + by.y * GRID) };
  view.doc?.edit(t('graph.stepResize'), view.scope, (tx) => resizeNode(tx, id, size), `size ${id}`);
}

/** The selected groups, by the corner that a drag takes, too. */
function resizeGroups(by: Point): void {
  const boxes = [...view.selectedGroups].flatMap((id) => {
    const group = view.scene?.graph.groups.get(id) ?? {};
    const box = groupBox(group);
    return box === null || isPinned(group) ? [] : [[id, box] as const];
  });
  const change = (tx: Transaction) => {
    for (const [id, { w, h }] of boxes) resizeGroup(tx, id, { x: w + by.x * GRID, y: h + by.y * GRID });
  };
  const gesture = `size ${boxes.map(([id]) => `/${id}`).join()}`;
  view.doc?.edit(t('step.resizeGroup'), view.scope, change, gesture);
}

/** Into a node: an instance of a subgraph is entered, of others a field gets the keyboard, the first if none is named. */
function enter(id: NodeId | null, widget: string | null = null): void {
  if (id === null || enterNode(id)) return;
  if (view.view.zoom < DETAIL) view.reveal(id);
  else view.focus(id);
  const named = widget === null ? '' : `[data-widget="${CSS.escape(widget)}"] `;
  let tries = 20;
  const seek = () => {
    const node = canvasHost()?.querySelector(`[data-node="${CSS.escape(id)}"]`);
    const element =
      node?.querySelector(`${named}[data-field] ${FIELDS}`) ??
      node?.querySelector(`[data-field] ${FIELDS}`) ??
      node?.querySelector(FIELDS);
    if (element instanceof HTMLElement) element.focus();
    else if (tries > 0) {
      tries -= 1;
      requestAnimationFrame(seek);
    }
  };
  requestAnimationFrame(seek);
}

/** Out of a field to its node, from a node to the canvas, from a subgraph to where it stands. */
function onEscape(event: KeyboardEvent): void {
  const host = canvasHost();
  if (event.key !== 'Escape' || event.defaultPrevented || !(event.target instanceof Element)) return;
  const node = event.target.closest<HTMLElement>('[data-node]')?.dataset['node'];
  if (node === undefined || host === null || !host.contains(event.target)) return;
  event.preventDefault();
  focusCanvas();
  view.select([node]);
  view.focus(node);
}

/** What is said of a node: name, number, its place in the order, its links, whether it runs or failed. */
export function labelOf(id: NodeId): string {
  const scene = view.scene;
  const node = scene?.graph.nodes.get(id);
  const shape = scene?.shape(id);
  if (scene == null || node === undefined || shape === undefined) return '';
  const order = executionOrder(scene.graph);
  const links = [...scene.linksOf(id)].flatMap((link) => scene.graph.links.get(link) ?? []);
  const inputs = links.filter((link) => link.to === id).length;
  const mark = view.marks.get(id);
  const state = t('graph.nodeLinks', { inputs, outputs: links.length - inputs });
  return t('graph.nodeLabel', {
    ...{ title: titleOf(node, scene.catalog), id, place: order.indexOf(id) + 1, count: order.length },
    state: mark === undefined ? state : `${t(`node.mark.${mark}`)}. ${state}`,
  });
}

const withNode = () => currentNode() !== null;
const withSome = () => hasSelection() || withNode();
const withSizable = () => withNode() || view.selectedGroups.size > 0;

function key(
  id: string,
  title: TextKey,
  keys: readonly string[],
  run: () => void,
  when: () => boolean = () => view.doc !== null,
  isHidden = false,
): Command {
  return { id, title: () => t(title), group: 'nodes', keys, scope: 'canvas', run, when, isHidden };
}

/** Along the order of execution, but for where Tab is the key of the search: there Shift+Tab leaves the canvas. */
function inTurn(id: 'graph.next' | 'graph.previous', tab: string, step: 1 | -1): Command {
  const rebind = (keys: readonly string[]) =>
    settings.getState().tabKey === 'search' ? keys.filter((each) => each !== tab) : keys;
  const when = () => inOrder(step) !== null;
  return { ...key(id, id, [tab], () => goTo(inOrder(step)), when, true), rebind };
}

export function registerKeyboard(): void {
  registerCommands(
    ...WAYS.map(([way, arrow]) =>
      key(`graph.walk.${way}`, `graph.walk.${way}`, [arrow], () => walk(way), undefined, true),
    ),
    ...WAYS.map(([way, arrow, by]) =>
      key(`graph.move.${way}`, `graph.move.${way}`, [`Ctrl+${arrow}`], () => move(by), withSome, true),
    ),
    ...WAYS.map(([way, arrow, by]) =>
      key(
        `graph.resize.${way}`,
        `graph.resize.${way}`,
        [`Ctrl+Shift+${arrow}`],
        () => resize(by),
        withSizable,
        true,
      ),
    ),
    inTurn('graph.next', 'Tab', 1),
    inTurn('graph.previous', 'Shift+Tab', -1),
    key('graph.enter', 'graph.enter', ['Enter'], () => enter(currentNode()), withNode),
    key(
      'graph.escape',
      'graph.exit',
      ['Esc'],
      stepOut,
      () => view.focused !== null || view.selected.size > 0 || view.scope !== '',
    ),
    key('graph.connect', 'graph.connect', ['C'], () => chooseConnection(currentNode()), withNode),
    key('graph.links', 'graph.links', ['L'], () => showLinks(currentNode()), withNode),
  );
  bus.on('enter', (id, widget) => {
    // Where there are fields, they are pressed themselves.
    if (!enterNode(id) && view.view.zoom < DETAIL) enter(id, widget);
  });
  bus.on('focus', () => {
    const id = view.focused;
    voiceOf()?.focus(id, id === null ? '' : labelOf(id));
  });
  // A click is the keyboard's place from then on, too.
  bus.on('selection', () => {
    if (view.focused !== null && !view.selected.has(view.focused)) view.focus(null);
  });
  window.addEventListener('keydown', onEscape);
  document.addEventListener('focusin', () => view.invalidate());
  document.addEventListener('focusout', () => view.invalidate());
}

function stepOut(): void {
  if (view.focused !== null || view.selected.size > 0) {
    view.focus(null);
    view.select([]);
  } else if (canvasHasFocus()) {
    leaveScope();
  }
}
