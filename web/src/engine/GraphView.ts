// GraphView: a graph on the screen. The only seam between the application and how graphs are drawn and handled.
//
// One canvas for what is far away and for links; elements for the nodes that are near enough to read, put there a few
// at a time (`NodeMounts`). Nothing happens while nothing changes: a frame is asked for by `invalidate` alone.

import type { Catalog } from '../core/catalog';
import type { Change, GraphDoc } from '../core/doc';
import { withDefinitions } from '../core/subgraph';
import type { Box, LinkId, NodeId, Scope } from '../core/types';
import { later } from '../ui/lazily';
import { DEFAULT_PREFERENCES, type OpenLink, type Preferences, type ViewEvents } from './contract';
import { Backdrop } from './draw/backdrop';
import { flowingLinks } from './draw/flow';
import { FrameMeter, Frames } from './frames';
import { Gestures } from './gestures/Gestures';
import { NodeMounts } from './mounts';
import { changesTypes } from './outside';
import { type Flow, isStill, paintOverlay } from './overlay';
import { DETAIL, type Mark, paint, paintDrag } from './paint';
import { type Palette, readPalette } from './palette';
import { NodePictures } from './pictures';
import { sceneOf } from './prepared';
import type { Scene } from './scene';
import { Selection } from './selection';
import { Still } from './still';
import { LEAST_ZOOM, MOST_ZOOM, Viewport } from './viewport';

export type { LinkSpot, OpenLink, Preferences, ViewEvents } from './contract';

const NONE: ReadonlySet<string> = new Set();
const whole = later(() => import('./snapshot'));

export class GraphView {
  readonly view = new Viewport();
  readonly mounts = new NodeMounts();
  readonly selection = new Selection();
  readonly marks = new Map<NodeId, Mark>();
  readonly progress = new Map<NodeId, number>();
  readonly pictures = new NodePictures(this);
  preferences: Preferences = DEFAULT_PREFERENCES;
  hoveredLink: LinkId | null = null;
  /** The node under the pointer, if it is linked by name. */
  hoveredNode: NodeId | null = null;
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
  readonly #meter = new FrameMeter();
  #lastPlace = '';
  #moving: ReadonlySet<NodeId> | null = null;
  readonly #still = new Still();
  readonly #backdrop = new Backdrop();
  /** Nothing but what is dragged has changed since the last frame. */
  #isStillGood = false;
  #palette: Palette | null = null;
  #host: HTMLElement | null = null;
  #layer: HTMLElement | null = null;
  #gestures: Gestures | null = null;
  #frames: Frames | null = null;
  #stopWatching: () => void = () => {};

  constructor(events: ViewEvents) {
    this.events = events;
  }

  // -- setting up ----------------------------------------------------------------------------------------------------

