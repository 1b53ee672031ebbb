// Whether the large preview is open, where it stands and how large it is. Kept in this browser.

import { createStore } from 'zustand/vanilla';
import { keep, kept } from '../../stores/kept';
import { layout, openPanel } from '../../stores/layout';

export interface PreviewState {
  /** Floats over the canvas; docked, it is a panel at the side, which the layout knows of. */
  readonly isFloating: boolean;
  readonly isDocked: boolean;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const PANEL = 'preview';
export const LEAST = { w: 180, h: 160 } as const;
const KEY = 'skein.preview';
const INITIAL: PreviewState = { isFloating: false, isDocked: false, x: 16, y: 64, w: 420, h: 400 };

export const preview = createStore<PreviewState>(() => ({ ...INITIAL, ...read() }));

function read(): Partial<PreviewState> {
  const values = (kept(KEY) ?? {}) as Record<string, unknown>;
  const known = Object.entries(INITIAL).filter(([name, value]) => typeof values[name] === typeof value);
  return Object.fromEntries(known.map(([name]) => [name, values[name]]));
}

preview.subscribe((state) => keep(KEY, state));

export function togglePreview(): void {
  const { isFloating, isDocked } = preview.getState();
  if (!isDocked) preview.setState({ isFloating: !isFloating });
  else openPanel('right', layout.getState().open.right === PANEL ? null : PANEL);
}

export function dock(): void {
  preview.setState({ isFloating: false, isDocked: true });
  openPanel('right', PANEL);
}

export function float(): void {
  if (layout.getState().open.right === PANEL) openPanel('right', null);
  preview.setState({ isFloating: true, isDocked: false });
}

export function closePreview(): void {
  preview.setState({ isFloating: false });
}

/** Who opens the panel at the side wants it there, and not twice. */
export function followLayout(): void {
  layout.subscribe(({ open }, before) => {
    if (open.right === PANEL && before.open.right !== PANEL)
      preview.setState({ isFloating: false, isDocked: true });
  });
}

export interface Room {
  readonly w: number;
  readonly h: number;
}

export type Place = Pick<PreviewState, 'x' | 'y' | 'w' | 'h'>;

/** A place inside of the room there is: as large as it may be, and wholly in sight. */
export function within(place: Place, room: Room): Place {
  const w = Math.min(Math.max(LEAST.w, place.w), Math.max(LEAST.w, room.w));
  const h = Math.min(Math.max(LEAST.h, place.h), Math.max(LEAST.h, room.h));
  const x = Math.max(0, Math.min(place.x, room.w - w));
  const y = Math.max(0, Math.min(place.y, room.h - h));
  return { x, y, w, h };
}

const STEP = 16;
const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] },
};

/** What an arrow key does: moves, or with Shift sizes; null for every other key. */
export function stepped(place: Place, key: string, isSizing: boolean): Place | null {
  const way = WAYS[key];
  if (way === undefined) return null;
  return isSizing
    ? { ...place, w: place.w + way[0], h: place.h + way[1] }
    : { ...place, x: place.x + way[0], y: place.y + way[1] };
}
