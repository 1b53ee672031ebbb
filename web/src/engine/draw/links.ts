// Links and the points that they run through: batched by colour, curved where one can see it.

import { overlaps } from '../../core/geometry';
import type { Stretch } from '../../core/stretches';
import type { Link, LinkId } from '../../core/types';
import { HANDLES, MIDDLE, REROUTE } from '../hit';
import { type Picture, SPECKS } from '../paint';

/** How far a turn is rounded. */
const ROUND = 8;
/** Just below a pixel: such lines are drawn as they are, broader ones are outlined and filled. */
const HAIRLINE = 0.98;
/** From here on a link that carries a list is drawn as several strands; below, they would run together. */
const STRANDS = 0.3;

export function addStretch(path: Path2D, { isCurve, points }: Stretch, isStraight: boolean): void {
  const [a, b, c, d] = points;
  const last = points.at(-1);
  if (a === undefined || last === undefined) return;
  path.moveTo(a.x, a.y);
  if (isStraight && isCurve) path.lineTo(last.x, last.y);
  else if (isCurve && b !== undefined && c !== undefined && d !== undefined)
    path.bezierCurveTo(b.x, b.y, c.x, c.y, d.x, d.y);
  else
    for (let index = 1; index < points.length; index += 1) {
      const [point, next] = [points[index], points[index + 1]];
      if (point === undefined) continue;
      if (next === undefined || isStraight) path.lineTo(point.x, point.y);
      else path.arcTo(point.x, point.y, next.x, next.y, roundness(points[index - 1] ?? point, point, next));
    }
}

/** Half of the shorter side of a turn at most: two turns may share it. */
function roundness(
  before: { x: number; y: number },
  at: { x: number; y: number },
  next: { x: number; y: number },
): number {
  const sides = [Math.hypot(at.x - before.x, at.y - before.y), Math.hypot(next.x - at.x, next.y - at.y)];
  return Math.min(ROUND, ...sides.map((side) => side / 2));
}

type Paths = Map<string, Path2D>;

function pathOf(paths: Paths, colour: string): Path2D {
  const known = paths.get(colour);
  if (known !== undefined) return known;
  const path = new Path2D();
  paths.set(colour, path);
  return path;
}

export function paintLinks(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, palette, selected, hovered, hiddenLinks } = picture;
  const plain: Paths = new Map();
  const bright: Paths = new Map();
  const strands: Paths = new Map();
  const brightStrands: Paths = new Map();
  const handles: LinkId[] = [];
  const isFar = view.zoom < SPECKS;
  const area = view.area;
  for (const link of linksIn(picture)) {
    const { id } = link;
    const box = scene.linkIndex.box(id);
    if (box === undefined || !overlaps(box, area) || hiddenLinks.has(id)) continue;
    const isBright = id === hovered || selected.has(link.from) || selected.has(link.to);
    const colour = palette.slot(link.type);
    const isSeveral = view.zoom >= STRANDS && scene.lists.has(id);
    const [faint, strong] = isSeveral ? [strands, brightStrands] : [plain, bright];
    const path = pathOf(isBright ? strong : faint, colour);
    // A curve that is only some pixels high looks straight.
    const isFlat = (box.h - 4) * view.zoom < 3;
    for (const stretch of scene.stretches(id))
      addStretch(path, stretch, isFar || (isFlat && runsRight(stretch)));
    if (view.zoom >= HANDLES && (isBright || view.zoom >= 0.6)) handles.push(id);
  }
  context.lineCap = view.zoom < 0.5 ? 'butt' : 'round';
  for (const [paths, width, alpha] of [
    [plain, 2.5, selected.size > 0 ? 0.55 : 0.85] as const,
    [bright, 3.5, 1] as const,
  ]) {
    context.globalAlpha = alpha;
    stroke(context, paths, Math.max(width, HAIRLINE / view.zoom));
  }
  context.globalAlpha = 1;
  paintFloating(context, picture);
  paintStrands(context, strands, 8, picture);
  paintStrands(context, brightStrands, 10, picture);
  for (const id of handles) paintHandle(context, id, picture);
}

/** All links; of a part, those at what moves, or the others. */
function linksIn({ scene, part }: Picture): Iterable<Link> {
  const { links } = scene.graph;
  if (part === null) return links.values();
  const { moving } = part;
  if (!part.isMoving)
    return [...links.values()].filter((link) => !moving.has(link.from) && !moving.has(link.to));
  const ids = new Set([...moving].flatMap((id) => [...scene.linksOf(id)]));
  return [...ids].flatMap((id) => links.get(id) ?? []);
}

function stroke(context: CanvasRenderingContext2D, paths: Paths, width: number): void {
  context.lineWidth = width;
  for (const [colour, path] of paths) {
    context.strokeStyle = colour;
    context.stroke(path);
  }
}

function runsRight({ points }: Stretch): boolean {
  return (points.at(-1)?.x ?? 0) > (points[0]?.x ?? 0);
}

/** Three strands: a broad line, a narrower one of the ground on it, a thin one in the middle. */
function paintStrands(
  context: CanvasRenderingContext2D,
  paths: Paths,
  width: number,
  { palette }: Picture,
): void {
  if (paths.size === 0) return;
  context.lineCap = 'butt';
  stroke(context, paths, width);
  context.lineWidth = width * 0.64;
  context.strokeStyle = palette.background;
  for (const path of paths.values()) context.stroke(path);
  stroke(context, paths, width * 0.22);
}

/** Links that lack an end are dashed. */
function paintFloating(context: CanvasRenderingContext2D, { scene, view, palette, part }: Picture): void {
  if (scene.floating.length === 0 || part?.isMoving === false) return;
  context.setLineDash([8, 6]);
  context.lineWidth = Math.max(2.5, HAIRLINE / view.zoom);
  for (const link of scene.floating) {
    const path = new Path2D();
    for (const stretch of scene.floatingStretches(link)) addStretch(path, stretch, view.zoom < SPECKS);
    context.strokeStyle = palette.slot(link.type);
    context.stroke(path);
  }
  context.setLineDash([]);
}

/** The dot halfway along a link: what its menu opens from. */
function paintHandle(
  context: CanvasRenderingContext2D,
  id: LinkId,
  { scene, palette, hovered }: Picture,
): void {
  const at = scene.middle(id);
  const link = scene.graph.links.get(id);
  if (at === null || link === undefined) return;
  context.beginPath();
  context.arc(at.x, at.y, id === hovered ? MIDDLE : 3.5, 0, 2 * Math.PI);
  context.fillStyle = palette.slot(link.type);
  context.fill();
  if (id !== hovered) return;
  context.strokeStyle = palette.background;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at.x - 3, at.y);
  context.lineTo(at.x + 3, at.y);
  context.moveTo(at.x, at.y - 3);
  context.lineTo(at.x, at.y + 3);
  context.stroke();
}

export function paintReroutes(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, palette, selectedReroutes } = picture;
  if (scene.reroutes.size === 0 || view.zoom < SPECKS) return;
  const types = scene.rerouteTypes;
  for (const { id, at } of scene.reroutes.values()) {
    context.beginPath();
    context.arc(at.x, at.y, REROUTE, 0, 2 * Math.PI);
    context.fillStyle = palette.slot(types.get(id) ?? '*');
    context.fill();
    context.lineWidth = selectedReroutes.has(id) ? 3 : 1.5;
    context.strokeStyle = selectedReroutes.has(id) ? palette.selected : palette.background;
    context.stroke();
  }
}
