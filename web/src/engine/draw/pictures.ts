// The pictures of nodes that have no element: where elements show them, small.

import { bottomOf, type Layout } from '../../core/geometry';
import type { NodeShape } from '../../core/slots';
import type { Box, NodeId } from '../../core/types';
import { DETAIL, type Picture } from '../paint';

/** With less room below its widgets, what a node shows hangs below it. The same as for elements. */
export const LEAST_ROOM = 60;
const INSET = 8;
const HANGS = 6;
const MOST_HANGING = 260;
const BETWEEN = 3;
/** So small, in pixels of the screen, that it shows nothing. */
const SPECK = 6;

/** Height in graph units that is free below the widgets. */
export function roomIn(shape: NodeShape, layout: Layout): number {
  return layout.body.h - bottomOf(shape, layout) - INSET;
}

export interface Cells {
  readonly cells: readonly Box[];
  /** They hang below the node: pictures stand at the top of their cells, not in the middle. */
  readonly hangs: boolean;
}

/** Where so many pictures go: one alone, two side by side, more in two columns. */
export function cellsFor(shape: NodeShape, layout: Layout, count: number): Cells {
  const { body } = layout;
  const room = roomIn(shape, layout);
  const hangs = room < LEAST_ROOM;
  const [columns, rows] = [count > 1 ? 2 : 1, Math.ceil(count / 2)];
  const place: Box = hangs
    ? { x: body.x, y: body.y + body.h + HANGS, w: body.w, h: MOST_HANGING }
    : { x: body.x + INSET, y: body.y + body.h - INSET - room, w: body.w - 2 * INSET, h: room };
  const w = (place.w - (columns - 1) * BETWEEN) / columns;
  const h = (place.h - (rows - 1) * BETWEEN) / rows;
  const cells = Array.from({ length: count }, (_, index): Box => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    return { x: place.x + column * (w + BETWEEN), y: place.y + row * (h + BETWEEN), w, h };
  });
  return { cells, hangs };
}

/** As large as it fits, whole; never cut. */
export function fitted(
  size: { readonly width: number; readonly height: number },
  cell: Box,
  isAtTop: boolean,
): Box {
  const scale = Math.min(cell.w / Math.max(1, size.width), cell.h / Math.max(1, size.height));
  const [w, h] = [size.width * scale, size.height * scale];
  return { x: cell.x + (cell.w - w) / 2, y: isAtTop ? cell.y : cell.y + (cell.h - h) / 2, w, h };
}

export function paintPictures(
  context: CanvasRenderingContext2D,
  id: NodeId,
  layout: Layout,
  shape: NodeShape,
  { pictures, view }: Picture,
  ratio: number,
): void {
  const shown = pictures.of(id);
  if (shown.length === 0) return;
  const { cells, hangs } = cellsFor(shape, layout, shown.length);
  for (const [index, picture] of shown.entries()) {
    const cell = cells[index];
    if (cell === undefined || Math.min(cell.w, cell.h) * view.zoom < SPECK) continue;
    // Nearer than this it is about to have an element, which brings its own.
    const side = view.zoom < DETAIL ? Math.max(cell.w, cell.h) * view.zoom * ratio : 0;
    const bitmap = pictures.take(picture, side);
    if (bitmap === null) continue;
    const { x, y, w, h } = fitted(bitmap, cell, hangs);
    context.drawImage(bitmap as ImageBitmap, x, y, w, h);
  }
}
