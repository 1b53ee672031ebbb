// What pointer, wheel and touch do, as a machine of explicit states. Keys are commands and live elsewhere.
//
// Between press and drift nothing has happened yet; what the press was on decides what a drag does. Wheel over a field
// that has the keyboard scrolls the field. Text selection inside fields never moves nodes.

import type { Guide } from '../../core/guides';
import type { Box, LinkId, Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Hit } from '../scene';
import { begin } from './begin';
import { adds, click, doubleClick, openMenu, pressNode } from './clicks';
import { EdgePan } from './edge';
import { FieldFingers, isInField, passOverTap, sliderAt } from './fingers';
import { endHover, hover } from './hover';
import { cutAlong } from './knife';
import {
  endUnder,
  explain,
  finishLinks,
  type OpenCurve,
  openCurves,
  openLinks,
  type Target,
  targets,
} from './linking';
import { drag, dragCorner, dragGroupCorner, dragText, dropOnLink, selectIn } from './moving';
import { beginPinch, pinch } from './pinch';
import { keepInSight } from './sight';
import { boxBetween, movingNodes, type State, type StateOf } from './state';
import { scrollsItself, turnWheel, WheelSense } from './wheel';
import { keepsCaret } from './writing';

const DRIFT = 6;
const LONG_PRESS = 500;
const KNIFE_KEY = 'KeyK';
/** Those that move or size what is in the graph. */
const DRAGS: ReadonlySet<State['name']> = new Set(['move', 'resize', 'resizeText', 'resizeGroup']);

export class Gestures {
  #state: State = { name: 'idle' };
  readonly #graph: GraphView;
  readonly #host: HTMLElement;
  readonly #pointers = new Map<number, Point>();
  readonly #stopping = new AbortController();
  readonly #onFields: FieldFingers;
  readonly #keysDown = new Set<string>();
  readonly #edge: EdgePan;
  readonly #wheelSense = new WheelSense();
  #targets: { readonly key: string; readonly links: unknown; readonly list: readonly Target[] } | null = null;
  #guides: readonly Guide[] = [];
  #pressTimer = 0;

