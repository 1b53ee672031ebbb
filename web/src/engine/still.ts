// What stays while nodes are dragged, as pictures: a frame of a drag costs what moves, not what is in sight. One picture
// lies below the links that move, one above them.

type Layer = 'below' | 'above';

interface Kept {
  readonly canvas: HTMLCanvasElement;
  readonly key: string;
}

export class Still {
  readonly #kept = new Map<Layer, Kept>();

  /** Something else has changed: the pictures are made anew when they are wanted next. */
  forget(): void {
    for (const [layer, { canvas }] of this.#kept) this.#kept.set(layer, { canvas, key: '' });
  }

  /** Nothing is dragged any more. */
  drop(): void {
    this.#kept.clear();
  }

  /**
   * Put a picture down, made anew if it is another one than `key` says.
   *
   * @param paint paints what stays: on nothing, or, `below`, on all of the place.
   */
  show(
    context: CanvasRenderingContext2D,
    layer: Layer,
    key: string,
    paint: (context: CanvasRenderingContext2D) => void,
  ): void {
    const { width, height } = context.canvas;
    let kept = this.#kept.get(layer);
    if (kept?.key !== key) {
      const canvas = kept?.canvas ?? document.createElement('canvas');
      [canvas.width, canvas.height] = [width, height];
      const own = canvas.getContext('2d', { alpha: layer === 'above' });
      if (own === null) return;
      paint(own);
      kept = { canvas, key };
      this.#kept.set(layer, kept);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(kept.canvas, 0, 0);
  }
}
