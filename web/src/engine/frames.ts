// The two canvases and when they are painted: the graph itself, and over it what changes with every move of a gesture.
// A frame is asked for by who changed something; while nothing changes there are none.

const SECOND = 1000;
/** Frames farther apart do not belong to one movement. */
const PAUSE = 250;

/** How many frames a second are drawn, counted while some are. */
export class FrameMeter {
  readonly #times: number[] = [];

  note(now: number): void {
    const last = this.#times.at(-1);
    if (last !== undefined && now - last > PAUSE) this.#times.length = 0;
    this.#times.push(now);
    while ((this.#times[0] ?? now) < now - SECOND) this.#times.shift();
  }

  /** Null while nothing moves. */
  rate(now: number): number | null {
    const [first, last] = [this.#times[0], this.#times.at(-1)];
    if (first === undefined || last === undefined || now - last > PAUSE || last - first < 100) return null;
    return ((this.#times.length - 1) * SECOND) / (last - first);
  }
}

export interface Painters {
  /** Paint the graph; true if there is more to do in the next frame. */
  graph(context: CanvasRenderingContext2D, ratio: number): boolean;
  /** Whether anything lies over it. */
  hasOverlay(): boolean;
  /** Paint what lies over it; in how many milliseconds it goes on by itself, null if it does not. */
  overlay(context: CanvasRenderingContext2D, ratio: number): number | null;
  /** Both are on the screen. */
  drawn(now: number): void;
  /** The place has another size, in CSS pixels; by how much its top left moved on the page. */
  resized(width: number, height: number, dx: number, dy: number): void;
}

export class Frames {
  readonly #painters: Painters;
  readonly #host: HTMLElement;
  readonly #base: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #resize: ResizeObserver;
  #frame = 0;
  #isStale = false;
  #isOverlayStale = false;
  #isOverlayEmpty = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** On the page, when it was measured last. */
  #corner: { readonly left: number; readonly top: number } | null = null;

  /** Canvases go into the host: below `layer`, and above all. */
  constructor(host: HTMLElement, layer: HTMLElement, painters: Painters) {
    this.#host = host;
    this.#painters = painters;
    this.#base = canvasIn(host, 'graph-base', layer);
    this.#overlay = canvasIn(host, 'graph-overlay', null);
    this.#resize = new ResizeObserver(() => this.measure());
    this.#resize.observe(host);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#resize.disconnect();
    this.#base.remove();
    this.#overlay.remove();
  }

  /** Ask for a frame of everything. */
  invalidate(): void {
    this.#isStale = true;
    this.#ask();
  }

  /** Ask for a frame of what lies over the graph. */
  invalidateOverlay(): void {
    this.#isOverlayStale = true;
    this.#ask();
  }

  measure(): void {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.#host;
    for (const canvas of [this.#base, this.#overlay]) {
      canvas.width = Math.max(1, Math.round(clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    }
    this.#isOverlayEmpty = false;
    const { left, top } = this.#host.getBoundingClientRect();
    const before = this.#corner ?? { left, top };
    this.#corner = { left, top };
    this.#painters.resized(clientWidth, clientHeight, left - before.left, top - before.top);
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  /** Ask for the next frame of what goes on by itself. */
  #goOn(after: number | null): void {
    clearTimeout(this.#timer);
    if (after === 0) this.invalidateOverlay();
    else if (after !== null) this.#timer = setTimeout(() => this.invalidateOverlay(), after);
  }

  #draw(now: number): void {
    this.#frame = 0;
    const ratio = window.devicePixelRatio || 1;
    if (this.#isStale) {
      this.#isStale = false;
      const context = this.#base.getContext('2d', { alpha: false });
      if (context !== null && this.#painters.graph(context, ratio)) this.invalidate();
      this.#isOverlayStale = true;
    }
    if (this.#isOverlayStale) {
      this.#isOverlayStale = false;
      const isNeeded = this.#painters.hasOverlay();
      // An empty one stays as it is: clearing it and putting it on the screen costs a millisecond.
      const context = isNeeded || !this.#isOverlayEmpty ? this.#overlay.getContext('2d') : null;
      this.#isOverlayEmpty = !isNeeded;
      // What is on the page is copied with every frame of it, whatever that frame is for.
      this.#overlay.style.visibility = isNeeded ? '' : 'hidden';
      if (context !== null) this.#goOn(this.#painters.overlay(context, ratio));
    }
    this.#painters.drawn(now);
  }
}

function canvasIn(host: HTMLElement, name: string, before: Element | null): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = name;
  canvas.setAttribute('aria-hidden', 'true');
  host.insertBefore(canvas, before);
  return canvas;
}