  /** Take over an element. `layer` is where node elements live; it is moved and scaled with the view. */
  mount(host: HTMLElement, layer: HTMLElement): void {
    this.#host = host;
    this.#layer = layer;
    this.#palette = readPalette(host);
    this.#frames = new Frames(host, layer, {
      graph: (context, ratio) => this.#paint(context, ratio),
      hasOverlay: () => this.#gestures?.hasOverlay === true || this.#flow() !== null,
      overlay: (context, ratio) => this.#paintOverlay(context, ratio),
      drawn: (now) => this.#drawn(now),
      resized: (width, height, dx, dy) => {
        Object.assign(this.view, { width, height });
        // What is seen stays where it is on the page: a panel that opens on the left covers what was there.
        this.view.pan(-dx, -dy);
        this.moved();
      },
    });
    this.#gestures = new Gestures(this, host);
    this.#frames.measure();
  }

  unmount(): void {
    this.#gestures?.stop();
    this.#frames?.stop();
    this.#stopWatching();
    this.#frames = null;
    this.#host = null;
  }

  /** Show a graph of a document; the visible part stays where it is. */
  show(doc: GraphDoc | null, scope: Scope = ''): void {
    this.#stopWatching();
    this.#doc = doc;
    this.#scope = scope;
    this.selection.clear();
    this.hoveredLink = null;
    this.hoveredNode = null;
    this.#focused = null;
    this.marks.clear();
    this.progress.clear();
    this.pictures.forget();
    this.#scene = doc === null ? null : sceneOf(doc, scope, this.#served, this.preferences.linkStyle);
    this.#catalog = this.#scene?.catalog ?? this.#served;
    this.#followPreferences();
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
    this.pictures.forget();
    this.invalidate();
  }

  setPreferences(preferences: Partial<Preferences>): void {
    const { showsIds, showsPacks } = this.preferences;
    this.preferences = { ...this.preferences, ...preferences };
    if (showsIds !== this.preferences.showsIds || showsPacks !== this.preferences.showsPacks)
      this.mounts.touch();
    this.#followPreferences();
    this.invalidate();
  }

  #followPreferences(): void {
    if (this.#scene === null) return;
    this.#scene.setLinkStyle(this.preferences.linkStyle);
    this.#scene.showsLinks = this.preferences.showsLinks;
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
    const changed = this.selection.set(nodes, groups, reroutes, adds);
    if (changed === null) return;
    this.#scene?.raise(this.selected);
    for (const id of changed) this.mounts.touch(id);
    this.events.selection();
    this.invalidate();
  }

  get selected(): ReadonlySet<NodeId> {
    return this.selection.nodes;
  }

  get selectedGroups(): ReadonlySet<string> {
    return this.selection.groups;
  }

  get selectedReroutes(): ReadonlySet<string> {
    return this.selection.reroutes;
  }

  /** Everything, or these nodes, on one screen. */
  fit(ids?: Iterable<NodeId>): void {
    const box = this.#scene?.bounds(ids) ?? null;
    if (box === null) return;
    this.view.fit(box);
    this.moved();
  }

  /** Look there, if any node is to be seen there; otherwise nothing happens, and it is false. */
  lookAt({ x, y, zoom }: Pick<Viewport, 'x' | 'y' | 'zoom'>): boolean {
    const { width, height } = this.view;
    const near = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom));
    const area = { x, y, w: width / near, h: height / near };
    if (this.#scene === null || this.#scene.nodeIndex.query(area).size === 0) return false;
    Object.assign(this.view, { x, y, zoom: near });
    this.moved();
    return true;
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

  /** Whether something is dragged, and the nodes that are, if nothing else is: what stays is painted from a picture. */
  setDragging(isDragging: boolean, nodes: ReadonlySet<NodeId> | null): void {
    if (nodes === null) this.#still.drop();
    this.#isDragging = isDragging;
    this.#moving = nodes;
    this.#isStillGood = false;
  }

  /** Whether nodes or groups are being moved or resized. */
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

  /** One node, or every node, may show other pictures now (`registerNodePictures`). */
  forgetPictures(id?: NodeId): void {
    this.pictures.forget(id);
    if (this.view.zoom < DETAIL) this.invalidate();
  }

  /** The visible part changed. */
  moved(): void {
    this.events.viewport();
    this.invalidate();
  }

  // -- frames --------------------------------------------------------------------------------------------------------

  /** Ask for a frame. */
  invalidate(): void {
    this.#isStillGood = false;
    this.#frames?.invalidate();
  }

  /** Ask for a frame of what lies over the graph only: the link being drawn, the selection box. */
  invalidateOverlay(): void {
    this.#frames?.invalidateOverlay();
  }

  /** Frames of what the user moves count: how often a run tells something says nothing of how quick the canvas is. */
  #drawn(now: number): void {
    const place = `${this.view.x}/${this.view.y}/${this.view.zoom}`;
    const isMoving = place !== this.#lastPlace || this.#isDragging || this.#gestures?.hasOverlay === true;
    this.#lastPlace = place;
    if (isMoving) this.#meter.note(now);
    this.events.drawn();
  }

  /** Frames a second; null while nothing moves. */
  get frameRate(): number | null {
    return this.#meter.rate(performance.now());
  }

  /** Returns whether the next frame has more to do. */
  #paint(context: CanvasRenderingContext2D, ratio: number): boolean {
    const [palette, scene] = [this.#palette, this.#scene];
    if (palette === null) return false;
    if (scene === null) {
      context.fillStyle = palette.background;
      context.fillRect(0, 0, context.canvas.width, context.canvas.height);
      this.mounts.reset();
      return false;
    }
    const isUnfinished = this.mounts.update(scene, this.view, this.selected);
    if (this.#layer !== null) {
      const { x, y, zoom } = this.view;
      this.#layer.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
    }
    const { view, selected, selectedGroups, selectedReroutes, pictures } = this;
    const picture = {
      ...this.#painted(scene, palette),
      ...{ view, selected, selectedGroups, selectedReroutes, hiddenLinks: this.hiddenLinks },
      ...{ backdrop: this.#backdrop, part: null, mounted: this.mounts.ids },
      showsGrid: this.preferences.showsGrid,
      hovered: this.hoveredLink,
      hoveredNode: this.hoveredNode,
      focused: this.#hasKeyboard() ? this.#focused : null,
    };
    const moving = this.#moving;
    pictures.begin();
    if (moving !== null && this.#isStillGood && !isUnfinished)
      paintDrag(context, picture, ratio, moving, this.#still, `${this.mounts.revision}`);
    else {
      this.#still.forget();
      paint(context, picture, ratio);
    }
    pictures.end();
    this.#isStillGood = true;
    return isUnfinished;
  }

  /** What every picture of a graph shows, and nothing of what is done to it just now. */
  #painted(scene: Scene, palette: Palette) {
    const { marks, progress, pictures } = this;
    const { showsLinks, showsTeleports } = this.preferences;
    return { scene, palette, marks, progress, pictures, showsLinks, showsTeleports };
  }

  /** All of the graph as a PNG, smaller than `scale` says if it would be too large; null without a graph. */
  async snapshot(scale: number): Promise<Blob | null> {
    const { paintWhole } = await whole.get();
    const [scene, palette] = [this.#scene, this.#palette];
    if (scene === null || palette === null) return null;
    const still = { selected: NONE, selectedGroups: NONE, selectedReroutes: NONE, hiddenLinks: NONE };
    const quiet = { hovered: null, hoveredNode: null, focused: null };
    return paintWhole({ ...this.#painted(scene, palette), ...still, ...quiet }, scale);
  }

  #paintOverlay(context: CanvasRenderingContext2D, ratio: number): number | null {
    if (this.#palette === null || this.#gestures === null) return null;
    const { linkStyle } = this.preferences;
    return paintOverlay(context, this.#gestures, this.view, this.#palette, ratio, linkStyle, this.#flow());
  }

  /** Links into nodes that run, if they are to be seen moving. */
  #flow(): Flow | null {
    const scene = this.#scene;
    if (scene?.showsLinks !== true || !this.preferences.animatesLinks || this.marks.size === 0) return null;
    const links = flowingLinks(scene, this.marks);
    return links.length === 0 || isStill() ? null : { scene, links };
  }

  #hasKeyboard(): boolean {
    return this.#host !== null && document.activeElement === this.#host;
  }

  #changed(change: Change): void {
    if (changesTypes(change)) {
      const doc = this.#doc;
      if (doc !== null && !doc.has(this.#scope)) {
        // The definition that is shown went with this change.
        this.show(doc);
        return;
      }
      if (doc !== null) this.#catalog = withDefinitions(doc, this.#served);
      if (change.patches.some((patch) => patch.scope !== this.#scope || patch.kind === 'definition'))
        this.#scene?.setCatalog(this.#catalog);
    }
    const scene = this.#scene;
    for (const id of scene?.update(change) ?? []) this.mounts.touch(id);
    for (const patch of change.patches) {
      if (patch.scope !== this.#scope || patch.kind !== 'node') continue;
      if (patch.after === null && this.#focused === patch.id) this.#focused = null;
      if (patch.after === null && this.hoveredNode === patch.id) this.hoveredNode = null;
      this.mounts.touch(patch.id);
      this.pictures.forget(patch.id);
    }
    const isNodeGone = this.selection.follow(
      change,
      this.#scope,
      (id) => scene === null || scene.reroutes.has(id),
    );
    if (scene !== null && isNodeGone) this.events.selection();
    if (this.#isDrag(change)) this.#frames?.invalidate();
    else this.invalidate();
  }

  /** Whether a change is to nothing but the nodes that are dragged. */
  #isDrag({ patches }: Change): boolean {
    const moving = this.#moving;
    if (moving === null) return false;
    return patches.every(
      (patch) => patch.kind === 'node' && patch.scope === this.#scope && moving.has(patch.id),
    );
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
