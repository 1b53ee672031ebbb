// Links and the points that they run through: batched by colour, curved where one can see it.

import { overlaps } from '../../core/geometry';
import type { LinkId } from '../../core/types';
import { HANDLES, MIDDLE, REROUTE } from '../hit';
import { type Picture, SPECKS } from '../paint';
import type { Curve } from '../scene';

export function addCurve(path: Path2D, [a, b, c, d]: Curve, isStraight: boolean): void {
  path.moveTo(a.x, a.y);
  if (isStraight) path.lineTo(d.x, d.y);
  else path.bezierCurveTo(b.x, b.y, c.x, c.y, d.x, d.y);
}

export function paintLinks(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, palette, selected, hovered, hiddenLinks } = picture;
  const plain = new Map<string, Path2D>();
  const bright = new Map<string, Path2D>();
  const handles: LinkId[] = [];
  const isFar = view.zoom < SPECKS;
  const area = view.area;
  // A curve that is only some pixels high looks straight.
  const isFlat = ([a, , , d]: Curve) => Math.abs(a.y - d.y) * view.zoom < 3 && d.x > a.x;
  for (const [id, link] of scene.graph.links) {
    const box = scene.linkIndex.box(id);
    if (box === undefined || !overlaps(box, area) || hiddenLinks.has(id)) continue;
    const isBright = id === hovered || selected.has(link.from) || selected.has(link.to);
    const paths = isBright ? bright : plain;
    const colour = palette.slot(link.type);
    let path = paths.get(colour);
    if (path === undefined) {
      path = new Path2D();
      paths.set(colour, path);
    }
    for (const curve of scene.curves(id)) addCurve(path, curve, isFar || isFlat(curve));
    if (view.zoom >= HANDLES && (isBright || view.zoom >= 0.6)) handles.push(id);
  }
  context.lineCap = view.zoom < 0.5 ? 'butt' : 'round';
  for (const [paths, width, alpha] of [
    [plain, 2.5, selected.size > 0 ? 0.55 : 0.85] as const,
    [bright, 3.5, 1] as const,
  ]) {
    context.globalAlpha = alpha;
    context.lineWidth = Math.max(width, 1 / view.zoom);
    for (const [colour, path] of paths) {
      context.strokeStyle = colour;
      context.stroke(path);
    }
  }
  context.globalAlpha = 1;
  for (const id of handles) paintHandle(context, id, picture);
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
