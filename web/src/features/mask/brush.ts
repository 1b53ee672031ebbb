// The brush, as the user left it: it stays the same from one picture to the next.

import { createStore } from 'zustand/vanilla';

export interface BrushState {
  readonly tool: 'pen' | 'eraser';
  /** Across, in pixels of the picture. */
  readonly size: number;
  /** 0 to 1. */
  readonly hardness: number;
  /** How much of the picture the mask hides while it is edited, 0 to 1. */
  readonly opacity: number;
}

export const LEAST_SIZE = 1;
export const MOST_SIZE = 1000;

export const brush = createStore<BrushState>(() => ({ tool: 'pen', size: 60, hardness: 0.8, opacity: 0.6 }));

let isChosen = false;

export function setSize(size: number): void {
  isChosen = true;
  brush.setState({ size: fitting(size) });
}

/** Until the user chooses a size, it is one that suits the picture. */
export function suitSize(width: number, height: number): void {
  if (!isChosen) brush.setState({ size: fitting(Math.min(width, height) / 12) });
}

function fitting(size: number): number {
  return Math.min(MOST_SIZE, Math.max(LEAST_SIZE, Math.round(size)));
}

/** Larger or smaller by an eighth, at least by one. */
export function stepSize(by: 1 | -1): void {
  const { size } = brush.getState();
  setSize(size + by * Math.max(1, Math.round(size / 8)));
}

export function setHardness(hardness: number): void {
  brush.setState({ hardness: Math.min(1, Math.max(0, Math.round(hardness * 100) / 100)) });
}

export function switchTool(): void {
  brush.setState(({ tool }) => ({ tool: tool === 'pen' ? 'eraser' : 'pen' }));
}
