// What pointer, wheel and touch do, as a machine of explicit states. Keys are commands and live elsewhere.
//
// Between press and drift nothing has happened yet; what the press was on decides what a drag does. Wheel over a field
// that has the keyboard scrolls the field. Text selection inside fields never moves nodes.

import { unlink } from '../../core/edit';
import { removeReroute } from '../../core/reroutes';
import type { Box, LinkId, Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Hit } from '../scene';
import { linksCrossing } from './knife';
import { explain, finishLinks, type OpenCurve, openCurves, openLinks, type Target, targets } from './linking';
import { drag, dragCorner, dragGroupCorner, dropOnLink, duplicate, movable, selectIn } from './moving';
import { boxBetween, middleOf, newGesture, type State, type StateOf } from './state';
import { scrollsItself, wheelMeans, zoomFactor } from './wheel';

const DRIFT = 6;
const EDGE = 30;
const EDGE_SPEED = 12;
const LONG_PRESS = 500;
const KNIFE_KEY = 'KeyK';

export class Gestures {
  #state: State = { name: 'idle' };
  readonly #graph: GraphView;
  readonly #host: HTMLElement;
  readonly #pointers = new Map<number, Point>();
  readonly #stopping = new AbortController();
  readonly #keysDown = new Set<string>();
  #edgeTimer = 0;
  #pressTimer = 0;

