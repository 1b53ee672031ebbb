// Which boxes are near: a uniform grid. Putting, moving and asking cost as much as the cells that a box covers.

import { overlaps } from './geometry';
import type { Box } from './types';

const CELL = 1024;
const MOST_CELLS = 4096;

export class SpatialIndex {
  readonly #boxes = new Map<string, Box>();
  readonly #cells = new Map<string, Set<string>>();
  /** Ids of boxes that cover too many cells; always looked at. */
  readonly #large = new Set<string>();

  get size(): number {
    return this.#boxes.size;
  }

  box(id: string): Box | undefined {
    return this.#boxes.get(id);
  }

  put(id: string, box: Box): void {
    this.remove(id);
    this.#boxes.set(id, box);
    const keys = cellsOf(box);
    if (keys === null) {
      this.#large.add(id);
      return;
    }
    for (const key of keys) {
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, new Set([id]));
      else cell.add(id);
    }
  }

  remove(id: string): void {
    const box = this.#boxes.get(id);
    if (box === undefined) return;
    this.#boxes.delete(id);
    if (this.#large.delete(id)) return;
    for (const key of cellsOf(box) ?? []) {
      const cell = this.#cells.get(key);
      cell?.delete(id);
      if (cell?.size === 0) this.#cells.delete(key);
    }
  }

  clear(): void {
    this.#boxes.clear();
    this.#cells.clear();
    this.#large.clear();
  }

  /** Ids of all boxes that overlap an area. */
  query(area: Box): Set<string> {
    const keys = cellsOf(area);
    const near = new Set(this.#large);
    if (keys === null) return this.#filter(new Set(this.#boxes.keys()), area);
    for (const key of keys) for (const id of this.#cells.get(key) ?? []) near.add(id);
    return this.#filter(near, area);
  }

  #filter(ids: Set<string>, area: Box): Set<string> {
    for (const id of ids) {
      const box = this.#boxes.get(id);
      if (box === undefined || !overlaps(box, area)) ids.delete(id);
    }
    return ids;
  }
}

function cellsOf(box: Box): string[] | null {
  const [left, top] = [Math.floor(box.x / CELL), Math.floor(box.y / CELL)];
  const [right, bottom] = [Math.floor((box.x + box.w) / CELL), Math.floor((box.y + box.h) / CELL)];
  const count = (right - left + 1) * (bottom - top + 1);
  if (!(count <= MOST_CELLS)) return null;
  const keys: string[] = [];
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) keys.push(`${x},${y}`);
  return keys;
}
