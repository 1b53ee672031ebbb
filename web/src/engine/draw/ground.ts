// What lies under links and nodes: the grid and the groups.

import { groupBox } from '../../core/edit';
import { overlaps } from '../../core/geometry';
import { groupFont, groupTitleHeight } from '../../core/groups';
import { asString } from '../../core/json';
import { type Picture, SPECKS } from '../paint';
import type { Palette } from '../palette';
import type { Viewport } from '../viewport';
import { cut, setFont } from './text';

const patterns = new Map<string, CanvasPattern | null>();
const MOST_PATTERNS = 64;

/** From dot to dot in pixels of the device; null where they would be too dense. */
export function gridStep({ zoom }: Pick<Viewport, 'zoom'>, ratio: number): number | null {
  const pitch = [20, 100, 500].find((each) => each * zoom >= 14);
  return pitch === undefined ? null : pitch * zoom * ratio;
}

/** Dots, as one pattern that is filled once, whatever the number of dots. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  view: Pick<Viewport, 'x' | 'y' | 'zoom' | 'width' | 'height'>,
  palette: Palette,
  ratio: number,
): void {
  const step = gridStep(view, ratio);
  if (step === null) return;
  const cell = Math.round(step);
  const pattern = patternOf(context, cell, palette.grid, ratio);
  if (pattern === null) return;
  const scale = step / cell;
  pattern.setTransform(
    new DOMMatrix([
      scale,
      0,
      0,
      scale,
      -((view.x * view.zoom * ratio) % step),
      -((view.y * view.zoom * ratio) % step),
    ]),
  );
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = pattern;
  context.fillRect(0, 0, view.width * ratio, view.height * ratio);
}

function patternOf(
  context: CanvasRenderingContext2D,
  cell: number,
  colour: string,
  ratio: number,
): CanvasPattern | null {
  const key = `${cell}/${colour}/${ratio}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const tile = document.createElement('canvas');
  tile.width = cell;
  tile.height = cell;
  const inner = tile.getContext('2d');
  if (inner === null) return null;
  inner.fillStyle = colour;
  const size = Math.max(1, Math.round(1.4 * ratio));
  inner.fillRect(0, 0, size, size);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const pattern = context.createPattern(tile, 'repeat');
  patterns.set(key, pattern);
  return pattern;
}

export function paintGroups(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, selectedGroups, palette } = picture;
  const area = view.area;
  for (const [id, group] of scene.graph.groups) {
    const box = groupBox(group);
    if (box === null || !overlaps(box, area)) continue;
    const colour = asString(group['color']) ?? palette.group;
    context.globalAlpha = 0.16;
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, box.h, 6);
    context.fill();
    context.globalAlpha = 0.5;
    context.beginPath();
    const title = groupTitleHeight(group);
    context.roundRect(box.x, box.y, box.w, Math.min(box.h, title), [6, 6, 0, 0]);
    context.fill();
    context.globalAlpha = selectedGroups.has(id) ? 1 : 0.7;
    context.lineWidth = Math.max(selectedGroups.has(id) ? 2 : 1, 1 / view.zoom);
    context.strokeStyle = selectedGroups.has(id) ? palette.selected : colour;
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, box.h, 6);
    context.stroke();
    context.globalAlpha = 1;
    if (view.zoom < SPECKS) continue;
    const size = groupFont(group);
    context.fillStyle = palette.text;
    setFont(context, size, 600);
    context.fillText(cut(asString(group['title']) ?? '', size, box.w - 16), box.x + 10, box.y + title / 2);
  }
}
