// A mask as it is painted: one byte a pixel (255 is masked) in tiles that only exist where something is masked. A step
// of undo keeps the tiles as they were before it, so that painting a large picture costs what the brush touches.

import type { Box, Point } from './types';

export const TILE = 256;
const AREA = TILE * TILE;
const MOST_STEPS = 100;
const MOST_BYTES = 256 * 2 ** 20;

type Tile = Uint8Array;

/** Everywhere masked; shared, and copied before anything is written into it. */
const FULL: Tile = new Uint8Array(AREA).fill(255);

export interface Brush {
  /** Masks, or takes away. */
  readonly tool: 'pen' | 'eraser';
  /** From 0, soft up to the middle, to 1, a sharp edge. */
  readonly hardness: number;
}

/** A place of the brush, and its radius there. Pixels. */
export interface Dab extends Point {
  readonly radius: number;
}

/** The tiles that a step replaced, as they were. */
type Step = Map<number, Tile | null>;

export class Mask {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly #tiles: (Tile | null)[];
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  #open: Step | null = null;
  #bytes = 0;
  #hasForgotten = false;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE);
    this.rows = Math.ceil(height / TILE);
    this.#tiles = Array.from({ length: this.columns * this.rows }, () => null);
  }

  get whole(): Box {
    return { x: 0, y: 0, w: this.width, h: this.height };
  }

  get isEmpty(): boolean {
    return this.#tiles.every((tile) => tile === null || !tile.some((value) => value !== 0));
  }

  get isChanged(): boolean {
    return this.#hasForgotten || this.#done.length > 0;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** How much of a pixel is masked, 0 to 255. */
  at(x: number, y: number): number {
    return this.tile(x >> 8, y >> 8)?.[((y & 255) << 8) | (x & 255)] ?? 0;
  }

  /** The values of 256 x 256 pixels, by rows; null where nothing is masked. */
  tile(column: number, row: number): Readonly<Tile> | null {
    return this.#tiles[row * this.columns + column] ?? null;
  }

  // -- reading and writing transparency --------------------------------------------------------------------------------

  /** Take over what is transparent in `rows` of RGBA, whole rows from `top` on. No step of undo. */
  readAlpha(rows: Uint8ClampedArray, top: number): void {
    const count = Math.floor(rows.length / 4 / this.width);
    for (let y = 0; y < count; y += 1) {
      for (let x = 0; x < this.width; x += 1) {
        const value = 255 - (rows[(y * this.width + x) * 4 + 3] ?? 255);
        if (value === 0) continue;
        const index = ((top + y) >> 8) * this.columns + (x >> 8);
        let tile = this.#tiles[index];
        if (tile == null) {
          tile = new Uint8Array(AREA);
          this.#tiles[index] = tile;
        }
        tile[(((top + y) & 255) << 8) | (x & 255)] = value;
      }
    }
  }

  /** Make transparent in `rows` of RGBA, whole rows from `top` on, what is masked. */
  writeAlpha(rows: Uint8ClampedArray, top: number): void {
    const count = Math.floor(rows.length / 4 / this.width);
    for (let y = 0; y < count; y += 1) {
      for (let x = 0; x < this.width; x += 1) rows[(y * this.width + x) * 4 + 3] = 255 - this.at(x, top + y);
    }
  }

  // -- steps -----------------------------------------------------------------------------------------------------------

  /** What follows, up to `end`, is one step. */
  begin(): void {
    this.end();
    this.#open = new Map();
  }

  end(): void {
    const step = this.#open;
    this.#open = null;
    if (step === null || step.size === 0) return;
    this.#done.push(step);
    this.#undone.length = 0;
    this.#bytes += weigh(step);
    while (this.#done.length > MOST_STEPS || (this.#bytes > MOST_BYTES && this.#done.length > 1)) {
      const oldest = this.#done.shift();
      if (oldest !== undefined) this.#bytes -= weigh(oldest);
      this.#hasForgotten = true;
    }
  }

  /** Take the last step back; what it changed, or null if there is none. */
  undo(): Box | null {
    this.end();
    const step = this.#done.pop();
    if (step === undefined) return null;
    this.#bytes -= weigh(step);
    this.#undone.push(step);
    return this.#swap(step);
  }

  /** Take back what is being drawn, as if it had never been begun. */
  abandon(): Box | null {
    const step = this.#open;
    this.#open = null;
    return step === null || step.size === 0 ? null : this.#swap(step);
  }

  redo(): Box | null {
    const step = this.#undone.pop();
    if (step === undefined) return null;
    const box = this.#swap(step);
    this.#done.push(step);
    this.#bytes += weigh(step);
    return box;
  }

  #swap(step: Step): Box {
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    for (const [index, tile] of step) {
      step.set(index, this.#tiles[index] ?? null);
      this.#tiles[index] = tile;
      const [x, y] = [(index % this.columns) * TILE, Math.floor(index / this.columns) * TILE];
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + TILE), Math.max(bottom, y + TILE)];
    }
    return { x: left, y: top, w: Math.min(right, this.width) - left, h: Math.min(bottom, this.height) - top };
  }

  #replace(index: number, tile: Tile | null): void {
    if (this.#open !== null && !this.#open.has(index)) this.#open.set(index, this.#tiles[index] ?? null);
    this.#tiles[index] = tile;
  }

  /** A tile that may be written into. */
  #writable(index: number): Tile {
    const tile = this.#tiles[index] ?? null;
    if (tile !== null && tile !== FULL && (this.#open === null || this.#open.has(index))) return tile;
    const copy = tile === null ? new Uint8Array(AREA) : tile.slice();
    this.#replace(index, copy);
    return copy;
  }

  // -- the whole -------------------------------------------------------------------------------------------------------

  clear(): Box {
    this.begin();
    for (const [index, tile] of this.#tiles.entries()) if (tile !== null) this.#replace(index, null);
    this.end();
    return this.whole;
  }

  invert(): Box {
    this.begin();
    for (const [index, tile] of this.#tiles.entries()) {
      if (tile === null || tile === FULL) this.#replace(index, tile === null ? FULL : null);
      else {
        const next = new Uint8Array(AREA);
        for (let at = 0; at < AREA; at += 1) next[at] = 255 - (tile[at] ?? 0);
        this.#replace(index, next);
      }
    }
    this.end();
    return this.whole;
  }

  // -- strokes ---------------------------------------------------------------------------------------------------------

  /**
   * Draw from one place of the brush to another. Where a stroke crosses itself nothing adds up: what is masked most
   * counts. The box is what changed, null if nothing can have.
   */
  stroke(from: Dab, to: Dab, { tool, hardness }: Brush): Box | null {
    const reach = Math.max(from.radius, to.radius) + 1;
    const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach));
    const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach));
    const right = Math.min(this.width, Math.ceil(Math.max(from.x, to.x) + reach));
    const bottom = Math.min(this.height, Math.ceil(Math.max(from.y, to.y) + reach));
    if (left >= right || top >= bottom) return null;
    const cover = coverOf(from, to, Math.min(1, Math.max(0, hardness)));
    const erases = tool === 'eraser';
    for (let row = top >> 8; row <= (bottom - 1) >> 8; row += 1) {
      for (let column = left >> 8; column <= (right - 1) >> 8; column += 1) {
        const index = row * this.columns + column;
        const before = this.#tiles[index] ?? null;
        // Nothing to take away, or nothing left to mask.
        if (erases ? before === null : before === FULL) continue;
        let tile: Tile | null = null;
        const [x0, x1] = [Math.max(left, column * TILE), Math.min(right, column * TILE + TILE)];
        const y1 = Math.min(bottom, row * TILE + TILE);
        for (let y = Math.max(top, row * TILE); y < y1; y += 1) {
          const line = (y & 255) << 8;
          for (let x = x0; x < x1; x += 1) {
            const covered = cover(x + 0.5, y + 0.5);
            if (covered === 0) continue;
            tile ??= this.#writable(index);
            const at = line | (x & 255);
            const held = tile[at] ?? 0;
            const next = erases ? Math.min(held, 255 - covered) : Math.max(held, covered);
            if (next !== held) tile[at] = next;
          }
        }
      }
    }
    return { x: left, y: top, w: right - left, h: bottom - top };
  }
}

function weigh(step: Step): number {
  let bytes = 0;
  for (const tile of step.values()) if (tile !== null && tile !== FULL) bytes += AREA;
  return bytes;
}

/** How much of a point a brush covers that is drawn from one place to another, 0 to 255. Asked for every pixel. */
function coverOf(from: Dab, to: Dab, hardness: number): (x: number, y: number) => number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const grows = to.radius - from.radius;
  const most = (Math.max(from.radius, to.radius) + 0.5) ** 2;
  return (x, y) => {
    const px = x - from.x;
    const py = y - from.y;
    const along = length === 0 ? 1 : Math.max(0, Math.min(1, (px * dx + py * dy) / length));
    const ox = px - along * dx;
    const oy = py - along * dy;
    const square = ox * ox + oy * oy;
    if (square >= most) return 0;
    const radius = from.radius + along * grows;
    const outer = radius + 0.5;
    const inner = Math.min(radius * hardness, radius - 0.5);
    if (inner > 0 && square <= inner * inner) return 255;
    const distance = Math.sqrt(square);
    if (distance >= outer) return 0;
    const share = Math.min(1, (outer - distance) / (outer - inner));
    return Math.round(255 * share * share * (3 - 2 * share));
  };
}
