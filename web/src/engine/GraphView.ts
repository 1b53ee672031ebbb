// GraphView: a graph on the screen. The only seam between the application and how graphs are drawn and handled.
//
// One canvas for what is far away and for links; elements for the nodes that are near enough to read, put there a few
// at a time (`NodeMounts`). Nothing happens while nothing changes: a frame is asked for by `invalidate` alone.

import type { Catalog } from '../core/catalog';
import type { Change, GraphDoc } from '../core/doc';
import type { Refusal } from '../core/edit';
import { withDefinitions } from '../core/subgraph';
import type { Box, LinkId, NodeId, Point, Scope } from '../core/types';
import { Gestures } from './gestures/Gestures';
import type { Ends } from './gestures/linking';
import { NodeMounts } from './mounts';
import { paintOverlay } from './overlay';
import { type Mark, paint } from './paint';
import { type Palette, readPalette } from './palette';
import { Scene } from './scene';
import { Viewport } from './viewport';

export interface Preferences {
  readonly showsGrid: boolean;
  readonly showsLinks: boolean;
  readonly snapsToGrid: boolean;
  /** `auto` pans by trackpad and zooms by wheel. */
  readonly wheel: 'auto' | 'zoom' | 'pan';
  /** Drags move the view, whatever they begin on. */
  readonly isLocked: boolean;
}

/** A link that is being drawn: from an output to somewhere, or to an input from somewhere. */
export interface OpenLink {
  readonly end: 'output' | 'input';
  readonly node: NodeId;
  /** Place in the shape's outputs or inputs. */
  readonly index: number;
  readonly type: string;
  /** The link that was there, if one is led elsewhere. */
  readonly held: LinkId | null;
}

/** A link, or a point of links, and where it was pressed. */
export interface LinkSpot {
  readonly link: LinkId | null;
  readonly reroute: string | null;
  readonly at: Point;
}

export interface ViewEvents {
  /** Selection changed. */
  selection(): void;
  /** The visible part changed. */
  viewport(): void;
  /** The user wants to add a node here; with a link, one that fits it. */
  search(at: Point, screen: Point, link: OpenLink | null): void;
  /** The user asks what can be done here. */
  menu(screen: Point, at: Point): void;
  /** A link cannot be made; null when that is over. Screen point. */
  refused(reason: (Refusal & Ends) | null, screen: Point): void;
  /** The user asks what can be done with a link; the point is the page's, as for `menu`. */
  linkMenu(spot: LinkSpot, screen: Point): void;
  /** A link is being drawn, or no longer. */
  linking(link: OpenLink | null): void;
  /** The pointer rests on a link, or no longer. Screen point. */
  hovered(link: LinkId | null, screen: Point): void;
  /** What has the keyboard in the graph changed. */
  focus(): void;
  /** The graph that is shown, or its document, is another one. */
  shown(): void;
  /** A node or a group wants its title changed. */
  rename(kind: 'node' | 'group', id: string): void;
  /** A subgraph wants to be entered. */
  enter(node: NodeId): void;
  /** Files or data were dropped. */
  drop(data: DataTransfer, at: Point): void;
}

const DEFAULTS: Preferences = {
  showsGrid: true,
  showsLinks: true,
  snapsToGrid: false,
  wheel: 'zoom',
  isLocked: false,
};

export class GraphView {
  readonly view = new Viewport();
  readonly mounts = new NodeMounts();
  readonly selected = new Set<NodeId>();
  readonly selectedGroups = new Set<string>();
  readonly selectedReroutes = new Set<string>();
  readonly marks = new Map<NodeId, Mark>();
  readonly progress = new Map<NodeId, number>();
  preferences: Preferences = DEFAULTS;
  hoveredLink: LinkId | null = null;
  /** Links that are not drawn, as they are being led elsewhere. */
  hiddenLinks: ReadonlySet<LinkId> = new Set();
  openLink: OpenLink | null = null;
  readonly events: ViewEvents;
  #scene: Scene | null = null;
  #doc: GraphDoc | null = null;
  #scope: Scope = '';
  /** Node types of the server, and those and the document's own subgraphs. */
  #served: Catalog = new Map();
  #catalog: Catalog = new Map();
  #focused: NodeId | null = null;
  #isDragging = false;
  #palette: Palette | null = null;
  #host: HTMLElement | null = null;
  #base: HTMLCanvasElement | null = null;
  #overlay: HTMLCanvasElement | null = null;
  #layer: HTMLElement | null = null;
  #gestures: Gestures | null = null;
  #frame = 0;
  #isStale = false;
  #isOverlayStale = false;
  #stopWatching: () => void = () => {};
  #resize: ResizeObserver | null = null;

  constructor(events: ViewEvents) {
    this.events = events;
  }

