// Paints what lies over the graph while a gesture goes on: the link being drawn, the selection box, the knife.

import { type LinkStyle, stretchesOf } from '../core/stretches';
import { addStretch } from './draw/links';
import type { Gestures } from './gestures/Gestures';
import type { Palette } from './palette';
import type { Viewport } from './viewport';

export function paintOverlay(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
  ratio: number,
  style: LinkStyle,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  const scale = view.zoom * ratio;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
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
  paintTargets(context, gestures, view, palette);
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
}

/** Slots that fit are ringed; the others fade. */
function paintTargets(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
): void {
  for (const { point, type, fits } of gestures.targets()) {
    context.beginPath();
    context.arc(point.x, point.y, fits ? 8 : 6, 0, 2 * Math.PI);
    if (fits) {
      context.strokeStyle = palette.slot(type);
      context.lineWidth = Math.max(2.5, 1.5 / view.zoom);
      context.stroke();
    } else {
      context.globalAlpha = 0.7;
      context.fillStyle = palette.node;
      context.fill();
      context.globalAlpha = 1;
    }
  }
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
