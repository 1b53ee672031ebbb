// Paints what lies over the graph while a gesture goes on: the link being drawn, the selection box, the knife.

import { type LinkStyle, stretchesOf } from '../core/stretches';
import type { Link } from '../core/types';
import { FLOW_INTERVAL, paintFlow } from './draw/flow';
import { addStretch } from './draw/links';
import type { Gestures } from './gestures/Gestures';
import type { Palette } from './palette';
import type { Scene } from './scene';
import type { Viewport } from './viewport';

/** How long a slot that fits takes to grow and shrink again, in milliseconds. */
const PULSE = 900;
/** What is left of a slot that does not fit. */
const FADED = 0.3;

/** What flows along links while nodes run; null where nothing does, or nobody wants to see it. */
export interface Flow {
  readonly scene: Scene;
  readonly links: readonly Link[];
}

/** Whether the user wants no motion. */
export const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Returns in how many milliseconds it goes on by itself, slots that pulse or links that flow; null if it does not. */
export function paintOverlay(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
  ratio: number,
  style: LinkStyle,
  flow: Flow | null,
): number | null {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  const scale = view.zoom * ratio;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  if (flow !== null) paintFlow(context, flow.links, flow.scene, view, palette, performance.now());
  const box = gestures.selectionBox;
  if (box !== null) {
    context.fillStyle = palette.selected;
    context.globalAlpha = 0.12;
    context.fillRect(box.x, box.y, box.w, box.h);
    context.globalAlpha = 1;
    context.strokeStyle = palette.selected;
    context.lineWidth = 1 / view.zoom;
    context.strokeRect(box.x, box.y, box.w, box.h);
  }
  paintGuides(context, gestures, view, palette);
  const isPulsing = paintTargets(context, gestures, view, palette);
  for (const { from, to, type, fits } of gestures.openCurves()) {
    const path = new Path2D();
    for (const stretch of stretchesOf(style, from, [], to)) addStretch(path, stretch, false);
    context.strokeStyle = fits ? palette.slot(type) : palette.failed;
    context.lineWidth = 3 / Math.min(1, view.zoom);
    context.setLineDash(fits ? [] : [8 / view.zoom, 6 / view.zoom]);
    context.stroke(path);
    context.setLineDash([]);
  }
  paintKnife(context, gestures, view, palette);
  return isPulsing ? 0 : flow === null ? null : FLOW_INTERVAL;
}

function paintGuides(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
): void {
  if (gestures.guides.length === 0) return;
  const more = 12 / view.zoom;
  context.strokeStyle = palette.focus;
  context.lineWidth = 1 / view.zoom;
  context.beginPath();
  for (const { axis, at, from, to } of gestures.guides) {
    if (axis === 'x') {
      context.moveTo(at, from - more);
      context.lineTo(at, to + more);
    } else {
      context.moveTo(from - more, at);
      context.lineTo(to + more, at);
    }
  }
  context.stroke();
}

/** Slots that fit are ringed, and the rings pulse, unless the user wants no motion; the others fade. */
function paintTargets(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
): boolean {
  const slots = gestures.targets();
  if (slots.length === 0) return false;
  const rings = new Map<string, Path2D>();
  const faded = new Path2D();
  const isQuiet = isStill();
  const wave = isQuiet ? 0.5 : 0.5 - 0.5 * Math.cos((performance.now() / PULSE) * 2 * Math.PI);
  const radius = 7 + 2.5 * wave;
  for (const { point, type, fits } of slots) {
    const colour = palette.slot(type);
    let path = fits ? rings.get(colour) : faded;
    if (path === undefined) {
      path = new Path2D();
      rings.set(colour, path);
    }
    path.moveTo(point.x + (fits ? radius : 6), point.y);
    path.arc(point.x, point.y, fits ? radius : 6, 0, 2 * Math.PI);
  }
  context.globalAlpha = 1 - FADED;
  context.fillStyle = palette.node;
  context.fill(faded);
  context.globalAlpha = 1;
  context.lineWidth = Math.max(2.5, 1.5 / view.zoom);
  for (const [colour, path] of rings) {
    context.strokeStyle = colour;
    context.stroke(path);
  }
  return rings.size > 0 && !isQuiet;
}

function paintKnife(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
): void {
  const [first, ...rest] = gestures.knife;
  if (first === undefined) return;
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (const point of rest) context.lineTo(point.x, point.y);
  context.strokeStyle = palette.failed;
  context.lineWidth = 2 / view.zoom;
  context.setLineDash([6 / view.zoom, 4 / view.zoom]);
  context.stroke();
  context.setLineDash([]);
}
