// Nodes that have no element: far away as coloured boxes, nearer with titles, then with slots and the first values.

import type { Layout } from '../../core/geometry';
import { overlaps, TITLE } from '../../core/geometry';
import { asString, type JsonObject } from '../../core/json';
import { BYPASSED, MUTED, modeOf, type NodeShape, titleOf } from '../../core/slots';
import { INLETS, isBoundary } from '../../core/subgraph';
import type { Box, NodeId, Point } from '../../core/types';
import { isOfferedHere } from '../../widgets/offered';
import { timeOf } from '../node/times';
import { foldWords, timeWords, valueWords } from '../node/words';
import { BOXES, type Picture, SPECKS } from '../paint';
import type { Inks } from '../palette';
import { paintPictures } from './pictures';
import { cut, setFont } from './text';

/** So few nodes have time for their rows, however far away they are. */
const FEW = 200;
/** From here on letters can be told apart. */
const LEGIBLE = 0.45;

export function paintNodes(context: CanvasRenderingContext2D, picture: Picture, ratio: number): void {
  const ids = visibleNodes(picture);
  const { zoom } = picture.view;
  if (zoom < SPECKS) paintSpecks(context, ids, picture);
  const hasRows = zoom >= BOXES || ids.length <= FEW;
  if (zoom >= SPECKS) for (const id of ids) paintNode(context, id, picture, ratio, hasRows);
}

/** From back to front. Far out nearly all nodes are in sight, and asking each is quicker than the index. */
function visibleNodes({ scene, view, mounted, part }: Picture): NodeId[] {
  const area = view.area;
  const isSeen = (id: NodeId) => {
    const box = scene.nodeIndex.box(id);
    return box !== undefined && overlaps(box, area);
  };
  const isIn = (id: NodeId) => part === null || part.moving.has(id) === part.isMoving;
  const inOrder = (ids: NodeId[]) => ids.sort((one, other) => scene.rank(one) - scene.rank(other));
  if (part?.isMoving === true)
    return inOrder([...part.moving].filter((id) => isSeen(id) && !mounted.has(id)));
  if (view.zoom < BOXES) return scene.order.filter((id) => isIn(id) && isSeen(id));
  return inOrder([...scene.nodeIndex.query(area)].filter((id) => isIn(id) && !mounted.has(id)));
}

function paintSpecks(context: CanvasRenderingContext2D, ids: readonly NodeId[], picture: Picture): void {
  const { scene, view, palette, selected, marks } = picture;
  const marked: [NodeId, Box, string][] = [];
  const edge = 1 / view.zoom;
  let fill = '';
  for (const id of ids) {
    const box = scene.nodeIndex.box(id);
    const node = scene.node(id);
    if (box === undefined || node === undefined) continue;
    const colour = fillOf(node, picture);
    if (colour !== fill) {
      context.fillStyle = colour;
      fill = colour;
    }
    context.fillRect(box.x, box.y, box.w, box.h);
    const outline = outlineOf(id, picture);
    if (outline !== null) marked.push([id, box, outline]);
  }
  // Titles as a lighter strip tell top from bottom; strips thinner than a pixel tell nothing.
  if (TITLE * view.zoom >= 1.5) {
    context.fillStyle = palette.outline;
    for (const id of ids) {
      const box = scene.nodeIndex.box(id);
      if (box !== undefined) context.fillRect(box.x, box.y, box.w, TITLE);
    }
  }
  context.lineWidth = 2 * edge;
  for (const [id, box, colour] of marked) {
    context.strokeStyle = colour;
    context.strokeRect(box.x, box.y, box.w, box.h);
    if (selected.has(id) && marks.has(id)) {
      context.strokeStyle = palette.selected;
      context.strokeRect(box.x - 2 * edge, box.y - 2 * edge, box.w + 4 * edge, box.h + 4 * edge);
    }
  }
}

function fillOf(node: JsonObject, { palette }: Picture): string {
  const mode = modeOf(node);
  if (mode === BYPASSED) return palette.bypassed;
  const own = asString(node['bgcolor']);
  return own !== null && mode !== MUTED ? own : palette.node;
}

