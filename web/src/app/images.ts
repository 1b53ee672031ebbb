// Who takes pictures that are dropped on the canvas and carry no workflow.

import type { Point } from '../core/types';

export type ImageTaker = (file: File, at: Point) => Promise<void>;

let taker: ImageTaker | null = null;

export function registerImageTaker(next: ImageTaker): void {
  taker = next;
}

export function imageTaker(): ImageTaker | null {
  return taker;
}
