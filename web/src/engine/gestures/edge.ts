// While something is dragged at the edge, the view moves on.

import type { Point } from '../../core/types';
import type { GraphView } from '../GraphView';

const EDGE = 30;
const SPEED = 12;
const INTERVAL = 16;

export class EdgePan {
  readonly #graph: GraphView;
  #timer = 0;

  constructor(graph: GraphView) {
    this.#graph = graph;
  }

  /** The pointer is here now; `follow` is called after each move of the view. */
  watch(screen: Point, follow: () => void): void {
    this.stop();
    const { width, height } = this.#graph.view;
    const dx = screen.x < EDGE ? SPEED : screen.x > width - EDGE ? -SPEED : 0;
    const dy = screen.y < EDGE ? SPEED : screen.y > height - EDGE ? -SPEED : 0;
    if (dx === 0 && dy === 0) return;
    this.#timer = window.setInterval(() => {
      this.#graph.view.pan(dx, dy);
      this.#graph.moved();
      follow();
    }, INTERVAL);
  }

  stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = 0;
  }
}
