// The pictures of nodes for one picture of the whole graph: each loaded once, as large as it is shown there, as long as
// all of them together stay within a budget; then all are smaller.

import { isBoundary } from '../core/subgraph';
import type { Box, NodeId } from '../core/types';
import { cellsFor, fitted } from './draw/pictures';
import type { NodePictures } from './pictures';
import type { Scene } from './scene';
import { type Bitmap, type Drawable, type Load, loadBitmap, type NodePicture } from './thumbnails';

/** Longer sides in pixels. */
const SIDES = [128, 256, 512, 1024, 2048] as const;
const BUDGET = 128 * 1024 * 1024;
const MOST_AT_ONCE = 4;

type Pictures = Pick<NodePictures, 'of' | 'take'>;

interface Placed {
  readonly picture: NodePicture;
  readonly cell: Box;
  /** It hangs below its node. */
  readonly hangs: boolean;
}

/** Where the pictures of all nodes are painted. */
function placesIn(scene: Scene, pictures: Pick<Pictures, 'of'>): Placed[] {
  return scene.order.flatMap((id): Placed[] => {
    const [layout, shape] = [scene.layout(id), scene.shape(id)];
    const isPainted =
      layout?.isCollapsed === false && !isBoundary(id) && scene.node(id)?.['type'] !== 'Reroute';
    if (layout === undefined || shape === undefined || !isPainted) return [];
    const shown = pictures.of(id);
    const { cells, hangs } = cellsFor(shape, layout, shown.length);
    return shown.flatMap((picture, index) => {
      const cell = cells[index];
      return cell === undefined ? [] : [{ picture, cell, hangs }];
    });
  });
}

/** For each wanted side one of those that there are, at least as large if all of them fit into a budget of bytes. */
export function sidesWithin(wanted: readonly number[], budget: number): number[] {
  const large = wanted.map((side) => SIDES.find((each) => each >= side) ?? SIDES[SIDES.length - 1] ?? 0);
  for (const most of SIDES.toReversed()) {
    const sides = large.map((side) => Math.min(side, most));
    if (sides.reduce((sum, side) => sum + side * side * 4, 0) <= budget) return sides;
  }
  return large.map(() => SIDES[0]);
}

/** Of what is painted once. Must be closed. */
export class SharpPictures implements Pictures {
  readonly #bitmaps = new Map<string, Bitmap>();
  readonly #source: Pick<Pictures, 'of'>;

  constructor(source: Pick<Pictures, 'of'>) {
    this.#source = source;
  }

  of(id: NodeId): readonly NodePicture[] {
    return this.#source.of(id);
  }

  take({ key }: NodePicture): Drawable | null {
    return this.#bitmaps.get(key) ?? null;
  }

  /** Have all that a scene shows, at so many pixels a unit; those that cannot be had are left out. */
  async load(scene: Scene, scale: number, load: Load = loadBitmap, budget = BUDGET): Promise<void> {
    const sides = new Map<string, { readonly picture: NodePicture; readonly side: number }>();
    for (const { picture, cell } of placesIn(scene, this)) {
      const side = Math.max(cell.w, cell.h) * scale;
      if (side > (sides.get(picture.key)?.side ?? 0)) sides.set(picture.key, { picture, side });
    }
    const wanted = [...sides.values()];
    const given = sidesWithin(
      wanted.map(({ side }) => side),
      budget,
    );
    const waiting = wanted.map(({ picture }, index) => ({ picture, side: given[index] ?? 0 }));
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { picture, side } = next;
        const bitmap = await load(picture.origin, side).catch(() => null);
        if (bitmap !== null) this.#bitmaps.set(picture.key, bitmap);
      }
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  }

  /** Where those are painted that hang below nodes. */
  hanging(scene: Scene): Box[] {
    return placesIn(scene, this).flatMap(({ picture, cell, hangs }) => {
      const bitmap = hangs ? this.take(picture) : null;
      return bitmap === null ? [] : [fitted(bitmap, cell, true)];
    });
  }

  close(): void {
    for (const bitmap of this.#bitmaps.values()) bitmap.close();
    this.#bitmaps.clear();
  }
}
