// Which boxes are near: uniform grids, each of cells twice as large as those of the one before. A box stands in the grid
// whose cells are as large as it, so putting, moving and asking cost little however large boxes are.

import { overlaps } from './geometry';
import type { Box } from './types';

const CELL = 1024;
const MOST_CELLS = 4096;
/** Beyond, numbers do not count cells any more. */
const FARTHEST = 2 ** 40;

type Grid = Map<string, Set<string>>;

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
    const cell = sizeFor(box);
    const keys = cellsOf(box, cell);
    if (keys === null) {
      this.#astray.add(id);
      return;
    }
    const grid = this.#grids.get(cell) ?? new Map<string, Set<string>>();
    this.#grids.set(cell, grid);
    for (const key of keys) {
      const held = grid.get(key);
      if (held === undefined) grid.set(key, new Set([id]));
      else held.add(id);
    }
  }

  remove(id: string): void {
    const box = this.#boxes.get(id);
    if (box === undefined) return;
    this.#boxes.delete(id);
    if (this.#astray.delete(id)) return;
    const cell = sizeFor(box);
    const grid = this.#grids.get(cell);
    for (const key of cellsOf(box, cell) ?? []) {
      const held = grid?.get(key);
      held?.delete(id);
      if (held?.size === 0) grid?.delete(key);
    }
    if (grid?.size === 0) this.#grids.delete(cell);
  }

  clear(): void {
    this.#boxes.clear();
    this.#grids.clear();
    this.#astray.clear();
  }

  /** Ids of all boxes that overlap an area. */
  query(area: Box): Set<string> {
    const near = new Set(this.#astray);
    for (const [cell, grid] of this.#grids) {
      // Where the area has more cells than the grid, all that the grid has is looked at.
      for (const key of cellsOf(area, cell, Math.min(MOST_CELLS, grid.size)) ?? grid.keys())
        for (const id of grid.get(key) ?? []) near.add(id);
    }
    for (const id of near) {
      const box = this.#boxes.get(id);
      if (box === undefined || !overlaps(box, area)) near.delete(id);
    }
    return near;
  }
}

/** The size of cells of which a box covers four at most. */
function sizeFor(box: Box): number {
  const side = Math.max(box.w, box.h);
  return side <= CELL ? CELL : CELL * 2 ** Math.ceil(Math.log2(side / CELL));
}

/** The cells that a box covers; null if there are more than `most`, or they cannot be counted. */
function cellsOf(box: Box, cell: number, most = MOST_CELLS): string[] | null {
  const [left, top] = [Math.floor(box.x / cell), Math.floor(box.y / cell)];
  const [right, bottom] = [Math.floor((box.x + box.w) / cell), Math.floor((box.y + box.h) / cell)];
  const count = (right - left + 1) * (bottom - top + 1);
  const isNear = Math.max(Math.abs(left), Math.abs(right), Math.abs(top), Math.abs(bottom)) < FARTHEST;
  if (!isNear || !(count <= most)) return null;
  const keys: string[] = [];
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) keys.push(`${x},${y}`);
  return keys;
}