function outlineOf(id: NodeId, { marks, selected, palette }: Picture): string | null {
  const mark = marks.get(id);
  if (mark === 'failed') return palette.failed;
  if (mark === 'running') return palette.running;
  return selected.has(id) ? palette.selected : null;
}

function paintNode(
  context: CanvasRenderingContext2D,
  id: NodeId,
  picture: Picture,
  ratio: number,
  hasRows: boolean,
): void {
  const { scene, view, palette, progress } = picture;
  const [layout, node, shape] = [scene.layout(id), scene.node(id), scene.shape(id)];
  if (layout === undefined || node === undefined || shape === undefined) return;
  if (isBoundary(id)) {
    paintBoundary(context, id, layout, shape, picture);
    return;
  }
  const { box, body } = layout;
  const mode = modeOf(node);
  const isReroute = node['type'] === 'Reroute';
  const radius = view.zoom > BOXES ? 8 : 0;
  context.globalAlpha = mode === MUTED || mode === BYPASSED ? 0.5 : 1;
  context.fillStyle = fillOf(node, picture);
  fillBox(context, box, isReroute ? Math.min(radius * 2, box.h / 2) : radius);
  if (view.zoom >= SPECKS && !isReroute)
    paintTitle(context, id, node, box, radius, layout.isCollapsed, picture);
  const outline = outlineOf(id, picture);
  if (outline !== null || view.zoom > BOXES) {
    context.lineWidth = outline === null ? 1 : Math.max(2, 2 / view.zoom);
    context.strokeStyle = outline ?? palette.outline;
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, box.h, isReroute ? box.h / 2 : radius);
    context.stroke();
  }
  const done = progress.get(id);
  if (done !== undefined) {
    context.fillStyle = palette.running;
    context.fillRect(box.x, body.y - 4, box.w * done, 4);
  }
  if (hasRows) {
    paintDots(context, layout, shape, picture);
    const inks = palette.on(mode === BYPASSED ? null : asString(node['bgcolor']));
    if (!layout.isCollapsed && !isReroute) paintRows(context, layout, shape, picture, inks);
  }
  if (!layout.isCollapsed && !isReroute) paintPictures(context, id, layout, shape, picture, ratio);
  context.globalAlpha = 1;
}

function fillBox(context: CanvasRenderingContext2D, box: Box, radius: number): void {
  if (radius === 0) {
    context.fillRect(box.x, box.y, box.w, box.h);
    return;
  }
  context.beginPath();
  context.roundRect(box.x, box.y, box.w, box.h, radius);
  context.fill();
}

function paintTitle(
  context: CanvasRenderingContext2D,
  id: NodeId,
  node: JsonObject,
  box: Box,
  radius: number,
  isWhole: boolean,
  picture: Picture,
): void {
  const { scene, view, palette } = picture;
  const colour = asString(node['color']);
  context.fillStyle = colour ?? palette.title;
  if (radius === 0) context.fillRect(box.x, box.y, box.w, TITLE);
  else {
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, TITLE, isWhole ? radius : [radius, radius, 0, 0]);
    context.fill();
  }
  const size = Math.max(14, Math.min(24, 9 / view.zoom));
  if (size * view.zoom < 4) return;
  const taken = view.zoom > BOXES ? paintOutcome(context, id, box, colour, picture) : 0;
  context.fillStyle = palette.on(colour).text;
  setFont(context, size, view.zoom > BOXES ? 600 : 400);
  context.fillText(
    cut(titleOf(node, scene.catalog), size, box.w - 20 - taken),
    box.x + 10,
    box.y + TITLE / 2,
  );
}

/** Size of the time in a title; far away it cannot be read and is left out. */
const TIME = 11;

