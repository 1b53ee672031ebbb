// Background and grid. Filling with a pattern of dots costs as much as all else together; while only the view moves,
// or something on it, one picture of the dots is shifted instead.

import type { Palette } from '../palette';
import type { Viewport } from '../viewport';
import { gridStep, paintGrid } from './ground';

export class Backdrop {
  #canvas: HTMLCanvasElement | null = null;
  /** What the picture shows, and what the last frame showed. */
  #made = '';
  #last = '';

  paint(
    context: CanvasRenderingContext2D,
    view: Viewport,
    palette: Palette,
    ratio: number,
    showsGrid: boolean,
  ): void {
    const { width, height, zoom } = view;
    const step = showsGrid ? gridStep(view, ratio) : null;
    const key = `${zoom}/${ratio}/${width}x${height}/${palette.background}/${palette.grid}`;
    // Whoever zooms needs another picture each time: only the second frame of one kind makes one.
    if (step !== null && key === this.#last) {
      const picture = this.#picture(key, width * ratio + step, height * ratio + step, (own) => {
        fill(own, palette, own.canvas.width, own.canvas.height);
        const whole = { x: 0, y: 0, zoom, width: own.canvas.width, height: own.canvas.height };
        paintGrid(own, whole, palette, ratio);
      });
      if (picture !== null) {
        const shift = (at: number) => -Math.round((((at * zoom * ratio) % step) + step) % step);
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.drawImage(picture, shift(view.x), shift(view.y));
        return;
      }
    }
    this.#last = key;
    context.setTransform(1, 0, 0, 1, 0, 0);
    fill(context, palette, width * ratio, height * ratio);
    if (step !== null) paintGrid(context, view, palette, ratio);
  }

  #picture(
    key: string,
    width: number,
    height: number,
    make: (context: CanvasRenderingContext2D) => void,
  ): HTMLCanvasElement | null {
    if (this.#made === key && this.#canvas !== null) return this.#canvas;
    const canvas = this.#canvas ?? document.createElement('canvas');
    canvas.width = Math.ceil(width);
    canvas.height = Math.ceil(height);
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) return null;
    make(context);
    [this.#canvas, this.#made] = [canvas, key];
    return canvas;
  }
}

function fill(context: CanvasRenderingContext2D, palette: Palette, width: number, height: number): void {
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, height);
}
