// Paints a scene: grid, groups, links, and those nodes that have no element of their own. One pass, only what is visible.

import { groupBox } from '../core/edit';
import { TITLE } from '../core/geometry';
import { asString } from '../core/json';
import { BYPASSED, MUTED, modeOf, titleOf } from '../core/slots';
import type { Box, LinkId, NodeId, Point } from '../core/types';
import type { Palette } from './palette';
import type { Curve, Scene } from './scene';
import type { Viewport } from './viewport';

export const DETAIL = 0.6;
const BOXES = 0.35;
const SPECKS = 0.12;

export type Mark = 'running' | 'failed' | 'done' | 'cached';

export interface Picture {
  readonly scene: Scene;
  readonly view: Viewport;
  readonly palette: Palette;
  readonly selected: ReadonlySet<NodeId>;
  readonly selectedGroups: ReadonlySet<string>;
  readonly marks: ReadonlyMap<NodeId, Mark>;
  readonly progress: ReadonlyMap<NodeId, number>;
  /** Nodes that have an element and are not painted. */
  readonly mounted: ReadonlySet<NodeId>;
  readonly hovered: LinkId | null;
  readonly showsLinks: boolean;
  readonly showsGrid: boolean;
}

export function paint(context: CanvasRenderingContext2D, picture: Picture, ratio: number): void {
  const { view, palette } = picture;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, view.width, view.height);
  if (picture.showsGrid) paintGrid(context, view, palette);
  const scale = view.zoom * ratio;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  paintGroups(context, picture);
  if (picture.showsLinks) paintLinks(context, picture);
  paintNodes(context, picture);
}

function paintGrid(context: CanvasRenderingContext2D, view: Viewport, palette: Palette): void {
  const pitch = [20, 100, 500].find((each) => each * view.zoom >= 14);
  if (pitch === undefined) return;
  const step = pitch * view.zoom;
  const size = Math.max(1, Math.min(1.5, view.zoom * 1.5));
  context.fillStyle = palette.grid;
  context.beginPath();
  for (let x = -((view.x * view.zoom) % step); x < view.width; x += step) {
    for (let y = -((view.y * view.zoom) % step); y < view.height; y += step) context.rect(x, y, size, size);
  }
  context.fill();
}

function paintGroups(
  context: CanvasRenderingContext2D,
  { scene, view, selectedGroups, palette }: Picture,
): void {
  const area = view.area;
  for (const [id, group] of scene.graph.groups) {
    const box = groupBox(group);
    if (box === null || !isNear(box, area)) continue;
    const colour = asString(group['color']) ?? '#3f789e';
    context.globalAlpha = 0.18;
    context.fillStyle = colour;
    context.fillRect(box.x, box.y, box.w, box.h);
    context.globalAlpha = 0.55;
    context.fillRect(box.x, box.y, box.w, Math.min(box.h, TITLE));
    context.globalAlpha = 1;
    context.lineWidth = Math.max(1, 1 / view.zoom);
    context.strokeStyle = selectedGroups.has(id) ? palette.selected : colour;
    context.strokeRect(box.x, box.y, box.w, box.h);
    if (view.zoom > SPECKS)
      paintText(
        context,
        asString(group['title']) ?? '',
        box.x + 8,
        box.y + TITLE / 2,
        16,
        palette.text,
        box.w - 16,
      );
  }
}

