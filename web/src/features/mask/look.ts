// Which part of a picture is seen how large, and a mask as it is seen so: pixels of the screen, for one rectangle.

import type { Mask } from '../../core/mask';
import type { Box, Point } from '../../core/types';

/** The point of the picture at the top left of the stage, and how many pixels of the stage one of the picture has. */
export interface Look extends Point {
  readonly scale: number;
}

export const LEAST_SCALE = 0.02;
export const MOST_SCALE = 32;
const MARGIN = 16;

/** The whole picture in the middle; small ones are not enlarged beyond four times. */
export function fitLook(picture: Box, width: number, height: number): Look {
  const room = Math.min((width - 2 * MARGIN) / picture.w, (height - 2 * MARGIN) / picture.h);
  const scale = clamp(Math.min(room, 4));
  return { scale, x: (picture.w - width / scale) / 2, y: (picture.h - height / scale) / 2 };
}

/** After the stage changed its size: what was seen whole still is, what was in the middle stays there. */
export function resizeLook(
  look: Look,
  picture: Box,
  before: readonly [number, number],
  after: readonly [number, number],
): Look {
  const fitted = fitLook(picture, ...before);
  if (fitted.scale === look.scale && fitted.x === look.x && fitted.y === look.y)
    return fitLook(picture, ...after);
  return {
    scale: look.scale,
    x: look.x + (before[0] - after[0]) / 2 / look.scale,
    y: look.y + (before[1] - after[1]) / 2 / look.scale,
  };
}

/** Nearer or farther; what is at a point of the stage stays there. */
export function zoomLook(look: Look, factor: number, at: Point): Look {
  const scale = clamp(look.scale * factor);
  return {
    scale,
    x: look.x + at.x / look.scale - at.x / scale,
    y: look.y + at.y / look.scale - at.y / scale,
  };
}

export function panLook(look: Look, dx: number, dy: number): Look {
  return { ...look, x: look.x - dx / look.scale, y: look.y - dy / look.scale };
}

export function toPicture(look: Look, at: Point): Point {
  return { x: look.x + at.x / look.scale, y: look.y + at.y / look.scale };
}

/** The whole pixels of the stage that a box of the picture touches, cut to the stage. */
export function onStage(look: Look, box: Box, width: number, height: number): Box | null {
  // One pixel more on each side: smoothing reaches over edges.
  const left = Math.max(0, Math.floor((box.x - look.x) * look.scale) - 1);
  const top = Math.max(0, Math.floor((box.y - look.y) * look.scale) - 1);
  const right = Math.min(width, Math.ceil((box.x + box.w - look.x) * look.scale) + 1);
  const bottom = Math.min(height, Math.ceil((box.y + box.h - look.y) * look.scale) + 1);
  return right > left && bottom > top ? { x: left, y: top, w: right - left, h: bottom - top } : null;
}

/** Fill empty RGBA pixels for a rectangle of the stage with a colour where the mask is; far away four points make one. */
export function shade(
  out: Uint8ClampedArray,
  mask: Mask,
  look: Look,
  area: Box,
  [red, green, blue]: readonly [number, number, number],
): void {
  const offsets = look.scale < 0.75 ? [0.25, 0.75] : [0.5];
  const share = 1 / offsets.length ** 2;
  const columns = offsets.map((offset) => columnsOf(look, area, offset, mask.width));
  const sums = new Uint16Array(area.w);
  for (let y = 0; y < area.h; y += 1) {
    let isEmpty = true;
    sums.fill(0);
    for (const offset of offsets) {
      const line = Math.floor(look.y + (area.y + y + offset) / look.scale);
      if (line < 0 || line >= mask.height) continue;
      for (const each of columns) if (addLine(sums, mask, line, each)) isEmpty = false;
    }
    if (isEmpty) continue;
    for (let x = 0, at = y * area.w * 4; x < area.w; x += 1, at += 4) {
      const sum = sums[x] ?? 0;
      if (sum === 0) continue;
      out[at] = red;
      out[at + 1] = green;
      out[at + 2] = blue;
      out[at + 3] = sum * share;
    }
  }
}

/** For each pixel of a row the place in its tile, and which pixels are in which column of tiles. */
interface Columns {
  readonly places: Uint8Array;
  readonly runs: { readonly column: number; readonly from: number; to: number }[];
}

function columnsOf(look: Look, area: Box, offset: number, width: number): Columns {
  const places = new Uint8Array(area.w);
  const runs: Columns['runs'] = [];
  for (let x = 0; x < area.w; x += 1) {
    const at = Math.floor(look.x + (area.x + x + offset) / look.scale);
    if (at < 0 || at >= width) continue;
    places[x] = at & 255;
    const last = runs.at(-1);
    if (last?.column === at >> 8) last.to = x + 1;
    else runs.push({ column: at >> 8, from: x, to: x + 1 });
  }
  return { places, runs };
}

/** Add the mask at some columns of a line; false if there is no tile there. */
function addLine(sums: Uint16Array, mask: Mask, line: number, { places, runs }: Columns): boolean {
  const start = (line & 255) << 8;
  let isAny = false;
  for (const { column, from, to } of runs) {
    const tile = mask.tile(column, line >> 8);
    if (tile === null) continue;
    isAny = true;
    for (let x = from; x < to; x += 1) sums[x] = (sums[x] ?? 0) + (tile[start | (places[x] ?? 0)] ?? 0);
  }
  return isAny;
}

function clamp(scale: number): number {
  return Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}
