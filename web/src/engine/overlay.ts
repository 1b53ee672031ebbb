// Paints what lies over the graph while a gesture goes on: the link being drawn, the selection box.

import { curveOf } from '../core/geometry';
import type { Gestures } from './gestures';
import { addCurve } from './paint';
import type { Palette } from './palette';
import type { Viewport } from './viewport';

export function paintOverlay(
  context: CanvasRenderingContext2D,
  gestures: Gestures,
  view: Viewport,
  palette: Palette,
  ratio: number,
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
  for (const { from, to, type, fits } of gestures.openCurves()) {
    const path = new Path2D();
    addCurve(path, curveOf(from, to), false);
    context.strokeStyle = fits ? palette.slot(type) : palette.failed;
    context.lineWidth = 3 / Math.min(1, view.zoom);
    context.setLineDash(fits ? [] : [8 / view.zoom, 6 / view.zoom]);
    context.stroke(path);
    context.setLineDash([]);
  }
  for (const { point, type } of gestures.targets()) {
    context.strokeStyle = palette.slot(type);
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(point.x, point.y, 8, 0, 2 * Math.PI);
    context.stroke();
  }
}
