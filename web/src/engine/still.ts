// What stays while nodes are dragged, as a picture: a frame of a drag costs what moves, not what is in sight.

export class Still {
  #canvas: HTMLCanvasElement | null = null;
  #key: string | null = null;

  /** Something else has changed: the next frame is painted whole. */
  forget(): void {
    this.#key = null;
  }

  /** Nothing is dragged any more. */
  drop(): void {
    this.#key = null;
    this.#canvas = null;
  }

  /**
   * Put the picture down, made anew if it is another one than `key` says.
   *
   * @param paint paints what stays.
   */
  show(
    context: CanvasRenderingContext2D,
    key: string,
    paint: (context: CanvasRenderingContext2D) => void,
  ): void {
    const { width, height } = context.canvas;
    if (this.#canvas === null || this.#key !== key) {
      const canvas = this.#canvas ?? document.createElement('canvas');
      [canvas.width, canvas.height] = [width, height];
      const own = canvas.getContext('2d', { alpha: false });
      if (own === null) return;
      paint(own);
      [this.#canvas, this.#key] = [canvas, key];
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#canvas, 0, 0);
  }
}
