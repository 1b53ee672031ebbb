// What pointer, wheel and touch do, as a machine of explicit states. Keys are commands and live elsewhere.
//
// Between press and drift nothing has happened yet; what the press was on decides what a drag does. Wheel over a field
// that has the keyboard scrolls the field. Text selection inside fields never moves nodes.

import { connect, groupBox, moveNodes, type OutEnd, refusalOf, resizeNode, unlink } from '../core/edit';
import { contains, overlaps, positionOf } from '../core/geometry';
import { asObject, type JsonObject } from '../core/json';
import { typesFit } from '../core/typecheck';
import type { Box, NodeId, Point } from '../core/types';
import type { GraphView, OpenLink } from './GraphView';
import type { Hit, Scene } from './scene';

const DRIFT = 6;
const GRID = 10;
const EDGE = 30;
const EDGE_SPEED = 12;

type State =
  | { readonly name: 'idle' }
  | { readonly name: 'press'; readonly hit: Hit; readonly start: Point; readonly event: PointerEvent }
  | { readonly name: 'pan'; readonly last: Point }
  | {
      readonly name: 'move';
      readonly grab: Point;
      readonly from: ReadonlyMap<NodeId, Point>;
      readonly groups: ReadonlyMap<string, Box>;
      readonly gesture: string;
    }
  | { readonly name: 'box'; readonly start: Point; readonly end: Point; readonly kept: ReadonlySet<NodeId> }
  | { readonly name: 'link'; readonly links: readonly OpenLink[]; readonly at: Point; readonly over: Hit }
  | { readonly name: 'resize'; readonly node: NodeId; readonly gesture: string }
  | { readonly name: 'resizeGroup'; readonly group: string; readonly gesture: string }
  | { readonly name: 'pinch'; readonly distance: number; readonly middle: Point };

export interface OpenCurve {
  readonly from: Point;
  readonly to: Point;
  readonly type: string;
  readonly fits: boolean;
}

let gestureCount = 0;

