// What is seen of a picture and its mask: two canvases of the stage's size, of which the mask's is drawn again only where
// it changed; and the ring that shows the brush.

import type { Mask } from '../../core/mask';
import type { Box, Point } from '../../core/types';
import { brush } from './brush';
import { fitLook, type Look, onStage, resizeLook, shade } from './look';

export class Screen {
  readonly #host: HTMLElement;
  readonly #mask: Mask;
  readonly #sources: readonly ImageBitmap[];
  readonly #looked: (look: Look) => void;
  readonly #picture: CanvasRenderingContext2D;
  readonly #shade: CanvasRenderingContext2D;
  readonly #ring: HTMLElement;
  readonly #resize: ResizeObserver;
  readonly #stopWatching: () => void;
  #look: Look = { x: 0, y: 0, scale: 1 };
  #measured: readonly [number, number] | null = null;
  #at: Point | null = null;
  #dirty: Box | null = null;
  #isStale = true;
  #frame = 0;

  /** `sources` are the picture and smaller ones of it, the largest first. */
  constructor(host: HTMLElement, mask: Mask, sources: readonly ImageBitmap[], looked: (look: Look) => void) {
    this.#host = host;
    this.#mask = mask;
    this.#sources = sources;
    this.#looked = looked;
    this.#picture = contextIn(host);
    this.#shade = contextIn(host);
    this.#ring = document.createElement('div');
    this.#ring.dataset['ring'] = '';
    host.append(this.#ring);
    this.#resize = new ResizeObserver(() => this.#measure());
    this.#resize.observe(host);
    this.#stopWatching = brush.subscribe(() => this.#brushChanged());
    this.#brushChanged();
    this.#measure();
  }

  destroy(): void {
    this.#stopWatching();
    this.#resize.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#host.replaceChildren();
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    this.#isStale = true;
    this.#looked(look);
    this.#showRing();
    this.#ask();
  }

  get width(): number {
    return this.#host.clientWidth;
  }

  get height(): number {
    return this.#host.clientHeight;
  }

  fit(): void {
    this.look = fitLook(this.#mask.whole, this.width, this.height);
  }

  /** The mask changed in a box. */
  touched(box: Box | null): void {
    if (box === null) return;
    this.#dirty = this.#dirty === null ? box : around(this.#dirty, box);
    this.#ask();
  }

  /** Where the brush is on the stage; null if it is not there. */
  get ring(): Point | null {
    return this.#at;
  }

  set ring(at: Point | null) {
    this.#at = at;
    this.#showRing();
  }

  #ask(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #measure(): void {
    const { width, height } = this;
    if (width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    for (const { canvas } of [this.#picture, this.#shade]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (this.#measured === null) this.fit();
    else this.look = resizeLook(this.#look, this.#mask.whole, this.#measured, [width, height]);
    this.#measured = [width, height];
  }

  #paint(): void {
    this.#frame = 0;
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this.#shade.canvas;
    if (width === 0 || height === 0) return;
    const look = { ...this.#look, scale: this.#look.scale * ratio };
    if (this.#isStale) {
      this.#paintPicture(look);
      this.#shade.clearRect(0, 0, width, height);
    }
    const seen = this.#isStale ? this.#mask.whole : this.#dirty;
    const area = seen === null ? null : onStage(look, seen, width, height);
    this.#isStale = false;
    this.#dirty = null;
    if (area === null) return;
    const pixels = this.#shade.createImageData(area.w, area.h);
    shade(pixels.data, this.#mask, look, area, this.#colour());
    this.#shade.putImageData(pixels, area.x, area.y);
  }

  #paintPicture(look: Look): void {
    const context = this.#picture;
    const { width, height } = context.canvas;
    const [whole] = this.#sources;
    if (whole === undefined) return;
    // The smallest that is still large enough.
    const source = this.#sources.findLast((each) => each.width >= whole.width * look.scale) ?? whole;
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = look.scale < 2;
    const { w, h } = this.#mask.whole;
    context.drawImage(source, -look.x * look.scale, -look.y * look.scale, w * look.scale, h * look.scale);
  }

  /** Of the mask, as the style sheet has it. */
  #colour(): readonly [number, number, number] {
    const numbers = getComputedStyle(this.#ring).borderTopColor.match(/\d+/g) ?? [];
    const [red = 255, green = 0, blue = 0] = numbers.map(Number);
    return [red, green, blue];
  }

  #brushChanged(): void {
    this.#shade.canvas.style.opacity = String(brush.getState().opacity);
    this.#showRing();
  }

  #showRing(): void {
    const at = this.#at;
    this.#ring.hidden = at === null;
    if (at === null) return;
    const across = Math.max(4, brush.getState().size * this.#look.scale);
    this.#ring.style.width = `${across}px`;
    this.#ring.style.height = `${across}px`;
    this.#ring.style.transform = `translate(${at.x - across / 2}px, ${at.y - across / 2}px)`;
    this.#ring.dataset['tool'] = brush.getState().tool;
  }
}

function contextIn(host: HTMLElement): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  host.append(canvas);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser draws no canvas');
  return context;
}

function around(one: Box, other: Box): Box {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const right = Math.max(one.x + one.w, other.x + other.w);
  const bottom = Math.max(one.y + one.h, other.y + other.h);
  return { x, y, w: right - x, h: bottom - y };
}