  constructor(graph: GraphView, host: HTMLElement) {
    this.#graph = graph;
    this.#host = host;
    const options = { signal: this.#stopping.signal };
    host.addEventListener('pointerdown', (event) => this.#down(event), options);
    host.addEventListener('pointermove', (event) => this.#move(event), options);
    host.addEventListener('pointerup', (event) => this.#up(event), options);
    host.addEventListener('pointercancel', (event) => this.#cancel(event), options);
    host.addEventListener('dblclick', (event) => this.#doubleClick(event), options);
    host.addEventListener('wheel', (event) => this.#wheel(event), { ...options, passive: false });
    host.addEventListener('contextmenu', (event) => this.#menu(event), options);
    host.addEventListener('dragover', (event) => event.preventDefault(), options);
    host.addEventListener('drop', (event) => this.#drop(event), options);
    window.addEventListener('keydown', (event) => this.#key(event, true), options);
    window.addEventListener('keyup', (event) => this.#key(event, false), options);
    window.addEventListener('blur', () => this.#keysDown.clear(), options);
  }

  stop(): void {
    this.#stopping.abort();
    this.#stopTimers();
  }

  get selectionBox(): Box | null {
    return this.#state.name === 'box' ? boxBetween(this.#state.start, this.#state.end) : null;
  }

  /** The way of the knife so far. */
  get knife(): readonly Point[] {
    return this.#state.name === 'knife' ? this.#state.points : [];
  }

  openCurves(): Iterable<OpenCurve> {
    return this.#state.name === 'link' ? openCurves(this.#graph, this.#state) : [];
  }

  targets(): Iterable<Target> {
    return this.#state.name === 'link' ? targets(this.#graph, this.#state) : [];
  }

  /** Give up what is going on; what was done so far by this drag is undone. */
  abandon(): boolean {
    const state = this.#state;
    if (state.name === 'idle') return false;
    this.#enter({ name: 'idle' });
    this.#stopTimers();
    const { doc } = this.#graph;
    if ('gesture' in state && doc?.steps.at(-1)?.gesture === state.gesture) doc.undo();
    this.#graph.hoveredLink = null;
    this.#graph.events.refused(null, { x: 0, y: 0 });
    this.#graph.invalidate();
    return true;
  }

  #enter(state: State): void {
    this.#state = state;
    const graph = this.#graph;
    const links = state.name === 'link' ? state.links : [];
    const held = new Set(links.flatMap((link): LinkId[] => (link.held === null ? [] : [link.held])));
    if (held.size !== graph.hiddenLinks.size) {
      graph.hiddenLinks = held;
      graph.invalidate();
    }
    const first = links[0] ?? null;
    if ((first === null) !== (graph.openLink === null)) {
      graph.openLink = first;
      graph.events.linking(first);
    }
    graph.setDragging(state.name === 'move' || state.name === 'resize' || state.name === 'resizeGroup');
  }

  // -- pointer -------------------------------------------------------------------------------------------------------

  #down(event: PointerEvent): void {
    const { scene, view, preferences } = this.#graph;
    if (scene === null || (isInField(event) && event.button !== 1)) return;
    const screen = this.#screen(event);
    this.#pointers.set(event.pointerId, screen);
    this.#host.setPointerCapture(event.pointerId);
    this.#host.focus({ preventScroll: true });
    window.clearTimeout(this.#pressTimer);
    if (this.#pointers.size === 2) {
      this.#enter(this.#beginPinch());
      return;
    }
    if (event.button === 1 || (event.button === 0 && (this.#keysDown.has('Space') || preferences.isLocked))) {
      event.preventDefault();
      this.#enter({ name: 'pan', last: screen });
      return;
    }
    if (event.button !== 0) return;
    const hit = scene.hit(view.toGraph(screen), view.zoom);
    if (this.#state.name === 'link') {
      this.#finish(this.#state.links, hit, screen, true);
      this.#enter({ name: 'idle' });
      return;
    }
    this.#enter({ name: 'press', hit, start: screen, event });
    if (event.pointerType === 'touch')
      this.#pressTimer = window.setTimeout(() => this.#longPress(hit, screen, event), LONG_PRESS);
    if (hit.kind === 'title' || hit.kind === 'node') this.#pressNode(hit.node, event);
    if (hit.kind === 'group' && !this.#graph.selectedGroups.has(hit.group))
      this.#graph.select([], [hit.group], adds(event));
    if (hit.kind === 'reroute' && !this.#graph.selectedReroutes.has(hit.reroute) && !event.altKey)
      this.#graph.select([], [], adds(event), [hit.reroute]);
  }

  #pressNode(id: string, event: PointerEvent): void {
    const { selected, selectedGroups } = this.#graph;
    if (!selected.has(id)) this.#graph.select([id], [], adds(event));
    else if (adds(event))
      this.#graph.select(
        [...selected].filter((each) => each !== id),
        [...selectedGroups],
      );
  }

  #move(event: PointerEvent): void {
    const screen = this.#screen(event);
    if (this.#pointers.has(event.pointerId)) this.#pointers.set(event.pointerId, screen);
    const [state, { view }] = [this.#state, this.#graph];
    switch (state.name) {
      case 'idle':
        this.#hover(screen, event);
        return;
      case 'press':
        if (Math.hypot(screen.x - state.start.x, screen.y - state.start.y) >= DRIFT)
          this.#begin(state, screen);
        return;
      case 'pan':
        view.pan(screen.x - state.last.x, screen.y - state.last.y);
        this.#state = { name: 'pan', last: screen };
        this.#graph.moved();
        return;
      case 'zoom':
        view.zoomAt(state.anchor, Math.exp((state.last.y - screen.y) * 0.008));
        this.#state = { ...state, last: screen };
        this.#graph.moved();
        return;
      case 'pinch':
        this.#pinch(state);
        return;
      default:
        this.#drag(screen, event);
        if (!(state.name === 'link' && state.isArmed)) this.#watchEdge(screen, event);
    }
  }

  /** The pointer has drifted: what was pressed decides what this becomes. */
  #begin({ hit, start, event }: StateOf<'press'>, screen: Point): void {
    window.clearTimeout(this.#pressTimer);
    const { scene, view } = this.#graph;
    if (scene === null) return;
    this.#enter(this.#stateFor(hit, view.toGraph(start), start, event));
    if (this.#state.name === 'pan') {
      view.pan(screen.x - start.x, screen.y - start.y);
      this.#state = { name: 'pan', last: screen };
      this.#graph.moved();
    } else {
      this.#drag(screen, event);
    }
  }

  #stateFor(hit: Hit, at: Point, start: Point, event: PointerEvent): State {
    const [graph, scene] = [this.#graph, this.#graph.scene];
    const gesture = newGesture();
    if (scene === null) return { name: 'idle' };
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && hit.kind === 'empty')
      return { name: 'zoom', anchor: start, last: start };
    if (this.#keysDown.has(KNIFE_KEY) || (event.altKey && hit.kind === 'empty'))
      return { name: 'knife', points: [at] };
    const isCopy = hit.kind === 'title' || hit.kind === 'node' || (hit.kind === 'group' && !hit.isCorner);
    if (event.altKey && isCopy) duplicate(graph, scene, gesture);
    switch (hit.kind) {
      case 'title':
      case 'node':
      case 'reroute':
        return { name: 'move', grab: at, gesture, moving: movable(graph, scene) };
      case 'group':
        return hit.isCorner
          ? { name: 'resizeGroup', group: hit.group, gesture }
          : { name: 'move', grab: at, gesture, moving: movable(graph, scene) };
      case 'corner':
        return { name: 'resize', node: hit.node, gesture };
      case 'output':
      case 'input': {
        const links = openLinks(scene, hit, event.shiftKey);
        return links.length === 0
          ? { name: 'idle' }
          : { name: 'link', links, at, over: { kind: 'empty' }, isArmed: false };
      }
      default: {
        if (!adds(event)) return { name: 'pan', last: start };
        return { name: 'box', start: at, end: at, kept: new Set(event.shiftKey ? graph.selected : []) };
      }
    }
  }

  #drag(screen: Point, event: PointerEvent): void {
    const [graph, state] = [this.#graph, this.#state];
    const at = graph.view.toGraph(screen);
    const snaps = event.shiftKey !== graph.preferences.snapsToGrid;
    switch (state.name) {
      case 'move':
        drag(graph, state, at, snaps);
        break;
      case 'resize':
        dragCorner(graph, state, at, snaps);
        break;
      case 'resizeGroup':
        dragGroupCorner(graph, state, at);
        break;
      case 'box':
        this.#state = { ...state, end: at };
        selectIn(graph, boxBetween(state.start, at), state.kept);
        graph.invalidateOverlay();
        break;
      case 'knife':
        this.#state = { name: 'knife', points: [...state.points, at] };
        graph.invalidateOverlay();
        break;
      case 'link': {
        const over = graph.scene?.hit(at, graph.view.zoom) ?? { kind: 'empty' };
        this.#state = { ...state, at, over };
        explain(graph, state.links[0], over, screen);
        graph.invalidateOverlay();
        break;
      }
      default:
    }
  }

  #up(event: PointerEvent): void {
    const screen = this.#screen(event);
    if (!this.#pointers.delete(event.pointerId)) return;
    this.#stopTimers();
    const [state, graph] = [this.#state, this.#graph];
    if (state.name === 'link' && state.isArmed) return;
    if (state.name === 'pinch') {
      const [left] = this.#pointers.values();
      this.#enter(left === undefined ? { name: 'idle' } : { name: 'pan', last: left });
      return;
    }
    if (state.name === 'move') dropOnLink(graph, state);
    this.#enter({ name: 'idle' });
    if (state.name === 'press') this.#click(state.hit, event);
    if (state.name === 'link') this.#finish(state.links, state.over, screen, event.altKey);
    if (state.name === 'knife') this.#cut(state.points);
    if (state.name === 'move' || state.name === 'resize' || state.name === 'resizeGroup') graph.doc?.seal();
    graph.invalidateOverlay();
  }

  #finish(links: StateOf<'link'>['links'], over: Hit, screen: Point, isSilent: boolean): void {
    finishLinks(this.#graph, links, over, screen, isSilent);
    // What was refused stays explained for a moment: whoever shows it decides how long.
    if (!('node' in over)) this.#graph.events.refused(null, screen);
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.abandon();
  }

  #click(hit: Hit, event: PointerEvent): void {
    const [graph, doc] = [this.#graph, this.#graph.doc];
    const screen = this.#screen(event);
    graph.events.refused(null, screen);
    if (hit.kind === 'empty' && !adds(event)) graph.select([]);
    else if ((hit.kind === 'title' || hit.kind === 'node') && !adds(event)) graph.select([hit.node]);
    else if ((hit.kind === 'link' || hit.kind === 'middle') && event.altKey)
      doc?.edit('cut link', graph.scope, (tx) => unlink(tx, hit.link));
    else if (hit.kind === 'reroute' && event.altKey)
      doc?.edit('remove reroute', graph.scope, (tx) => removeReroute(tx, hit.reroute));
    else if (hit.kind === 'middle') this.#linkMenu(hit, event);
    else if ((hit.kind === 'input' || hit.kind === 'output') && event.pointerType !== 'mouse')
      this.#arm(hit, screen);
  }

  /** A tap on a slot: the link is carried to the next tap. */
  #arm(hit: Extract<Hit, { kind: 'input' | 'output' }>, screen: Point): void {
    const { scene, view } = this.#graph;
    const links = scene === null ? [] : openLinks(scene, hit, false);
    if (links.length === 0) return;
    this.#enter({ name: 'link', links, at: view.toGraph(screen), over: { kind: 'empty' }, isArmed: true });
    this.#graph.invalidateOverlay();
  }

  #cut(points: readonly Point[]): void {
    const { scene, doc, scope } = this.#graph;
    const links = scene === null ? [] : linksCrossing(scene, points);
    if (links.length > 0) doc?.edit('cut links', scope, (tx) => links.forEach((id) => void unlink(tx, id)));
  }

  // -- the rest ------------------------------------------------------------------------------------------------------

  #hover(screen: Point, event: PointerEvent): void {
    const [graph, { scene, view }] = [this.#graph, this.#graph];
    if (scene === null || event.pointerType === 'touch') return;
    const hit = scene.hit(view.toGraph(screen), view.zoom);
    const link = hit.kind === 'link' || hit.kind === 'middle' ? hit.link : null;
    const cursor =
      graph.preferences.isLocked || this.#keysDown.has('Space') ? 'grab' : (CURSORS[hit.kind] ?? '');
    if (this.#host.style.cursor !== cursor) this.#host.style.cursor = cursor;
    if (link !== graph.hoveredLink) {
      graph.hoveredLink = link;
      graph.invalidate();
      graph.events.hovered(link, screen);
    }
  }

  #doubleClick(event: MouseEvent): void {
    const { scene, view, events } = this.#graph;
    if (scene === null || isInField(event)) return;
    const screen = this.#screen(event);
    const at = view.toGraph(screen);
    const hit = scene.hit(at, view.zoom);
    if (hit.kind === 'empty') events.search(at, screen, null);
    if (hit.kind === 'title') events.rename('node', hit.node);
    if (hit.kind === 'group') events.rename('group', hit.group);
    if (hit.kind === 'node') events.enter(hit.node);
  }

  #menu(event: MouseEvent): void {
    const { scene, view, selected, events } = this.#graph;
    if (isInField(event) || scene === null) return;
    event.preventDefault();
    // A long press has shown the menu already; some systems tell of it once more.
    if (this.#state.name !== 'idle' && this.#state.name !== 'press') return;
    this.#enter({ name: 'idle' });
    const screen = this.#screen(event);
    const hit = scene.hit(view.toGraph(screen), view.zoom);
    if (hit.kind === 'link' || hit.kind === 'middle' || hit.kind === 'reroute') {
      this.#linkMenu(hit, event);
      return;
    }
    if ('node' in hit && !selected.has(hit.node)) this.#graph.select([hit.node]);
    if (hit.kind === 'group') this.#graph.select([], [hit.group]);
    if (hit.kind === 'empty') this.#graph.select([]);
    events.menu({ x: event.clientX, y: event.clientY }, view.toGraph(screen));
  }

  #linkMenu(hit: Extract<Hit, { kind: 'link' | 'middle' | 'reroute' }>, event: MouseEvent): void {
    const at = this.#graph.view.toGraph(this.#screen(event));
    const screen = { x: event.clientX, y: event.clientY };
    if (hit.kind === 'reroute') this.#graph.events.linkMenu({ link: null, reroute: hit.reroute, at }, screen);
    else this.#graph.events.linkMenu({ link: hit.link, reroute: null, at }, screen);
  }

  #longPress(hit: Hit, screen: Point, event: PointerEvent): void {
    if (this.#state.name !== 'press') return;
    this.#enter({ name: 'idle' });
    if (hit.kind === 'link' || hit.kind === 'middle' || hit.kind === 'reroute') this.#linkMenu(hit, event);
    else this.#graph.events.menu({ x: event.clientX, y: event.clientY }, this.#graph.view.toGraph(screen));
  }

  #wheel(event: WheelEvent): void {
    const { scene, view, preferences } = this.#graph;
    if (scene === null || scrollsItself(event)) return;
    event.preventDefault();
    if (wheelMeans(event, preferences.wheel) === 'zoom') view.zoomAt(this.#screen(event), zoomFactor(event));
    else if (event.shiftKey && event.deltaX === 0) view.pan(-event.deltaY, 0);
    else view.pan(-event.deltaX, -event.deltaY);
    this.#graph.moved();
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    if (event.dataTransfer !== null)
      this.#graph.events.drop(event.dataTransfer, this.#graph.view.toGraph(this.#screen(event)));
  }

  #key(event: KeyboardEvent, isDown: boolean): void {
    if (!isDown) {
      this.#keysDown.delete(event.code);
      return;
    }
    if (event.code === 'Escape' && this.abandon()) event.stopImmediatePropagation();
    if (document.activeElement === this.#host) this.#keysDown.add(event.code);
  }

  #beginPinch(): State {
    const [one, other] = [...this.#pointers.values()];
    if (one === undefined || other === undefined) return { name: 'idle' };
    return {
      name: 'pinch',
      distance: Math.hypot(one.x - other.x, one.y - other.y),
      middle: middleOf(one, other),
    };
  }

  #pinch(state: StateOf<'pinch'>): void {
    const [one, other] = [...this.#pointers.values()];
    if (one === undefined || other === undefined) return;
    const [distance, middle] = [Math.hypot(one.x - other.x, one.y - other.y), middleOf(one, other)];
    this.#graph.view.pan(middle.x - state.middle.x, middle.y - state.middle.y);
    this.#graph.view.zoomAt(middle, distance / Math.max(state.distance, 1));
    this.#state = { name: 'pinch', distance, middle };
    this.#graph.moved();
  }

  /** While something is dragged at the edge, the view moves on. */
  #watchEdge(screen: Point, event: PointerEvent): void {
    const { width, height } = this.#graph.view;
    const dx = screen.x < EDGE ? EDGE_SPEED : screen.x > width - EDGE ? -EDGE_SPEED : 0;
    const dy = screen.y < EDGE ? EDGE_SPEED : screen.y > height - EDGE ? -EDGE_SPEED : 0;
    window.clearInterval(this.#edgeTimer);
    this.#edgeTimer = 0;
    if (dx === 0 && dy === 0) return;
    this.#edgeTimer = window.setInterval(() => {
      this.#graph.view.pan(dx, dy);
      this.#graph.moved();
      this.#drag(screen, event);
    }, 16);
  }

  #stopTimers(): void {
    window.clearInterval(this.#edgeTimer);
    window.clearTimeout(this.#pressTimer);
    this.#edgeTimer = 0;
  }

  #screen(event: MouseEvent): Point {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

const CURSORS: Partial<Record<Hit['kind'], string>> = {
  input: 'crosshair',
  output: 'crosshair',
  corner: 'nwse-resize',
  title: 'grab',
  link: 'pointer',
  middle: 'pointer',
  reroute: 'move',
};

function adds(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

function isInField(event: Event): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest('input, textarea, select, button, a, [data-field]') !== null
  );
}