/** At the right end of a title: how it went in the last run or what the next would do, and how long it took. Returns the room that it takes. */
function paintOutcome(
  context: CanvasRenderingContext2D,
  id: NodeId,
  box: Box,
  colour: string | null,
  { marks, palette, view }: Picture,
): number {
  const [mark, seconds, y] = [marks.get(id), timeOf(id), box.y + TITLE / 2];
  let right = box.x + box.w - 10;
  if (mark === 'done' || mark === 'cached' || mark === 'skipped') {
    context.beginPath();
    if (mark === 'skipped') context.rect(right - 7, y - 1, 7, 2);
    else context.arc(right - 3.5, y, 3.5, 0, 2 * Math.PI);
    context.lineWidth = 1.5;
    context.fillStyle = mark === 'skipped' ? palette.on(colour).muted : palette.running;
    context.strokeStyle = palette.running;
    if (mark === 'cached') context.stroke();
    else context.fill();
    right -= 14;
  } else if (mark === 'planned' || mark === 'perhaps' || mark === 'blocked') {
    paintFate(context, mark, right, y, mark === 'blocked' ? palette.failed : palette.on(colour).muted);
    right -= 14;
  }
  if (seconds !== null && TIME * view.zoom >= 6) {
    const words = timeWords(seconds);
    setFont(context, TIME);
    context.fillStyle = palette.on(colour).muted;
    context.textAlign = 'right';
    context.fillText(words, right, y);
    context.textAlign = 'left';
    right -= words.length * 6.5 + 4;
  }
  return box.x + box.w - 10 - right;
}

/** What a run would do with the node: a small triangle, hollow for perhaps; a struck circle where it is blocked. */
function paintFate(
  context: CanvasRenderingContext2D,
  mark: 'planned' | 'perhaps' | 'blocked',
  right: number,
  y: number,
  colour: string,
): void {
  context.lineWidth = 1.25;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.beginPath();
  if (mark === 'blocked') {
    context.arc(right - 4.5, y, 4.5, 0, 2 * Math.PI);
    context.moveTo(right - 7.5, y + 3);
    context.lineTo(right - 1.5, y - 3);
  } else {
    context.moveTo(right - 7, y - 4);
    context.lineTo(right, y);
    context.lineTo(right - 7, y + 4);
    context.closePath();
  }
  if (mark === 'planned') context.fill();
  else context.stroke();
}

function paintDots(
  context: CanvasRenderingContext2D,
  layout: Layout,
  shape: NodeShape,
  { palette }: Picture,
): void {
  for (const [index, point] of layout.outputs.entries()) {
    if (layout.isCollapsed && index > 0) break;
    const slot = shape.outputs[index];
    if (slot !== undefined) paintDot(context, point, palette.slot(slot.type), slot.isList, false);
  }
  for (const [index, point] of layout.inputs.entries()) {
    const slot = shape.inputs[index];
    if (slot === undefined || (slot.isWidget && slot.link === null)) continue;
    paintDot(context, point, palette.slot(slot.type), slot.isList, slot.isOptional && slot.link === null);
    if (layout.isCollapsed) break;
  }
}

/** A circle; a square for lists, a ring for what may stay empty. */
function paintDot(
  context: CanvasRenderingContext2D,
  point: Point,
  colour: string,
  isList: boolean,
  isRing: boolean,
): void {
  context.beginPath();
  if (isList) context.rect(point.x - 4, point.y - 4, 8, 8);
  else context.arc(point.x, point.y, isRing ? 3.75 : 4.5, 0, 2 * Math.PI);
  if (isRing) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
}

