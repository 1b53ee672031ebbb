// The whole graph as one picture, painted part by part so that the page goes on meanwhile.

import { surrounding } from '../core/geometry';
import type { Box } from '../core/types';
import { Backdrop } from './draw/backdrop';
import { type Picture, paint } from './paint';
import type { Scene } from './scene';
import { SharpPictures } from './sharp';
import { Viewport } from './viewport';

/** More pixels a browser may refuse, and nobody looks at: the picture is smaller then. */
const MOST_SIDE = 16_000;
const MOST_PIXELS = 48_000_000;
const PART = 2048;
const MARGIN = 40;

/** Around all nodes and groups; null where there is nothing. */
export function wholeOf(scene: Scene): Box | null {
  const groups = [...scene.graph.groups.keys()].flatMap((id) => scene.groupIndex.box(id) ?? []);
  return surrounding([...groups, ...[scene.bounds() ?? []].flat()]);
}

/** How large things may be, that all of it still fits. */
export function scaleFor(box: Pick<Box, 'w' | 'h'>, wanted: number): number {
  const [w, h] = [box.w + 2 * MARGIN, box.h + 2 * MARGIN];
  return Math.min(wanted, MOST_SIDE / w, MOST_SIDE / h, Math.sqrt(MOST_PIXELS / (w * h)));
}

export type Painted = Omit<Picture, 'view' | 'backdrop' | 'part' | 'showsGrid' | 'mounted'>;

/** A PNG of everything, with the pictures that hang below nodes; null where the browser gives no canvas as large. */
export async function paintWhole(painted: Painted, wanted: number): Promise<Blob | null> {
  const { scene } = painted;
  const nodes = wholeOf(scene);
  if (nodes === null) return null;
  const pictures = new SharpPictures(painted.pictures);
  try {
    await pictures.load(scene, scaleFor(nodes, wanted));
    const box = surrounding([nodes, ...pictures.hanging(scene)]) ?? nodes;
    return await paintBox({ ...painted, pictures }, box, wanted);
  } finally {
    pictures.close();
  }
}

async function paintBox(painted: Painted, box: Box, wanted: number): Promise<Blob | null> {
  const scale = scaleFor(box, wanted);
  const [width, height] = [box.w, box.h].map((side) => Math.ceil((side + 2 * MARGIN) * scale)) as [
    number,
    number,
  ];
  const [whole, part] = [document.createElement('canvas'), document.createElement('canvas')];
  Object.assign(whole, { width, height });
  const [on, own] = [whole.getContext('2d'), part.getContext('2d', { alpha: false })];
  if (on === null || own === null) return null;
  const rest = { backdrop: new Backdrop(), part: null, showsGrid: false, mounted: new Set<string>() };
  for (let top = 0; top < height; top += PART) {
    for (let left = 0; left < width; left += PART) {
      const size = { width: Math.min(PART, width - left), height: Math.min(PART, height - top) };
      Object.assign(part, size);
      const view = Object.assign(new Viewport(), {
        ...{ x: box.x - MARGIN + left / scale, y: box.y - MARGIN + top / scale, zoom: scale },
        ...size,
      });
      paint(own, { ...painted, ...rest, view }, 1);
      on.drawImage(part, left, top);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return new Promise((resolve) => whole.toBlob(resolve, 'image/png'));
}
