// Which boxes are near: uniform grids, each of cells twice as large as those of the one before. A box stands in one cell,
// that of its top left, of the grid whose cells are as large as it: it reaches into the next cells at most. So putting,
// moving and asking cost little however large boxes are.

import { overlaps } from './geometry';
import type { Box } from './types';

const CELL = 1024;
const MOST_CELLS = 4096;
/** Cells are counted as far as two of their numbers make one that is exact. */
const FARTHEST = 2 ** 25;

const NONE: readonly string[] = [];

type Grid = Map<number, Set<string>>;

export class SpatialIndex {
  readonly #boxes = new Map<string, Box>();
  /** By the size of their cells; none is empty. */
  readonly #grids = new Map<number, Grid>();
  /** Ids of boxes that are nowhere, or too far away for any cell; always looked at. */
  readonly #astray = new Set<string>();

  get size(): number {
    return this.#boxes.size;
  }

  box(id: string): Box | undefined {
    return this.#boxes.get(id);
  }

  put(id: string, box: Box): void {
    this.remove(id);
    this.#boxes.set(id, box);
    const side = cellFor(box);
    const key = keyOf(box, side);
    if (key === null) {
      this.#astray.add(id);
      return;
    }
    let grid = this.#grids.get(side);
    if (grid === undefined) {
      grid = new Map();
      this.#grids.set(side, grid);
    }
    let held = grid.get(key);
    if (held === undefined) {
      held = new Set();
      grid.set(key, held);
    }
    held.add(id);
  }

  remove(id: string): void {
    const box = this.#boxes.get(id);
    if (box === undefined) return;
    this.#boxes.delete(id);
    if (this.#astray.delete(id)) return;
    const side = cellFor(box);
    const key = keyOf(box, side);
    const grid = this.#grids.get(side);
    const held = key === null ? undefined : grid?.get(key);
    if (grid === undefined || key === null || held === undefined) return;
    held.delete(id);
    if (held.size === 0) grid.delete(key);
    if (grid.size === 0) this.#grids.delete(side);
  }

  clear(): void {
    this.#boxes.clear();
    this.#grids.clear();
    this.#astray.clear();
  }

  /** Ids of all boxes that overlap an area. */
  query(area: Box): Set<string> {
    const near = new Set<string>();
    const look = (ids: Iterable<string> | undefined) => {
      for (const id of ids ?? NONE) {
        const box = this.#boxes.get(id);
        if (box !== undefined && overlaps(box, area)) near.add(id);
      }
    };
    look(this.#astray);
    for (const [side, grid] of this.#grids) {
      const keys = keysAround(area, side, Math.min(MOST_CELLS, grid.size));
      // Where the area has more cells than the grid, all that the grid has is looked at.
      if (keys === null) for (const held of grid.values()) look(held);
      else for (const key of keys) look(grid.get(key));
    }
    return near;
  }
}

/** The side of cells that are as large as a box, or larger. */
function cellFor(box: Box): number {
  const side = Math.max(box.w, box.h);
  return side <= CELL ? CELL : CELL * 2 ** Math.ceil(Math.log2(side / CELL));
}

/** The cell of the top left of a box; null if cells cannot be counted there. */
function keyOf({ x, y }: Box, side: number): number | null {
  const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
  return Math.abs(column) < FARTHEST && Math.abs(row) < FARTHEST ? numbered(column, row) : null;
}

function numbered(column: number, row: number): number {
  return (column + FARTHEST) * (2 * FARTHEST) + row + FARTHEST;
}

/** The cells of all boxes that may reach into an area; null if there are more than `most`, or they cannot be counted. */
function keysAround({ x, y, w, h }: Box, side: number, most: number): number[] | null {
  const [left, top] = [Math.floor(x / side) - 1, Math.floor(y / side) - 1];
  const [right, bottom] = [Math.floor((x + w) / side), Math.floor((y + h) / side)];
  const count = (right - left + 1) * (bottom - top + 1);
  const farthest = Math.max(Math.abs(left), Math.abs(right), Math.abs(top), Math.abs(bottom));
  if (!(farthest < FARTHEST && count <= most)) return null;
  const keys: number[] = [];
  for (let column = left; column <= right; column += 1)
    for (let row = top; row <= bottom; row += 1) keys.push(numbered(column, row));
  return keys;
}