export class Gestures {
  #state: State = { name: 'idle' };
  readonly #graph: GraphView;
  readonly #host: HTMLElement;
  readonly #pointers = new Map<number, Point>();
  readonly #stopping = new AbortController();
  #isSpaceDown = false;
  #edgeTimer = 0;

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
  }

  stop(): void {
    this.#stopping.abort();
    window.clearInterval(this.#edgeTimer);
  }

  get selectionBox(): Box | null {
    return this.#state.name === 'box' ? boxBetween(this.#state.start, this.#state.end) : null;
  }

  /** Links that are being drawn, from their fixed ends to the pointer. */
  *openCurves(): Generator<OpenCurve> {
    const [state, scene] = [this.#state, this.#graph.scene];
    if (state.name !== 'link' || scene === null) return;
    for (const link of state.links) {
      const layout = scene.layout(link.node);
      const fixed = link.end === 'output' ? layout?.outputs[link.index] : layout?.inputs[link.index];
      if (fixed === undefined) continue;
      const fits = this.#refusal(link, state.over) === null;
      const [from, to] = link.end === 'output' ? [fixed, state.at] : [state.at, fixed];
      yield { from, to, type: link.type, fits };
    }
  }

  /** Slots that the link being drawn would fit. */
  *targets(): Generator<{ readonly point: Point; readonly type: string }> {
    const [state, scene] = [this.#state, this.#graph.scene];
    const link = state.name === 'link' ? state.links[0] : undefined;
    if (link === undefined || scene === null) return;
    for (const id of scene.nodeIndex.query(this.#graph.view.area)) {
      const [shape, layout] = [scene.shape(id), scene.layout(id)];
      if (id === link.node || shape === undefined || layout === undefined) continue;
      const [slots, points] =
        link.end === 'output' ? [shape.inputs, layout.inputs] : [shape.outputs, layout.outputs];
      for (const [index, slot] of slots.entries()) {
        const point = points[index];
        const fits = link.end === 'output' ? typesFit(link.type, slot.type) : typesFit(slot.type, link.type);
        const isHidden = link.end === 'output' && shape.inputs[index]?.isWidget === true && link.type === '*';
        if (point !== undefined && fits && !isHidden) yield { point, type: slot.type };
      }
    }
  }

  // -- pointer -------------------------------------------------------------------------------------------------------

  #down(event: PointerEvent): void {
    const scene = this.#graph.scene;
    if (scene === null || isInField(event)) return;
    const screen = this.#screen(event);
    this.#pointers.set(event.pointerId, screen);
    this.#host.setPointerCapture(event.pointerId);
    this.#host.focus({ preventScroll: true });
    if (this.#pointers.size === 2) {
      this.#state = this.#beginPinch();
      return;
    }
    if (event.button === 1 || this.#isSpaceDown || this.#graph.preferences.isLocked) {
      event.preventDefault();
      this.#state = { name: 'pan', last: screen };
      return;
    }
    if (event.button !== 0) return;
    const hit = scene.hit(this.#graph.view.toGraph(screen), this.#graph.view.zoom);
    this.#state = { name: 'press', hit, start: screen, event };
    if (hit.kind === 'title' || hit.kind === 'node') this.#pressNode(hit.node, event);
    if (hit.kind === 'group' && !this.#graph.selectedGroups.has(hit.group))
      this.#graph.select([], [hit.group], event.ctrlKey || event.metaKey || event.shiftKey);
  }

  #pressNode(id: NodeId, event: PointerEvent): void {
    const { selected } = this.#graph;
    const adds = event.ctrlKey || event.metaKey || event.shiftKey;
    if (adds && selected.has(id))
      this.#graph.select(
        [...selected].filter((each) => each !== id),
        this.#graph.selectedGroups,
      );
    else if (!selected.has(id)) this.#graph.select([id], [], adds);
  }

  #move(event: PointerEvent): void {
    const screen = this.#screen(event);
    if (this.#pointers.has(event.pointerId)) this.#pointers.set(event.pointerId, screen);
    const state = this.#state;
    switch (state.name) {
      case 'idle':
        this.#hover(screen);
        return;
      case 'press':
        if (Math.hypot(screen.x - state.start.x, screen.y - state.start.y) >= DRIFT)
          this.#begin(state, screen);
        return;
      case 'pan':
        this.#graph.view.pan(screen.x - state.last.x, screen.y - state.last.y);
        this.#state = { name: 'pan', last: screen };
        this.#graph.moved();
        return;
      case 'pinch':
        this.#pinch(state);
        return;
      default:
        this.#drag(screen, event);
        this.#watchEdge(screen, event);
    }
  }

  /** The pointer has drifted: what was pressed decides what this becomes. */
  #begin({ hit, start, event }: Extract<State, { name: 'press' }>, screen: Point): void {
    const [graph, scene] = [this.#graph, this.#graph.scene];
    if (scene === null) return;
    const at = graph.view.toGraph(start);
    gestureCount += 1;
    const gesture = `drag${gestureCount}`;
    switch (hit.kind) {
      case 'title':
      case 'node':
        this.#state = { name: 'move', grab: at, gesture, ...this.#movable(scene) };
        break;
      case 'group':
        this.#state = hit.isCorner
          ? { name: 'resizeGroup', group: hit.group, gesture }
          : { name: 'move', grab: at, gesture, ...this.#movable(scene) };
        break;
      case 'corner':
        this.#state = { name: 'resize', node: hit.node, gesture };
        break;
      case 'output':
      case 'input':
        this.#state = {
          name: 'link',
          links: this.#openLinks(scene, hit, event.shiftKey),
          at,
          over: { kind: 'empty' },
        };
        break;
      default: {
        const boxes = event.ctrlKey || event.metaKey || event.shiftKey;
        const kept = new Set(event.shiftKey ? graph.selected : []);
        this.#state = boxes ? { name: 'box', start: at, end: at, kept } : { name: 'pan', last: start };
      }
    }
    if (this.#state.name === 'pan') {
      graph.view.pan(screen.x - start.x, screen.y - start.y);
      this.#state = { name: 'pan', last: screen };
      graph.moved();
    } else {
      this.#drag(screen, event);
    }
  }

  #drag(screen: Point, event: PointerEvent): void {
    const [graph, state] = [this.#graph, this.#state];
    const at = graph.view.toGraph(screen);
    switch (state.name) {
      case 'move':
        this.#dragNodes(state, at, event.shiftKey !== graph.preferences.snapsToGrid);
        break;
      case 'resize':
        this.#dragCorner(state, at);
        break;
      case 'resizeGroup':
        this.#dragGroupCorner(state, at);
        break;
      case 'box':
        this.#state = { ...state, end: at };
        this.#selectIn(boxBetween(state.start, at), state.kept);
        break;
      case 'link': {
        const over = graph.scene?.hit(at, graph.view.zoom) ?? { kind: 'empty' };
        this.#state = { ...state, at, over };
        this.#explain(state.links[0], over, screen);
        graph.invalidateOverlay();
        break;
      }
      default:
    }
  }

  #up(event: PointerEvent): void {
    const screen = this.#screen(event);
    this.#pointers.delete(event.pointerId);
    window.clearInterval(this.#edgeTimer);
    this.#edgeTimer = 0;
    const [state, graph] = [this.#state, this.#graph];
    this.#state = { name: 'idle' };
    if (state.name === 'press') this.#click(state.hit, event);
    if (state.name === 'link') this.#finishLinks(state.links, state.over, screen, event);
    if (state.name === 'move' || state.name === 'resize' || state.name === 'resizeGroup') graph.doc?.seal();
    graph.events.refused(null, screen);
    graph.invalidateOverlay();
  }

  #cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    this.#state = { name: 'idle' };
    this.#graph.events.refused(null, this.#screen(event));
    this.#graph.invalidateOverlay();
  }

  #click(hit: Hit, event: PointerEvent): void {
    const [graph, doc] = [this.#graph, this.#graph.doc];
    const adds = event.ctrlKey || event.metaKey || event.shiftKey;
    if (hit.kind === 'empty' && !adds) graph.select([]);
    else if ((hit.kind === 'title' || hit.kind === 'node') && !adds) graph.select([hit.node]);
    else if (hit.kind === 'link' && event.altKey)
      doc?.edit('cut link', graph.scope, (tx) => unlink(tx, hit.link));
  }

  // -- nodes and groups ----------------------------------------------------------------------------------------------

  /** Everything that moves with a drag: selected nodes, selected groups and the nodes in them; pinned ones stay. */
  #movable(scene: Scene): { from: Map<NodeId, Point>; groups: Map<string, Box> } {
    const groups = new Map<string, Box>();
    const ids = new Set(this.#graph.selected);
    for (const id of this.#graph.selectedGroups) {
      const box = groupBox(scene.graph.groups.get(id) ?? {});
      if (box === null) continue;
      groups.set(id, box);
      for (const node of scene.nodeIndex.query(box)) {
        const own = scene.layout(node)?.box;
        if (own !== undefined && contains(box, { x: own.x + own.w / 2, y: own.y + own.h / 2 })) ids.add(node);
      }
    }
    const from = new Map<NodeId, Point>();
    for (const id of ids) {
      const node = scene.graph.nodes.get(id);
      if (node !== undefined && asObject(node['flags'])?.['pinned'] !== true) from.set(id, positionOf(node));
    }
    return { from, groups };
  }

  #dragNodes(state: Extract<State, { name: 'move' }>, at: Point, snaps: boolean): void {
    const [dx, dy] = [at.x - state.grab.x, at.y - state.grab.y];
    const place = (point: Point): Point => {
      const [x, y] = [point.x + dx, point.y + dy];
      return snaps
        ? { x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID }
        : { x: Math.round(x), y: Math.round(y) };
    };
    const places = new Map([...state.from].map(([id, point]) => [id, place(point)]));
    this.#graph.doc?.edit(
      'move',
      this.#graph.scope,
      (tx) => {
        moveNodes(tx, places);
        for (const [id, box] of state.groups) {
          const { x, y } = place(box);
          tx.patch('group', id, { bounding: [x, y, box.w, box.h] });
        }
      },
      state.gesture,
      Number.POSITIVE_INFINITY,
    );
  }

  #dragCorner(state: Extract<State, { name: 'resize' }>, at: Point): void {
    const body = this.#graph.scene?.layout(state.node)?.body;
    if (body === undefined) return;
    const size = { x: Math.max(140, Math.round(at.x - body.x)), y: Math.max(0, Math.round(at.y - body.y)) };
    this.#graph.doc?.edit(
      'resize',
      this.#graph.scope,
      (tx) => resizeNode(tx, state.node, size),
      state.gesture,
      Number.POSITIVE_INFINITY,
    );
  }

  #dragGroupCorner(state: Extract<State, { name: 'resizeGroup' }>, at: Point): void {
    const box = groupBox(this.#graph.scene?.graph.groups.get(state.group) ?? {});
    if (box === null) return;
    const bounding = [
      box.x,
      box.y,
      Math.max(60, Math.round(at.x - box.x)),
      Math.max(40, Math.round(at.y - box.y)),
    ];
    this.#graph.doc?.edit(
      'resize group',
      this.#graph.scope,
      (tx) => tx.patch('group', state.group, { bounding }),
      state.gesture,
      Number.POSITIVE_INFINITY,
    );
  }

  #selectIn(box: Box, kept: ReadonlySet<NodeId>): void {
    const scene = this.#graph.scene;
    if (scene === null) return;
    const groups = [...scene.graph.groups].filter(([, group]) => {
      const own = groupBox(group as JsonObject);
      return (
        own !== null &&
        overlaps(own, box) &&
        contains(box, own) &&
        contains(box, { x: own.x + own.w, y: own.y + own.h })
      );
    });
    this.#graph.select(
      [...kept, ...scene.nodeIndex.query(box)],
      groups.map(([id]) => id),
    );
  }

  // -- links ---------------------------------------------------------------------------------------------------------

  /** What a drag from a slot draws: a new link, or, with Shift from an output, all its links; a linked input lets go. */
  #openLinks(scene: Scene, hit: Extract<Hit, { kind: 'input' | 'output' }>, takesAll: boolean): OpenLink[] {
    const shape = scene.shape(hit.node);
    if (hit.kind === 'output') {
      const type = shape?.outputs[hit.index]?.type ?? '*';
      if (!takesAll) return [{ end: 'output', node: hit.node, index: hit.index, type }];
      return [...scene.linksOf(hit.node)].flatMap((id): OpenLink[] => {
        const link = scene.graph.links.get(id);
        if (link === undefined || link.from !== hit.node || link.fromSlot !== hit.index) return [];
        const index = scene.shape(link.to)?.inputs.findIndex((slot) => slot.link === id) ?? -1;
        return index < 0 ? [] : [{ end: 'input', node: link.to, index, type: link.type }];
      });
    }
    const slot = shape?.inputs[hit.index];
    const held = slot?.link == null ? undefined : scene.graph.links.get(slot.link);
    if (held === undefined)
      return [{ end: 'input', node: hit.node, index: hit.index, type: slot?.type ?? '*' }];
    this.#graph.doc?.edit('let go', this.#graph.scope, (tx) => unlink(tx, held.id));
    return [{ end: 'output', node: held.from, index: held.fromSlot, type: held.type }];
  }

  #refusal(link: OpenLink, over: Hit): ReturnType<typeof refusalOf> {
    const ends = this.#endsFor(link, over);
    const scene = this.#graph.scene;
    return ends === null || scene === null
      ? null
      : refusalOf({ graph: scene.graph }, ends.from, ends.to, this.#graph.catalog);
  }

  /** Both ends, if the pointer is over something that could be one. */
  #endsFor(link: OpenLink, over: Hit): { from: OutEnd; to: { node: NodeId; input: string } } | null {
    const scene = this.#graph.scene;
    if (scene === null || !('node' in over)) return null;
    const own = scene.shape(link.node);
    const other = scene.shape(over.node);
    if (link.end === 'output') {
      const from = { node: link.node, slot: link.index };
      const exact = over.kind === 'input' ? other?.inputs[over.index] : undefined;
      const fitting = (other?.inputs ?? []).filter(
        (slot) => typesFit(link.type, slot.type) && !(slot.isWidget && link.type === '*'),
      );
      const slot = exact ?? fitting.find((each) => each.link === null) ?? fitting[0];
      return slot === undefined ? null : { from, to: { node: over.node, input: slot.name } };
    }
    const name = own?.inputs[link.index]?.name ?? '';
    const index =
      over.kind === 'output'
        ? over.index
        : (other?.outputs.findIndex((slot) => typesFit(slot.type, link.type)) ?? -1);
    return index < 0
      ? null
      : { from: { node: over.node, slot: index }, to: { node: link.node, input: name } };
  }

  #explain(link: OpenLink | undefined, over: Hit, screen: Point): void {
    const isOverSlot = over.kind === 'input' || over.kind === 'output';
    const refusal = link === undefined || !isOverSlot ? null : this.#refusal(link, over);
    this.#graph.events.refused(refusal, screen);
  }

  #finishLinks(links: readonly OpenLink[], over: Hit, screen: Point, event: PointerEvent): void {
    const [graph, doc] = [this.#graph, this.#graph.doc];
    const first = links[0];
    if (first === undefined || doc === null) return;
    if (over.kind === 'empty' || over.kind === 'group') {
      if (!event.altKey) graph.events.search(graph.view.toGraph(screen), screen, first);
      return;
    }
    doc.edit('link', graph.scope, (tx) => {
      for (const link of links) {
        const ends = this.#endsFor(link, over);
        if (ends !== null) connect(tx, ends.from, ends.to, graph.catalog);
      }
    });
  }

  // -- the rest ------------------------------------------------------------------------------------------------------

  #hover(screen: Point): void {
    const [graph, scene] = [this.#graph, this.#graph.scene];
    if (scene === null) return;
    const hit = scene.hit(graph.view.toGraph(screen), graph.view.zoom);
    const link = hit.kind === 'link' ? hit.link : null;
    this.#host.style.cursor = CURSORS[hit.kind] ?? '';
    if (link !== graph.hoveredLink) {
      graph.hoveredLink = link;
      graph.invalidate();
    }
  }

  #doubleClick(event: MouseEvent): void {
    const [graph, scene] = [this.#graph, this.#graph.scene];
    if (scene === null || isInField(event)) return;
    const screen = this.#screen(event);
    const at = graph.view.toGraph(screen);
    const hit = scene.hit(at, graph.view.zoom);
    if (hit.kind === 'empty') graph.events.search(at, screen, null);
    if (hit.kind === 'title') graph.events.rename('node', hit.node);
    if (hit.kind === 'group') graph.events.rename('group', hit.group);
    if (hit.kind === 'node') graph.events.enter(hit.node);
  }

  #menu(event: MouseEvent): void {
    if (isInField(event) || this.#graph.scene === null) return;
    event.preventDefault();
    const screen = this.#screen(event);
    const hit = this.#graph.scene.hit(this.#graph.view.toGraph(screen), this.#graph.view.zoom);
    if ('node' in hit && !this.#graph.selected.has(hit.node)) this.#graph.select([hit.node]);
    if (hit.kind === 'group') this.#graph.select([], [hit.group]);
    if (hit.kind === 'empty') this.#graph.select([]);
    this.#graph.events.menu({ x: event.clientX, y: event.clientY }, this.#graph.view.toGraph(screen));
  }

  #wheel(event: WheelEvent): void {
    if (this.#graph.scene === null || scrollsItself(event)) return;
    event.preventDefault();
    const screen = this.#screen(event);
    const isZoom = event.ctrlKey || event.metaKey || this.#graph.preferences.wheel === 'zoom';
    if (isZoom) this.#graph.view.zoomAt(screen, Math.exp(-clampWheel(event.deltaY) * 0.0016));
    else this.#graph.view.pan(-event.deltaX, -event.deltaY);
    this.#graph.moved();
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    if (event.dataTransfer !== null)
      this.#graph.events.drop(event.dataTransfer, this.#graph.view.toGraph(this.#screen(event)));
  }

  #key(event: KeyboardEvent, isDown: boolean): void {
    if (event.code !== 'Space') return;
    this.#isSpaceDown = isDown && document.activeElement === this.#host;
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

  #pinch(state: Extract<State, { name: 'pinch' }>): void {
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
};

function isInField(event: Event): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest('input, textarea, select, button, a, [data-field]') !== null
  );
}

/** Whether the wheel belongs to a field that has the keyboard and something to scroll. */
function scrollsItself(event: WheelEvent): boolean {
  const field = event.target instanceof Element ? event.target.closest('textarea, [data-scrolls]') : null;
  if (field === null || event.ctrlKey) return false;
  return (
    (field === document.activeElement || field.hasAttribute('data-scrolls')) &&
    field.scrollHeight > field.clientHeight
  );
}

function clampWheel(delta: number): number {
  return Math.max(-240, Math.min(240, delta));
}

function middleOf(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function boxBetween(one: Point, other: Point): Box {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    w: Math.abs(one.x - other.x),
    h: Math.abs(one.y - other.y),
  };
}
