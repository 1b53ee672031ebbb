// Links without a line (Set/Get, use everywhere): thin dashes to the partners of what is selected or pointed at, or of
// all; and a ring around the partners.

import { curveOf, overlaps, surrounding } from '../../core/geometry';
import type { Teleport } from '../../core/teleports';
import type { NodeId, Point } from '../../core/types';
import type { Picture } from '../paint';

/** Which are shown, and whether each belongs to what is selected or pointed at. */
export function shownTeleports({
  scene,
  selected,
  hoveredNode,
  showsTeleports,
}: Picture): ReadonlyMap<Teleport, boolean> {
  const shown = new Map<Teleport, boolean>();
  if (showsTeleports) for (const teleport of scene.teleports) shown.set(teleport, false);
  const ends = hoveredNode === null ? selected : new Set([...selected, hoveredNode]);
  for (const id of ends) for (const teleport of scene.teleportsAt(id)) shown.set(teleport, true);
  return shown;
}

export function paintTeleports(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, palette, selected, part } = picture;
  const shown = shownTeleports(picture);
  if (shown.size === 0) return;
  const area = view.area;
  const partners = new Map<NodeId, string>();
  context.lineCap = 'butt';
  context.setLineDash([7 / Math.min(1, view.zoom * 1.5), 5 / Math.min(1, view.zoom * 1.5)]);
  for (const [teleport, isBright] of shown) {
    if (part !== null && part.isMoving !== (part.moving.has(teleport.from) || part.moving.has(teleport.to)))
      continue;
    const ends = endsOf(picture, teleport);
    const colour = palette.slot(teleport.type);
    if (isBright)
      for (const id of [teleport.from, teleport.to]) if (!selected.has(id)) partners.set(id, colour);
    if (ends === null) continue;
    const [a, b, c, d] = curveOf(...ends);
    const box = surrounding([a, b, c, d].map((point) => ({ ...point, w: 1, h: 1 })));
    if (box === null || !overlaps(box, area)) continue;
    context.globalAlpha = isBright ? 1 : 0.5;
    context.strokeStyle = colour;
    context.lineWidth = Math.max(isBright ? 2 : 1.25, 1 / view.zoom);
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.bezierCurveTo(b.x, b.y, c.x, c.y, d.x, d.y);
    context.stroke();
  }
  context.globalAlpha = 1;
  const gap = 4 / view.zoom;
  context.lineWidth = 2 / view.zoom;
  for (const [id, colour] of partners) {
    const box = scene.layout(id)?.box;
    if (box === undefined || !overlaps(box, area)) continue;
    context.strokeStyle = colour;
    context.beginPath();
    context.roundRect(box.x - gap, box.y - gap, box.w + 2 * gap, box.h + 2 * gap, 10);
    context.stroke();
  }
  context.setLineDash([]);
}

/** From slot to slot; Set and Get nodes from side to side, as they have no slots towards each other. */
function endsOf({ scene }: Picture, teleport: Teleport): readonly [Point, Point] | null {
  const [from, to] = [scene.layout(teleport.from), scene.layout(teleport.to)];
  if (from === undefined || to === undefined) return null;
  if (teleport.kind === 'name')
    return [
      { x: from.box.x + from.box.w, y: from.box.y + from.box.h / 2 },
      { x: to.box.x, y: to.box.y + to.box.h / 2 },
    ];
  const out = from.outputs[teleport.fromSlot];
  const into = to.inputs[scene.inputPlace(teleport.to, teleport.toSlot)];
  return out === undefined || into === undefined ? null : [out, into];
}
