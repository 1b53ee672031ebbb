// How links run: as splines, straight, or at right angles, from the output over their points to the input. What is
// drawn, hit, cut and measured is always the same shape.

import { curveOf, distanceToPiece, pointOnCurve } from './geometry';
import type { Box, Point } from './types';

export const LINK_STYLES = ['spline', 'straight', 'linear'] as const;
/** `linear` turns at right angles. */
export type LinkStyle = (typeof LINK_STYLES)[number];

/** A part of a link, from one of its points to the next: four points of a curve, or the corners of a line. */
export interface Stretch {
  readonly isCurve: boolean;
  readonly points: readonly Point[];
}

/** How far a link goes on before it may turn. */
const STUB = 20;
/** Upright parts of links between the same two columns stand beside each other. */
const LANE = 7;
const LANES = 5;
const STEPS = 24;

/**
 * The parts of a link.
 *
 * @param way the points between its ends.
 * @param lane keeps links apart that would lie on each other at right angles; any whole number.
 */
export function stretchesOf(
  style: LinkStyle,
  from: Point,
  way: readonly Point[],
  to: Point,
  lane = 0,
): Stretch[] {
  // As nearly all links are.
  if (way.length === 0 && style === 'spline') return [{ isCurve: true, points: curveOf(from, to) }];
  const points = [from, ...way, to];
  return points.slice(1).map((end, index): Stretch => {
    const start = points[index] ?? from;
    const [leaves, enters] = [index === 0, index === way.length];
    if (style === 'straight') return { isCurve: false, points: [start, end] };
    if (style === 'linear') return { isCurve: false, points: corners(start, end, leaves, enters, lane) };
    const before = points[index - 1];
    return leaves && enters
      ? { isCurve: true, points: curveOf(start, end) }
      : { isCurve: true, points: bend(before, start, end, enters) };
  });
}

/** A curve that goes through the points of a link as it comes from the one before, whichever link it is part of. */
function bend(before: Point | undefined, start: Point, end: Point, enters: boolean): Point[] {
  const distance = Math.hypot(end.x - start.x, end.y - start.y);
  const reach = Math.min(Math.max(distance * 0.3, Math.min(30, distance * 0.4)), 300);
  const leaving = before === undefined ? RIGHT : passing(before, start);
  const arriving = enters ? RIGHT : passing(start, end);
  return [
    start,
    { x: start.x + leaving.x * reach, y: start.y + leaving.y * reach },
    { x: end.x - arriving.x * reach, y: end.y - arriving.y * reach },
    end,
  ];
}

const RIGHT: Point = { x: 1, y: 0 };

/** The direction in which a curve passes a point: half as it came, half to the right. */
function passing(before: Point, point: Point): Point {
  const [dx, dy] = [point.x - before.x, point.y - before.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return RIGHT;
  const [x, y] = [dx / length + 1, dy / length];
  const size = Math.hypot(x, y);
  return size < 0.2 ? { x: 0, y: dy < 0 ? -1 : 1 } : { x: x / size, y: y / size };
}

/** Right angles only: out of a slot to the right, into one from the left. */
function corners(from: Point, to: Point, leaves: boolean, enters: boolean, lane: number): Point[] {
  const out = from.x + (leaves ? STUB : 0);
  const into = to.x - (enters ? STUB : 0);
  if (Math.abs(from.y - to.y) < 0.5 && from.x <= to.x) return [from, to];
  const shift = ((((lane % LANES) + LANES) % LANES) - (LANES - 1) / 2) * LANE;
  if (out <= into || (!leaves && !enters)) {
    const room = Math.abs(into - out) / 2;
    const x = (out + into) / 2 + Math.max(-room, Math.min(room, shift));
    return joined([from, { x, y: from.y }, { x, y: to.y }, to]);
  }
  // Back to the left: between the two where there is room, else below both.
  const isRoomy = Math.abs(from.y - to.y) > 4 * STUB;
  const y = isRoomy ? (from.y + to.y) / 2 + shift : Math.max(from.y, to.y) + 3 * STUB + shift;
  return joined([from, { x: out, y: from.y }, { x: out, y }, { x: into, y }, { x: into, y: to.y }, to]);
}

/** Without points that stand on the one before. */
function joined(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1];
    return before === undefined || point.x !== before.x || point.y !== before.y;
  });
}

// -- asking ----------------------------------------------------------------------------------------------------------

/** A stretch as straight pieces; a curve as 24. */
export function* linesOf(stretch: Stretch): Generator<readonly [Point, Point]> {
  const count = stretch.isCurve ? STEPS : stretch.points.length - 1;
  let before = stretch.points[0];
  for (let step = 1; step <= count && before !== undefined; step += 1) {
    const next = stretch.isCurve ? onCurve(stretch, step / STEPS) : stretch.points[step];
    if (next === undefined) return;
    yield [before, next];
    before = next;
  }
}

export function distanceTo(stretch: Stretch, point: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [one, other] of linesOf(stretch)) least = Math.min(least, distanceToPiece(one, other, point));
  return least;
}

/** Where one is after a part of the way: 0 is its beginning, 1 its end. */
export function pointAlong(stretch: Stretch, part: number): Point {
  if (stretch.isCurve) return onCurve(stretch, part);
  const lines = [...linesOf(stretch)];
  const lengths = lines.map(([one, other]) => Math.hypot(other.x - one.x, other.y - one.y));
  let left = lengths.reduce((sum, length) => sum + length, 0) * part;
  for (const [index, [one, other]] of lines.entries()) {
    const length = lengths[index] ?? 0;
    if (left <= length && length > 0) {
      const t = left / length;
      return { x: one.x + (other.x - one.x) * t, y: one.y + (other.y - one.y) * t };
    }
    left -= length;
  }
  return stretch.points.at(-1) ?? { x: 0, y: 0 };
}

/** Where the handle of a link is: in the middle of a stretch, never on a point of the link. */
export function middleOf(stretches: readonly Stretch[]): Point | null {
  const stretch = stretches[Math.floor(stretches.length / 2)];
  return stretch === undefined ? null : pointAlong(stretch, 0.5);
}

/** A box that all of it is in. */
export function boundsOf(stretches: readonly Stretch[]): Box | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points } of stretches) {
    for (const { x, y } of points) {
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  return left === Infinity ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

/** Whether any of it lies in a box. */
export function runsThrough(stretches: readonly Stretch[], box: Box): boolean {
  for (const stretch of stretches) {
    for (const [one, other] of linesOf(stretch)) if (pieceMeets(one, other, box)) return true;
  }
  return false;
}

/** Whether a straight piece and a box have a point in common. */
function pieceMeets(one: Point, other: Point, box: Box): boolean {
  let [start, end] = [0, 1];
  const sides = [
    [other.x - one.x, box.x - one.x, box.x + box.w - one.x],
    [other.y - one.y, box.y - one.y, box.y + box.h - one.y],
  ] as const;
  for (const [delta, least, most] of sides) {
    if (delta === 0) {
      if (least > 0 || most < 0) return false;
      continue;
    }
    const [a, b] = [least / delta, most / delta];
    start = Math.max(start, Math.min(a, b));
    end = Math.min(end, Math.max(a, b));
    if (start > end) return false;
  }
  return true;
}

function onCurve({ points }: Stretch, part: number): Point {
  const [a, b, c, d] = points;
  return a === undefined || b === undefined || c === undefined || d === undefined
    ? { x: 0, y: 0 }
    : pointOnCurve([a, b, c, d], part);
}
