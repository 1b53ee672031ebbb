// Where things are on the canvas, in graph units. `pos` of a node is the top left of its body; its title stands above.
//
// Sizes follow from the record and its shape alone; nothing is measured on the screen. The size that a file stores is a
// minimum, and a node needs no more room here than where the file came from.

import { foldOf } from './fold';
import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from './json';
import { type NodeShape, typeNameOf, VIRTUAL, type Widget } from './slots';
import type { Box, Link, NodeId, Point } from './types';
import { NAMES } from './virtual';

export const TITLE = 30;
export const PITCH = 20;
export const WIDGET = 20;
export const GAP = 4;
export const TEXT_LEAST = 56;
const SLOT_INSET = 10;
const LEAST_WIDTH = 140;
const NARROWEST = 40;
const WIDGETS_WIDTH = 210;
const BOTTOM = 8;
const COLLAPSED_WIDTH = 120;
/** Of a letter of a title, by estimate, and what stands beside the title. */
const LETTER = 8.8;
const BESIDE_TITLE = 64;
const REROUTE = { w: 75, h: 26 } as const;

export interface WidgetPlace {
  readonly widget: Widget;
  readonly y: number;
  readonly h: number;
}

/** Everything about a node's place; slots and widgets relative to nothing but the graph's origin. */
export interface Layout {
  readonly body: Box;
  /** With the title. */
  readonly box: Box;
  readonly isCollapsed: boolean;
  readonly inputs: readonly Point[];
  readonly outputs: readonly Point[];
  readonly widgets: readonly WidgetPlace[];
  /** The row that unfolds, or folds, inputs that are rarely needed; null if there are none. */
  readonly fold: FoldPlace | null;
}

export interface FoldPlace {
  readonly y: number;
  readonly h: number;
  /** How many it folds. */
  readonly count: number;
  readonly isUnfolded: boolean;
}

/** Where slots of inputs are that are not shown: near nothing. */
export const NOWHERE: Point = { x: Number.NaN, y: Number.NaN };

export function readPoint(value: Json | undefined): Point | null {
  const list = asArray(value);
  const record = asObject(value);
  const x = asNumber(list !== null ? list[0] : record?.['0']);
  const y = asNumber(list !== null ? list[1] : record?.['1']);
  return x === null || y === null ? null : { x, y };
}

/** A point in the form that the file uses. */
export function writePoint(before: Json | undefined, point: Point): Json {
  const record = asObject(before);
  if (record !== null) return { ...record, '0': point.x, '1': point.y };
  return [point.x, point.y, ...(asArray(before) ?? []).slice(2)];
}

export function positionOf(node: JsonObject): Point {
  return readPoint(node['pos']) ?? { x: 0, y: 0 };
}

export function isCollapsed(node: JsonObject): boolean {
  return asObject(node['flags'])?.['collapsed'] === true;
}

/** Whether a node or a group stays where it is, and as large. */
export function isPinned(record: JsonObject): boolean {
  return asObject(record['flags'])?.['pinned'] === true;
}

export function isFlexible(widget: Widget): boolean {
  return widget.input?.multiline === true;
}

/** How large the body of a node is that is neither collapsed nor a point of a link, and what that follows from. */
export function measured(node: JsonObject, shape: NodeShape) {
  const stored = readPoint(node['size']);
  let sockets = 0;
  for (const slot of shape.inputs) if (!slot.isWidget) sockets += 1;
  const rows = Math.max(sockets, shape.outputs.length);
  const top = rows * PITCH + (rows > 0 ? 6 : GAP);
  const folded = foldOf(node, shape);
  const isForeign = shape.type === null && stored !== null && !VIRTUAL.has(asString(node['type']) ?? '');
  const room = isForeign ? Math.floor((stored.y - top - BOTTOM + GAP) / (WIDGET + GAP)) : Infinity;
  const fold = { ...folded, shown: firstOf(folded.shown, room, shape) };
  const { shown, rare } = fold;
  const foldHeight = rare.length > 0 ? WIDGET + GAP : 0;
  const below = shown.length > 0 || rare.length > 0 || rows === 0 ? BOTTOM : 0;
  const least = top + shown.reduce((sum, widget) => sum + leastHeight(widget) + GAP, 0) + foldHeight + below;
  const w = widthOf(stored?.x ?? 0, shown.length > 0 && !isForeign);
  return { w, h: Math.max(stored?.y ?? 0, least), top, least, fold };
}

/**
 * How many values a node shows whose type nobody knows: as many as its size has room for, since where it came from it may
 * have shown them in its own way. Those that are linked stand on it in any case.
 */
function firstOf(widgets: readonly Widget[], room: number, shape: NodeShape): readonly Widget[] {
  if (widgets.length <= room) return widgets;
  const linked = new Set(shape.inputs.filter(({ link }) => link !== null).map(({ name }) => name));
  let left = room - widgets.filter(({ name }) => linked.has(name)).length;
  return widgets.filter(({ name }) => {
    if (linked.has(name)) return true;
    left -= 1;
    return left >= 0;
  });
}