  constructor(graph: GraphView, host: HTMLElement) {
    this.#graph = graph;
    this.#host = host;
    this.#edge = new EdgePan(graph);
    const options = { signal: this.#stopping.signal };
    this.#onFields = new FieldFingers(options.signal);
    host.addEventListener('pointerdown', (event) => this.#down(event), options);
    // It follows the press, and would take the keyboard to the canvas.
    const pressed = (event: MouseEvent) =>
      this.#state.name === 'press' && keepsCaret(this.#state.hit) && event.preventDefault();
    host.addEventListener('mousedown', pressed, options);
    host.addEventListener('pointermove', (event) => this.#move(event), options);
    host.addEventListener('pointerup', (event) => this.#up(event), options);
    host.addEventListener('pointercancel', (event) => this.#cancel(event), options);
    host.addEventListener('pointerleave', () => this.#state.name === 'idle' && endHover(graph), options);
    host.addEventListener(
      'dblclick',
      (event) => isInField(event) || doubleClick(graph, this.#screen(event)),
      options,
    );
    host.addEventListener('wheel', (event) => this.#wheel(event), { ...options, passive: false });
    host.addEventListener('contextmenu', (event) => this.#menu(event), options);
    host.addEventListener('dragover', (event) => event.preventDefault(), options);
    host.addEventListener('drop', (event) => this.#drop(event), options);
    // Before all others: Esc gives up the drag, and nothing else.
    window.addEventListener('keydown', (event) => this.#key(event, true), { ...options, capture: true });
    window.addEventListener('keyup', (event) => this.#key(event, false), options);
    window.addEventListener('blur', () => this.#keysDown.clear(), options);
    keepInSight(graph, host, this.#stopping.signal);
  }

  stop(): void {
    this.#stopping.abort();
    this.#stopTimers();
  }

  /** Whether anything is to be painted over the graph. */
  get hasOverlay(): boolean {
    return ['box', 'knife', 'link'].includes(this.#state.name) || this.#guides.length > 0;
  }

  /** What nodes that are dragged are in line with. */
  get guides(): readonly Guide[] {
    return this.#guides;
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

  /** Slots in sight that the link being drawn could go to or not; worked out anew only when the view moves. */
  targets(): readonly Target[] {
    if (this.#state.name !== 'link') return [];
    const { x, y, zoom } = this.#graph.view;
    const key = `${x}/${y}/${zoom}/${this.#graph.doc?.revision}`;
    const { links } = this.#state;
    if (this.#targets?.key !== key || this.#targets.links !== links)
      this.#targets = { key, links, list: [...targets(this.#graph, this.#state)] };
    return this.#targets.list;
  }

  /** Give up what is going on; what was done so far by this drag is undone. */
  abandon(): boolean {
    const state = this.#state;
    if (state.name === 'idle') return false;
    this.#enter({ name: 'idle' });
    this.#stopTimers();
    if ('gesture' in state) this.#graph.doc?.abandon(state.gesture);
    this.#graph.hoveredLink = null;
    this.#graph.events.refused(null, { x: 0, y: 0 });
    this.#graph.invalidate();
    return true;
  }

  #enter(state: State): void {
    this.#state = state;
    if (state.name !== 'link') this.#targets = null;
    if (state.name !== 'move') this.#guides = [];
    if (state.name !== 'idle') endHover(this.#graph);
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
    graph.setDragging(DRAGS.has(state.name), movingNodes(state));
  }

  /** Drags move the view, whatever they begin on. */
  get #pans(): boolean {
    return this.#graph.preferences.isLocked || this.#keysDown.has('Space');
  }

  // -- pointer -------------------------------------------------------------------------------------------------------

  #down(event: PointerEvent): void {
    const { scene, view } = this.#graph;
    if (scene === null) return;
    const screen = this.#screen(event);
    const fingers = this.#onFields.join(event, screen, this.#pointers);
    if (fingers !== null) {
      // The field under this finger never hears of it, the others let go of theirs.
      event.stopPropagation();
      this.#pinchBy(fingers);
      return;
    }
    // A link that waits for its other end takes a field as the input that it is.
    const endsLink = this.#state.name === 'link' && event.button === 0;
    const slider = event.pointerType === 'touch' || !this.#pans ? null : sliderAt(event);
    if (slider !== null) {
      // Dragged to move the view, it keeps its value; pressed, it has the keyboard.
      event.stopPropagation();
      const focus = ({ clientX, clientY }: PointerEvent) => {
        const isDrag = Math.hypot(clientX - event.clientX, clientY - event.clientY) > DRIFT;
        if (!isDrag) slider.focus({ preventScroll: true });
      };
      this.#host.addEventListener('pointerup', focus, { once: true, signal: this.#stopping.signal });
    } else if (isInField(event) && event.button !== 1 && !endsLink) return;
    this.#pointers.set(event.pointerId, screen);
    this.#host.setPointerCapture(event.pointerId);
    const hit = scene.hit(view.toGraph(screen), view.zoom);
    if (event.button !== 0 || !keepsCaret(hit)) this.#host.focus({ preventScroll: true });
    window.clearTimeout(this.#pressTimer);
    if (this.#pointers.size >= 2) {
      this.#pinchBy(this.#pointers);
      return;
    }
    if (event.button === 1 || (event.button === 0 && this.#pans)) {
      event.preventDefault();
      this.#enter({ name: 'pan', last: screen });
      return;
    }
    if (event.button !== 0) return;
    if (this.#state.name === 'link') {
      event.preventDefault();
      event.stopPropagation();
      const { links } = this.#state;
      this.#finish(links, endUnder(this.#graph, links[0], view.toGraph(screen)), screen, true);
      this.#enter({ name: 'idle' });
      return;
    }
    this.#enter({ name: 'press', hit, start: screen, event });
    if (event.pointerType === 'touch')
      this.#pressTimer = window.setTimeout(() => this.#longPress(hit, screen, event), LONG_PRESS);
    if (hit.kind === 'title' || hit.kind === 'node') pressNode(this.#graph, hit.node, event);
    if (hit.kind === 'group' && !this.#graph.selectedGroups.has(hit.group))
      this.#graph.select([], [hit.group], adds(event));
    if (hit.kind === 'reroute' && !this.#graph.selectedReroutes.has(hit.reroute) && !event.altKey)
      this.#graph.select([], [], adds(event), [hit.reroute]);
  }

  /** What the first finger has begun was not meant: it is given up. */
  #pinchBy(fingers: ReadonlyMap<number, Point>): void {
    this.abandon();
    for (const [id, at] of fingers) {
      this.#pointers.set(id, at);
      this.#host.setPointerCapture(id);
    }
    this.#enter(beginPinch(this.#pointers));
  }

  #move(event: PointerEvent): void {
    const screen = this.#screen(event);
    this.#onFields.moved(event.pointerId, screen);
    if (this.#pointers.has(event.pointerId)) this.#pointers.set(event.pointerId, screen);
    const [state, { view }] = [this.#state, this.#graph];
    switch (state.name) {
      case 'idle':
        if (event.pointerType !== 'touch') hover(this.#graph, this.#host, screen, this.#pans);
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
        this.#state = pinch(this.#graph, this.#pointers, state);
        return;
      default:
        this.#drag(screen, event);
        if (!(state.name === 'link' && state.isArmed))
          this.#edge.watch(screen, () => this.#drag(screen, event));
    }
  }

  /** The pointer has drifted: what was pressed decides what this becomes. */
  #begin({ hit, start, event }: StateOf<'press'>, screen: Point): void {
    window.clearTimeout(this.#pressTimer);
    const { scene, view } = this.#graph;
    if (scene === null) return;
    const isKnife = this.#keysDown.has(KNIFE_KEY);
    this.#enter(begin(this.#graph, scene, { hit, at: view.toGraph(start), start, event, isKnife }));
    if (this.#state.name === 'pan') {
      view.pan(screen.x - start.x, screen.y - start.y);
      this.#state = { name: 'pan', last: screen };
      this.#graph.moved();
    } else {
      this.#drag(screen, event);
    }
  }

  #drag(screen: Point, event: PointerEvent): void {
    const [graph, state] = [this.#graph, this.#state];
    const at = graph.view.toGraph(screen);
    const snaps = event.shiftKey !== graph.preferences.snapsToGrid;
    switch (state.name) {
      case 'move':
        this.#guides = drag(graph, state, at, snaps);
        graph.invalidateOverlay();
        break;
      case 'resize':
        dragCorner(graph, state, at, snaps);
        break;
      case 'resizeText':
        dragText(graph, state, at, snaps);
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
        const over = endUnder(graph, state.links[0], at);
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
    if (state.name === 'knife') cutAlong(graph, state.points);
    if (DRAGS.has(state.name)) graph.doc?.seal();
    graph.invalidateOverlay();
  }

  #finish(links: StateOf<'link'>['links'], over: Hit, screen: Point, isSilent: boolean): void {
    // Who taps has been over nothing before.
    explain(this.#graph, links[0], over, screen);
    finishLinks(this.#graph, links, over, screen, isSilent);
    // What was refused stays explained for a moment: whoever shows it decides how long.
    if (!('node' in over)) this.#graph.events.refused(null, screen);
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.abandon();
  }

  #click(hit: Hit, event: PointerEvent): void {
    const screen = this.#screen(event);
    click(this.#graph, hit, event, screen);
    if ((hit.kind === 'input' || hit.kind === 'output') && event.pointerType !== 'mouse')
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

  // -- the rest ------------------------------------------------------------------------------------------------------

  #menu(event: MouseEvent): void {
    const { scene, view } = this.#graph;
    if (isInField(event) || scene === null) return;
    event.preventDefault();
    // A long press has shown the menu already; some systems tell of it once more.
    if (this.#state.name !== 'idle' && this.#state.name !== 'press') return;
    this.#enter({ name: 'idle' });
    const screen = this.#screen(event);
    openMenu(this.#graph, scene.hit(view.toGraph(screen), view.zoom), event, screen);
  }

  #longPress(hit: Hit, screen: Point, event: PointerEvent): void {
    if (this.#state.name !== 'press') return;
    this.#enter({ name: 'idle' });
    passOverTap(this.#stopping.signal);
    openMenu(this.#graph, hit, event, screen);
  }

  #wheel(event: WheelEvent): void {
    if (this.#graph.scene === null || scrollsItself(event)) return;
    event.preventDefault();
    turnWheel(this.#graph, this.#wheelSense, event, this.#screen(event));
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

  #stopTimers(): void {
    this.#edge.stop();
    window.clearTimeout(this.#pressTimer);
  }

  #screen(event: MouseEvent): Point {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
