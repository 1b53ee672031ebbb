// The part of the graph that is on the screen. Screen coordinates are CSS pixels from the view's top left.

import type { Box, Point } from '../core/types';

export const LEAST_ZOOM = 0.05;
export const MOST_ZOOM = 4;
/** Around what is fitted, in CSS pixels; above and below lie tools over the canvas. */
const BESIDE = 24;
const ABOVE = 44;

export class Viewport {
  /** Graph coordinates of the screen's top left. */
  x = 0;
  y = 0;
  zoom = 1;
  width = 1;
  height = 1;

  toGraph(point: Point): Point {
    return { x: this.x + point.x / this.zoom, y: this.y + point.y / this.zoom };
  }

  toScreen(point: Point): Point {
    return { x: (point.x - this.x) * this.zoom, y: (point.y - this.y) * this.zoom };
  }

  get area(): Box {
    return { x: this.x, y: this.y, w: this.width / this.zoom, h: this.height / this.zoom };
  }

  /** Move by screen pixels. */
  pan(dx: number, dy: number): void {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
  }

  /** Zoom so that what is under a point of the screen stays there. */
  zoomAt(point: Point, factor: number): void {
    const fixed = this.toGraph(point);
    this.zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.zoom * factor));
    this.x = fixed.x - point.x / this.zoom;
    this.y = fixed.y - point.y / this.zoom;
  }

  /** Show a box whole, not larger than life. */
  fit(box: Box): void {
    this.zoom = Math.max(LEAST_ZOOM, this.zoomFor(box));
    this.centerOn({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
  }

  /** How large a box is that fits whole. */
  zoomFor(box: Box): number {
    return Math.min(
      (this.width - 2 * BESIDE) / Math.max(box.w, 1),
      (this.height - 2 * ABOVE) / Math.max(box.h, 1),
      1,
    );
  }

  /** Show where a box begins, at a zoom; what would fit along one side is in the middle of that. */
  begin(box: Box, zoom: number): void {
    this.zoom = zoom;
    const [w, h] = [this.width / zoom, this.height / zoom];
    const fits = { x: box.w <= w - (2 * BESIDE) / zoom, y: box.h <= h - (2 * ABOVE) / zoom };
    this.x = fits.x ? box.x + (box.w - w) / 2 : box.x - BESIDE / zoom;
    this.y = fits.y ? box.y + (box.h - h) / 2 : box.y - ABOVE / zoom;
  }

  centerOn(point: Point): void {
    this.x = point.x - this.width / this.zoom / 2;
    this.y = point.y - this.height / this.zoom / 2;
  }
}