/** Names of slots, and widgets with their values. */
function paintRows(
  context: CanvasRenderingContext2D,
  layout: Layout,
  shape: NodeShape,
  { view, palette: { failed } }: Picture,
  inks: Inks,
): void {
  const { body } = layout;
  const alpha = context.globalAlpha;
  context.fillStyle = inks.widget;
  for (const place of layout.widgets)
    fillBox(context, { x: body.x + 15, y: place.y, w: body.w - 30, h: place.h }, 5);
  context.fillStyle = inks.muted;
  if (view.zoom < LEGIBLE) {
    for (const { widget, y, h } of layout.widgets)
      if (h > 30) paintLines(context, valueWords(widget), body.x + 23, y + 10, body.w - 46, h, false);
    return;
  }
  setFont(context, 12);
  const half = body.w / 2 - 20;
  for (const [index, slot] of shape.inputs.entries()) {
    const point = layout.inputs[index];
    if (!slot.isWidget && point !== undefined)
      context.fillText(cut(slot.label, 12, half), point.x + 10, point.y);
  }
  context.textAlign = 'right';
  for (const [index, slot] of shape.outputs.entries()) {
    const point = layout.outputs[index];
    if (point !== undefined) context.fillText(cut(slot.label, 12, half), point.x - 10, point.y);
  }
  context.textAlign = 'left';
  for (const { widget, y, h } of layout.widgets) {
    const at = y + Math.min(h, 20) / 2;
    if (h > 30) {
      paintLines(context, valueWords(widget) || widget.label, body.x + 23, y + 10, body.w - 46, h, true);
      continue;
    }
    context.fillText(cut(widget.label, 12, body.w * 0.45), body.x + 23, at);
    const words = valueWords(widget);
    if (words === '') continue;
    context.textAlign = 'right';
    const isWrong = !isOfferedHere(widget.value, widget.input);
    if (isWrong) context.fillStyle = failed;
    context.fillText(cut(words, 12, body.w * 0.42), body.x + body.w - 23, at);
    if (isWrong) context.fillStyle = inks.muted;
    context.textAlign = 'left';
  }
  if (layout.fold !== null)
    context.fillText(foldWords(layout.fold), body.x + 37, layout.fold.y + layout.fold.h / 2);
  context.globalAlpha = alpha;
}

/** The first lines of a text, as many as there is room for; strokes stand for what cannot be read. */
function paintLines(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  width: number,
  height: number,
  isLegible: boolean,
): void {
  const most = Math.max(4, Math.floor(width / 6.6));
  let left = text.slice(0, 2000);
  for (let at = y; at < y + height - 10 && left !== ''; at += 16) {
    const line = left.slice(0, most);
    const stop = line.indexOf('\n');
    const space = left.length > most ? line.lastIndexOf(' ') : -1;
    const end = stop >= 0 ? stop : space > most / 2 ? space : line.length;
    if (isLegible) context.fillText(left.slice(0, end), x, at);
    else context.fillRect(x, at - 2, Math.min(width, end * 6), 4);
    left = left.slice(stop >= 0 || space > most / 2 ? end + 1 : end);
  }
}

/** The place inside a subgraph where what is outside comes in or goes out. */
function paintBoundary(
  context: CanvasRenderingContext2D,
  id: NodeId,
  layout: Layout,
  shape: NodeShape,
  { palette, view, selected }: Picture,
): void {
  const { box } = layout;
  context.globalAlpha = 0.9;
  context.fillStyle = palette.node;
  context.strokeStyle = selected.has(id) ? palette.selected : palette.outline;
  context.lineWidth = selected.has(id) ? 2 : 1.5;
  context.setLineDash(selected.has(id) ? [] : [6, 4]);
  context.beginPath();
  context.roundRect(box.x, box.y, box.w, box.h, 12);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  const isIn = id === INLETS;
  const [slots, points] = isIn ? [shape.outputs, layout.outputs] : [shape.inputs, layout.inputs];
  setFont(context, 12);
  context.textAlign = isIn ? 'right' : 'left';
  for (const [index, slot] of slots.entries()) {
    const point = points[index];
    if (point === undefined) continue;
    paintDot(context, point, palette.slot(slot.type), false, slot.name === '');
    if (view.zoom < BOXES) continue;
    context.fillStyle = palette.muted;
    context.fillText(cut(slot.label, 12, box.w - 34), point.x + (isIn ? -12 : 12), point.y);
  }
  context.textAlign = 'left';
}

/** A ring around the node that has the keyboard. */
export function paintFocus(
  context: CanvasRenderingContext2D,
  { scene, focused, view, palette }: Picture,
): void {
  const box = focused === null ? undefined : scene.layout(focused)?.box;
  if (box === undefined) return;
  const gap = 4 / view.zoom;
  context.strokeStyle = palette.focus;
  context.lineWidth = 2.5 / view.zoom;
  context.beginPath();
  context.roundRect(box.x - gap, box.y - gap, box.w + 2 * gap, box.h + 2 * gap, 10);
  context.stroke();
}