  // -- setting up ----------------------------------------------------------------------------------------------------

  /** Take over an element. `layer` is where node elements live; it is moved and scaled with the view. */
  mount(host: HTMLElement, layer: HTMLElement): void {
    this.#host = host;
    this.#layer = layer;
    this.#base = canvasIn(host, 'graph-base', layer);
    this.#overlay = canvasIn(host, 'graph-overlay', null);
    this.#palette = readPalette(host);
    this.#gestures = new Gestures(this, host);
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(host);
    this.#measure();
  }

  unmount(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#gestures?.stop();
    this.#resize?.disconnect();
    this.#stopWatching();
    this.#base?.remove();
    this.#overlay?.remove();
    this.#host = null;
  }

  /** Show a graph of a document; the visible part stays where it is. */
  show(doc: GraphDoc | null, scope: Scope = ''): void {
    this.#stopWatching();
    this.#doc = doc;
    this.#scope = scope;
    this.selected.clear();
    this.selectedGroups.clear();
    this.selectedReroutes.clear();
    this.hoveredLink = null;
    this.#focused = null;
    this.marks.clear();
    this.progress.clear();
    this.#catalog = doc === null ? this.#served : withDefinitions(doc, this.#served);
    this.#scene = doc === null ? null : new Scene(doc, scope, this.#catalog);
    this.#stopWatching = doc?.watch((change) => this.#changed(change)) ?? (() => {});
    this.mounts.reset();
    this.events.shown();
    this.events.selection();
    this.invalidate();
  }

  setCatalog(catalog: Catalog): void {
    this.#served = catalog;
    this.#catalog = this.#doc === null ? catalog : withDefinitions(this.#doc, catalog);
    this.#scene?.setCatalog(this.#catalog);
    this.mounts.reset();
    this.invalidate();
  }