function paintLinks(
  context: CanvasRenderingContext2D,
  { scene, view, palette, selected, hovered }: Picture,
): void {
  const batches = new Map<string, Path2D>();
  const bright = new Map<string, Path2D>();
  const isFar = view.zoom < SPECKS;
  for (const id of scene.linkIndex.query(view.area)) {
    const link = scene.graph.links.get(id);
    const curve = scene.curve(id);
    if (link === undefined || curve === undefined) continue;
    const isBright = id === hovered || selected.has(link.from) || selected.has(link.to);
    const paths = isBright ? bright : batches;
    const colour = palette.slot(link.type);
    let path = paths.get(colour);
    if (path === undefined) {
      path = new Path2D();
      paths.set(colour, path);
    }
    addCurve(path, curve, isFar);
  }
  context.lineCap = 'round';
  for (const [paths, width, alpha] of [
    [batches, 2.5, selected.size > 0 ? 0.55 : 0.85] as const,
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
}

export function addCurve(path: Path2D, [a, b, c, d]: Curve, isStraight: boolean): void {
  path.moveTo(a.x, a.y);
  if (isStraight) path.lineTo(d.x, d.y);
  else path.bezierCurveTo(b.x, b.y, c.x, c.y, d.x, d.y);
}

function paintNodes(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, view, mounted } = picture;
  const visible = scene.nodeIndex.query(view.area);
  for (const id of scene.order) {
    if (visible.has(id) && !mounted.has(id)) paintNode(context, id, picture);
  }
}

function paintNode(context: CanvasRenderingContext2D, id: NodeId, picture: Picture): void {
  const { scene, view, palette, selected, marks, progress } = picture;
  const layout = scene.layout(id);
  const node = scene.graph.nodes.get(id);
  if (layout === undefined || node === undefined) return;
  const { box, body } = layout;
  const mode = modeOf(node);
  context.globalAlpha = mode === MUTED || mode === BYPASSED ? 0.5 : 1;
  context.fillStyle = mode === BYPASSED ? '#6a2a6a' : (asString(node['bgcolor']) ?? palette.node);
  roundBox(context, box, view.zoom > BOXES ? 8 : 0);
  context.fill();
  const mark = marks.get(id);
  const outline =
    mark === 'failed'
      ? palette.failed
      : mark === 'running'
        ? palette.running
        : selected.has(id)
          ? palette.selected
          : null;
  if (outline !== null) {
    context.lineWidth = Math.max(2, 2 / view.zoom);
    context.strokeStyle = outline;
    context.stroke();
  }
  if (view.zoom >= SPECKS) {
    context.fillStyle = asString(node['color']) ?? palette.title;
    context.fillRect(box.x, box.y, box.w, TITLE);
    const size = Math.min(14, 14 / view.zoom);
    paintText(
      context,
      titleOf(node, scene.catalog),
      box.x + 10,
      box.y + TITLE / 2,
      Math.max(12, size),
      palette.text,
      box.w - 20,
    );
  }
  const done = progress.get(id);
  if (done !== undefined) {
    context.fillStyle = palette.running;
    context.fillRect(box.x, body.y - 4, box.w * done, 4);
  }
  if (view.zoom >= BOXES) paintSlots(context, id, picture);
  context.globalAlpha = 1;
}

function paintSlots(context: CanvasRenderingContext2D, id: NodeId, { scene, palette }: Picture): void {
  const [layout, shape] = [scene.layout(id), scene.shape(id)];
  if (layout === undefined || shape === undefined || layout.isCollapsed) return;
  for (const [index, point] of layout.outputs.entries())
    paintSlot(context, point, palette.slot(shape.outputs[index]?.type ?? '*'));
  for (const [index, point] of layout.inputs.entries()) {
    const slot = shape.inputs[index];
    if (slot !== undefined && (!slot.isWidget || slot.link !== null))
      paintSlot(context, point, palette.slot(slot.type));
  }
  context.fillStyle = palette.muted;
  context.globalAlpha *= 0.25;
  for (const place of layout.widgets) {
    roundBox(context, { x: layout.body.x + 10, y: place.y, w: layout.body.w - 20, h: place.h }, 6);
    context.fill();
  }
}

function paintSlot(context: CanvasRenderingContext2D, point: Point, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(point.x, point.y, 4.5, 0, 2 * Math.PI);
  context.fill();
}

function paintText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  width: number,
): void {
  context.fillStyle = colour;
  context.font = `${size}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  const most = Math.max(1, Math.floor(width / (size * 0.55)));
  context.fillText(text.length > most ? `${text.slice(0, most - 1)}…` : text, x, y);
}

function roundBox(context: CanvasRenderingContext2D, box: Box, radius: number): void {
  context.beginPath();
  context.roundRect(box.x, box.y, box.w, box.h, radius);
}

function isNear(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
