// What pointers and keys do to a mask: they paint, pan, pinch and zoom.

import type { Brush, Dab, Mask } from '../../core/mask';
import type { Box, Point } from '../../core/types';
import { brush } from './brush';
import { type Look, panLook, toPicture, zoomLook } from './look';
import { Screen } from './screen';

export interface StageEvents {
  /** A stroke ended, or a step was taken back. */
  changed(): void;
  /** Another part is seen, or at another size. */
  looked(look: Look): void;
}

interface Stroke {
  readonly pointer: number;
  readonly isTouch: boolean;
  readonly brush: Brush;
  last: Dab;
}

const LEAST_PRESSURE = 0.15;

export class Stage {
  readonly mask: Mask;
  readonly #host: HTMLElement;
  readonly #screen: Screen;
  readonly #events: StageEvents;
  readonly #stop = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #stroke: Stroke | null = null;
  #panning: number | null = null;
  #lastEnd: Dab | null = null;
  #grip: Point = { x: 0, y: 0 };
  #isHeldDown = false;
  #isSpaceDown = false;
  #hasPen = false;

  /** `sources` are the picture and smaller ones of it, the largest first. */
  constructor(host: HTMLElement, mask: Mask, sources: readonly ImageBitmap[], events: StageEvents) {
    this.mask = mask;
    this.#host = host;
    this.#events = events;
    this.#screen = new Screen(host, mask, sources, (look) => events.looked(look));
    const options = { signal: this.#stop.signal };
    host.addEventListener('pointerdown', (event) => this.#down(event), options);
    host.addEventListener('pointermove', (event) => this.#move(event), options);
    host.addEventListener('pointerup', (event) => this.#up(event), options);
    host.addEventListener('pointercancel', (event) => this.#up(event), options);
    host.addEventListener('pointerleave', () => this.#leave(), options);
    host.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    host.addEventListener('wheel', (event) => this.#wheel(event), { ...options, passive: false });
  }

  destroy(): void {
    this.#stop.abort();
    this.#screen.destroy();
  }

  get look(): Look {
    return this.#screen.look;
  }

  // -- what the toolbar and keys do ------------------------------------------------------------------------------------

  undo(): void {
    this.#change((mask) => mask.undo());
  }

  redo(): void {
    this.#change((mask) => mask.redo());
  }

  invert(): void {
    this.#change((mask) => mask.invert());
  }

  clear(): void {
    this.#change((mask) => mask.clear());
  }

  /** What a change of the mask touched is drawn again; a stroke in progress ends before. */
  #change(change: (mask: Mask) => Box | null): void {
    this.#lift();
    this.#screen.touched(change(this.mask));
    this.#events.changed();
  }

  fit(): void {
    this.#screen.fit();
  }

  zoom(factor: number): void {
    this.#screen.look = zoomLook(this.look, factor, this.#place);
  }

  setSpace(isDown: boolean): void {
    this.#isSpaceDown = isDown;
    this.#host.dataset['cursor'] = isDown || this.#panning !== null ? 'pan' : 'brush';
  }

  /** Move the brush as a key does, in pixels of the stage; it paints while it is held down. */
  nudge(dx: number, dy: number): void {
    const { width, height } = this.#screen;
    const from = this.#place;
    const to = {
      x: Math.min(width, Math.max(0, from.x + dx)),
      y: Math.min(height, Math.max(0, from.y + dy)),
    };
    if (this.#isHeldDown) this.#draw(this.#dabAt(from), this.#dabAt(to), brush.getState());
    this.#screen.ring = to;
  }

  /** Put the brush down, or lift it, as a key does. True if it is down now. */
  press(): boolean {
    if (this.#isHeldDown) {
      this.#lift();
      return false;
    }
    this.#screen.ring = this.#place;
    const dab = this.#dabAt(this.#place);
    this.mask.begin();
    this.#isHeldDown = true;
    this.#draw(dab, dab, brush.getState());
    return true;
  }

  /** Where the brush is; the middle, if it is elsewhere. */
  get #place(): Point {
    const { width, height, ring } = this.#screen;
    return ring ?? { x: width / 2, y: height / 2 };
  }

  /** End what is being drawn. */
  #lift(): void {
    const wasDrawing = this.#isHeldDown || this.#stroke !== null;
    this.#isHeldDown = false;
    this.#stroke = null;
    this.mask.end();
    if (wasDrawing) this.#events.changed();
  }

  // -- pointers --------------------------------------------------------------------------------------------------------

  #down(event: PointerEvent): void {
    const at = this.#pointOf(event);
    this.#host.setPointerCapture(event.pointerId);
    this.#host.focus({ preventScroll: true });
    if (event.pointerType === 'pen') this.#hasPen = true;
    if (event.pointerType === 'touch') this.#pointers.set(event.pointerId, at);
    const isTouch = event.pointerType === 'touch';
    if (this.#pointers.size > 1) {
      // The first finger was no stroke: two of them move the picture.
      if (this.#stroke?.isTouch === true) {
        this.#stroke = null;
        this.#screen.touched(this.mask.abandon());
      }
      return;
    }
    // Who has a pen rests the hand on the screen.
    const pans = event.button === 1 || this.#isSpaceDown || (isTouch && this.#hasPen);
    if (pans) {
      event.preventDefault();
      this.#panning = event.pointerId;
      this.#grip = at;
      this.#screen.ring = null;
      this.setSpace(this.#isSpaceDown);
      return;
    }
    this.#lift();
    const { tool, hardness } = brush.getState();
    const isOther = event.button === 2 || event.button === 5;
    const own: Brush = { tool: isOther !== (tool === 'eraser') ? 'eraser' : 'pen', hardness };
    const dab = this.#dabAt(at, event);
    this.mask.begin();
    this.#stroke = { pointer: event.pointerId, isTouch, brush: own, last: dab };
    this.#draw(event.shiftKey && this.#lastEnd !== null ? this.#lastEnd : dab, dab, own);
    this.#screen.ring = at;
  }

  #move(event: PointerEvent): void {
    const at = this.#pointOf(event);
    const before = this.#pointers.get(event.pointerId);
    if (before !== undefined) this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size > 1 && before !== undefined) {
      this.#pinch(event.pointerId, before, at);
      return;
    }
    if (this.#panning === event.pointerId) {
      this.#screen.look = panLook(this.look, at.x - this.#grip.x, at.y - this.#grip.y);
      this.#grip = at;
      return;
    }
    const stroke = this.#stroke;
    if (stroke?.pointer === event.pointerId) {
      const events = event.getCoalescedEvents?.() ?? [];
      for (const each of events.length > 0 ? events : [event]) {
        const dab = this.#dabAt(this.#pointOf(each), each);
        // A large brush need not be drawn at every pixel.
        if (Math.hypot(dab.x - stroke.last.x, dab.y - stroke.last.y) < Math.max(0.5, dab.radius / 12))
          continue;
        this.#draw(stroke.last, dab, stroke.brush);
        stroke.last = dab;
      }
    }
    if (event.pointerType !== 'touch' || stroke !== null) this.#screen.ring = at;
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#panning === event.pointerId) {
      this.#panning = null;
      this.setSpace(this.#isSpaceDown);
    }
    const stroke = this.#stroke;
    if (stroke?.pointer !== event.pointerId) return;
    if (event.type === 'pointerup') {
      const dab = { ...this.#dabAt(this.#pointOf(event)), radius: stroke.last.radius };
      this.#draw(stroke.last, dab, stroke.brush);
      this.#lastEnd = dab;
    }
    this.#lift();
    if (stroke.isTouch) this.#leave();
  }

  #leave(): void {
    if (this.#stroke !== null || this.#panning !== null) return;
    this.#screen.ring = null;
  }

  /** One of two fingers moved; the other one stays. */
  #pinch(id: number, before: Point, at: Point): void {
    const other = [...this.#pointers].find(([each]) => each !== id)?.[1];
    if (other === undefined) return;
    const middle = (one: Point) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
    const [from, to] = [middle(before), middle(at)];
    const wide = (one: Point) => Math.max(20, Math.hypot(one.x - other.x, one.y - other.y));
    const panned = panLook(this.look, to.x - from.x, to.y - from.y);
    this.#screen.look = zoomLook(panned, wide(at) / wide(before), to);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey && !event.ctrlKey)
      this.#screen.look = panLook(this.look, -(event.deltaX || event.deltaY) * lines, 0);
    else this.#screen.look = zoomLook(this.look, 2 ** ((-event.deltaY * lines) / 300), this.#pointOf(event));
  }

  #pointOf(event: { readonly clientX: number; readonly clientY: number }): Point {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #dabAt(at: Point, event?: PointerEvent): Dab {
    const { size } = brush.getState();
    const share = event?.pointerType === 'pen' ? Math.max(LEAST_PRESSURE, event.pressure) : 1;
    return { ...toPicture(this.look, at), radius: (size / 2) * share };
  }

  #draw(from: Dab, to: Dab, own: Brush): void {
    this.#screen.touched(this.mask.stroke(from, to, own));
  }
}