  setPreferences(preferences: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...preferences };
    this.invalidate();
  }

  /** Read the colours again, after the theme changed. */
  refreshPalette(): void {
    if (this.#host !== null) this.#palette = readPalette(this.#host);
    this.invalidate();
  }

  get doc(): GraphDoc | null {
    return this.#doc;
  }

  get scope(): Scope {
    return this.#scope;
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  get catalog(): Catalog {
    return this.#catalog;
  }

  // -- what is shown -------------------------------------------------------------------------------------------------

  select(
    nodes: Iterable<NodeId>,
    groups: Iterable<string> = [],
    adds = false,
    reroutes: Iterable<string> = [],
  ): void {
    const wanted = [new Set(nodes), new Set(groups), new Set(reroutes)] as const;
    const held = [this.selected, this.selectedGroups, this.selectedReroutes] as const;
    const changed = new Set<NodeId>();
    let isChanged = false;
    for (const [index, now] of held.entries()) {
      const next = wanted[index] ?? new Set<string>();
      for (const id of now) {
        if (adds || next.has(id)) continue;
        now.delete(id);
        isChanged = true;
        if (index === 0) changed.add(id);
      }
      for (const id of next) {
        if (now.has(id)) continue;
        now.add(id);
        isChanged = true;
        if (index === 0) changed.add(id);
      }
    }
    if (!isChanged) return;
    this.#scene?.raise(this.selected);
    for (const id of changed) this.mounts.touch(id);
    this.events.selection();
    this.invalidate();
  }

  /** Everything, or these nodes, on one screen. */
  fit(ids?: Iterable<NodeId>): void {
    const box = this.#scene?.bounds(ids) ?? null;
    if (box === null) return;
    this.view.fit(box);
    this.moved();
  }

  /** The node that has the keyboard: arrows go on from here. It is brought into sight. */
  get focused(): NodeId | null {
    return this.#focused;
  }

  focus(id: NodeId | null): void {
    if (this.#focused === id) return;
    this.#focused = id;
    const box = id === null ? undefined : this.#scene?.layout(id)?.box;
    if (box !== undefined && !isWithin(box, this.view.area)) {
      this.view.centerOn({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
      this.moved();
    }
    this.events.focus();
    this.invalidate();
  }

  /** Give up the drag that is going on; false if there is none. */
  abandon(): boolean {
    return this.#gestures?.abandon() ?? false;
  }

  /** Whether things are being moved: what stays may be painted from a picture. */
  setDragging(isDragging: boolean): void {
    this.#isDragging = isDragging;
  }

  get isDragging(): boolean {
    return this.#isDragging;
  }

  /** Bring a node to the middle, readable. */
  reveal(id: NodeId): void {
    const box = this.#scene?.layout(id)?.box;
    if (box === undefined) return;
    this.view.zoom = Math.max(this.view.zoom, 0.8);
    this.view.centerOn({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
    this.moved();
  }

  setMark(id: NodeId, mark: Mark | null): void {
    if (mark === null) this.marks.delete(id);
    else this.marks.set(id, mark);
    this.mounts.touch(id);
    this.invalidate();
  }

  setProgress(id: NodeId, done: number | null): void {
    if (done === null) this.progress.delete(id);
    else this.progress.set(id, done);
    this.mounts.touch(id);
    this.invalidate();
  }

  /** The visible part changed. */
  moved(): void {
    this.events.viewport();
    this.invalidate();
  }

  // -- frames --------------------------------------------------------------------------------------------------------

  /** Ask for a frame. */
  invalidate(): void {
    this.#isStale = true;
    this.#ask();
  }

  /** Ask for a frame of what lies over the graph only: the link being drawn, the selection box. */
  invalidateOverlay(): void {
    this.#isOverlayStale = true;
    this.#ask();
  }

  #ask(): void {
    if (this.#frame === 0 && this.#host !== null) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const [base, overlay, palette, scene] = [this.#base, this.#overlay, this.#palette, this.#scene];
    if (base === null || overlay === null || palette === null) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.#isStale) {
      this.#isStale = false;
      const context = base.getContext('2d', { alpha: false });
      if (context !== null && scene !== null) {
        const isUnfinished = this.mounts.update(scene, this.view, this.selected);
        if (this.#layer !== null) {
          const { x, y, zoom } = this.view;
          this.#layer.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
        }
        const { showsGrid, showsLinks } = this.preferences;
        const { view, selected, selectedGroups, marks, progress } = this;
        const mounted = this.mounts.ids;
        const picture = {
          scene,
          view,
          palette,
          selected,
          selectedGroups,
          marks,
          progress,
          mounted,
          hovered: this.hoveredLink,
          hiddenLinks: this.hiddenLinks,
          selectedReroutes: this.selectedReroutes,
          focused: this.#hasKeyboard() ? this.#focused : null,
        };
        paint(context, { ...picture, showsGrid, showsLinks }, ratio);
        if (isUnfinished) this.invalidate();
      } else if (context !== null) {
        context.fillStyle = palette.background;
        context.fillRect(0, 0, base.width, base.height);
        this.mounts.reset();
      }
      this.#isOverlayStale = true;
    }
    if (this.#isOverlayStale) {
      this.#isOverlayStale = false;
      const context = overlay.getContext('2d');
      if (context !== null && this.#gestures !== null)
        paintOverlay(context, this.#gestures, this.view, palette, ratio);
    }
  }

  #hasKeyboard(): boolean {
    return this.#host !== null && document.activeElement === this.#host;
  }

  #changed(change: Change): void {
    // What a definition looks like from outside follows from what stands in it.
    if (
      change.patches.some((patch) => patch.scope !== '' || (patch.kind === 'key' && patch.id === 'extra'))
    ) {
      const doc = this.#doc;
      if (doc !== null) this.#catalog = withDefinitions(doc, this.#served);
      if (change.patches.some((patch) => patch.scope !== this.#scope)) this.#scene?.setCatalog(this.#catalog);
    }
    this.#scene?.update(change);
    const scene = this.#scene;
    for (const patch of change.patches) {
      if (patch.scope !== this.#scope) continue;
      if (patch.kind === 'node') {
        if (patch.after === null) this.selected.delete(patch.id);
        if (patch.after === null && this.#focused === patch.id) this.#focused = null;
        this.mounts.touch(patch.id);
      }
      if (patch.kind === 'group' && patch.after === null) this.selectedGroups.delete(patch.id);
    }
    for (const id of this.selectedReroutes)
      if (scene?.reroutes.has(id) === false) this.selectedReroutes.delete(id);
    if (scene !== null && change.patches.some((patch) => patch.kind === 'node' && patch.after === null))
      this.events.selection();
    this.invalidate();
  }

  #measure(): void {
    const host = this.#host;
    if (host === null) return;
    const ratio = window.devicePixelRatio || 1;
    this.view.width = host.clientWidth;
    this.view.height = host.clientHeight;
    for (const canvas of [this.#base, this.#overlay]) {
      if (canvas === null) continue;
      canvas.width = Math.max(1, Math.round(host.clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(host.clientHeight * ratio));
    }
    this.moved();
  }
}

function isWithin(one: Box, other: Box): boolean {
  return (
    one.x >= other.x &&
    one.y >= other.y &&
    one.x + one.w <= other.x + other.w &&
    one.y + one.h <= other.y + other.h
  );
}

function canvasIn(host: HTMLElement, name: string, before: Element | null): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = name;
  canvas.setAttribute('aria-hidden', 'true');
  host.insertBefore(canvas, before);
  return canvas;
}