export function layoutOf(node: JsonObject, shape: NodeShape): Layout {
  const { x, y } = positionOf(node);
  if (isCollapsed(node)) return collapsedLayout(x, y, collapsedWidth(node, shape), shape);
  if (node['type'] === 'Reroute') return rerouteLayout(x, y, readPoint(node['size']), shape);
  const { w, h, top, least, fold: folded } = measured(node, shape);
  const { shown, rare, isUnfolded } = folded;
  const flexible = shown.filter(isFlexible).length;
  const spare = flexible > 0 ? (h - least) / flexible : 0;
  const widgets: WidgetPlace[] = [];
  let at = y + top;
  for (const widget of shown) {
    const height = leastHeight(widget) + (isFlexible(widget) ? spare : 0);
    widgets.push({ widget, y: at, h: height });
    at += height + GAP;
  }
  const fold = rare.length > 0 ? { y: at, h: WIDGET, count: rare.length, isUnfolded } : null;
  /** Of each widget, where its slot is; null where that is folded away. */
  const places = new Map<string, number | null>();
  for (const widget of shape.widgets) places.set(widget.name, null);
  for (const place of widgets) places.set(place.widget.name, place.y + Math.min(place.h, WIDGET) / 2);
  let row = 0;
  const inputs = shape.inputs.map((slot) => {
    const own = slot.isWidget ? places.get(slot.name) : undefined;
    if (slot.isWidget) return own == null ? NOWHERE : { x: x + SLOT_INSET, y: own };
    const place = { x: x + SLOT_INSET, y: y + (row + 0.7) * PITCH };
    row += 1;
    return place;
  });
  const outputs = shape.outputs.map((_, index) => ({ x: x + w - SLOT_INSET, y: y + (index + 0.7) * PITCH }));
  return {
    body: { x, y, w, h },
    box: { x, y: y - TITLE, w, h: h + TITLE },
    isCollapsed: false,
    inputs,
    outputs,
    widgets,
    fold,
  };
}

/** Where the widgets, or without any the slots, end; from the top of the body. */
export function bottomOf(shape: NodeShape, layout: Layout): number {
  const last = layout.fold ?? layout.widgets.at(-1);
  if (last !== undefined) return last.y + last.h + GAP - layout.body.y;
  const rows = Math.max(shape.inputs.filter((slot) => !slot.isWidget).length, shape.outputs.length);
  return rows * PITCH + 6;
}

/** Of what has nothing but slots, a width that was made small on purpose stays. */
function widthOf(stored: number, hasWidgets: boolean): number {
  if (hasWidgets) return Math.max(stored, WIDGETS_WIDTH);
  return stored >= NARROWEST ? stored : LEAST_WIDTH;
}

function leastHeight(widget: Widget): number {
  return isFlexible(widget) ? TEXT_LEAST : WIDGET;
}

/** What the title needs, but no more than the node has when it is open. */
function collapsedWidth(node: JsonObject, shape: NodeShape): number {
  const type = typeNameOf(node);
  const title = asString(node['title']) || shape.type?.display_name || (NAMES.get(type) ?? type);
  let letters = 0;
  // Letters of some alphabets are about twice as wide.
  for (const letter of title.slice(0, 200)) letters += letter > '\u2e7f' ? 1.7 : 1;
  const most = widthOf(readPoint(node['size'])?.x ?? 0, shape.widgets.length > 0);
  return Math.max(COLLAPSED_WIDTH, Math.min(Math.round(letters * LETTER) + BESIDE_TITLE, most));
}

function collapsedLayout(x: number, y: number, w: number, shape: NodeShape): Layout {
  const box = { x, y: y - TITLE, w, h: TITLE };
  const left = { x, y: y - TITLE / 2 };
  const right = { x: x + w, y: y - TITLE / 2 };
  return {
    ...{ body: { x, y, w, h: 0 }, box, isCollapsed: true, widgets: [], fold: null },
    ...{ inputs: shape.inputs.map(() => left), outputs: shape.outputs.map(() => right) },
  };
}

function rerouteLayout(x: number, y: number, stored: Point | null, shape: NodeShape): Layout {
  const w = stored?.x ?? REROUTE.w;
  const h = REROUTE.h;
  const body = { x, y, w, h };
  return {
    ...{ body, box: body, isCollapsed: false, widgets: [], fold: null },
    inputs: shape.inputs.map(() => ({ x: x + SLOT_INSET, y: y + h / 2 })),
    outputs: shape.outputs.map(() => ({ x: x + w - SLOT_INSET, y: y + h / 2 })),
  };
}

/** Control points of a link's curve: it leaves to the right and arrives from the left. */
export function curveOf(from: Point, to: Point): readonly [Point, Point, Point, Point] {
  const reach = Math.max(30, Math.min(Math.hypot(to.x - from.x, to.y - from.y) * 0.25, 300));
  return [from, { x: from.x + reach, y: from.y }, { x: to.x - reach, y: to.y }, to];
}

export function pointOnCurve([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const u = 1 - t;
  const at = (p: number, q: number, r: number, s: number) =>
    u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
  return { x: at(a.x, b.x, c.x, d.x), y: at(a.y, b.y, c.y, d.y) };
}

/** The distance of a point from a straight piece. */
export function distanceToPiece(one: Point, other: Point, point: Point): number {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((point.x - one.x) * dx + (point.y - one.y) * dy) / length;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(one.x + t * dx - point.x, one.y + t * dy - point.y);
}

export function contains(box: Box, point: Point): boolean {
  return point.x >= box.x && point.x <= box.x + box.w && point.y >= box.y && point.y <= box.y + box.h;
}

export function overlaps(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

export function surrounding(boxes: Iterable<Box>): Box | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.w);
    bottom = Math.max(bottom, box.y + box.h);
  }
  return left === Infinity ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

/** Both ends of a link, where its nodes are laid out. */
export function endsOf(
  link: Link,
  layouts: (id: NodeId) => Layout | undefined,
  inputAt: (id: NodeId, slot: number) => number,
): readonly [Point, Point] | null {
  const from = layouts(link.from)?.outputs[link.fromSlot];
  const to = layouts(link.to)?.inputs[inputAt(link.to, link.toSlot)];
  return from === undefined || to === undefined ? null : [from, to];
}
