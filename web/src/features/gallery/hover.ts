// Which picture the pointer has rested on for a moment, and where: shown large beside it.

import { createStore } from 'zustand/vanilla';
import type { Picture } from '../../stores/pictures';

export interface Hover {
  readonly picture: Picture;
  /** Of the cell, in the window. */
  readonly box: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
}

const RESTS = 300;
const ROOM = 320;
let timer: ReturnType<typeof setTimeout> | undefined;

export const hover = createStore<{ readonly shown: Hover | null }>(() => ({ shown: null }));

export function restOn(picture: Picture, cell: Element): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      if (!cell.isConnected) return;
      const { left, right, top, bottom } = cell.getBoundingClientRect();
      const list = cell.closest('[data-list]')?.getBoundingClientRect();
      const isAside = list !== undefined && window.innerWidth - list.right > ROOM;
      const sides = isAside ? { left: list.left, right: list.right } : { left, right };
      hover.setState({ shown: { picture, box: { ...sides, top, bottom } } });
    },
    // From one to the next there is no need to wait again.
    hover.getState().shown === null ? RESTS : 60,
  );
}

export function leave(): void {
  clearTimeout(timer);
  if (hover.getState().shown !== null) hover.setState({ shown: null });
}

// Whoever goes on by keys does not look at what the pointer happens to be on.
window.addEventListener('keydown', leave, true);
