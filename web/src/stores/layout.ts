// Which panels are open, and how wide. Kept in this browser.

import { createStore } from 'zustand/vanilla';
import { keep, kept } from './kept';

export type Side = 'left' | 'right' | 'bottom';

export interface LayoutState {
  /** The open panel of each side, by id; null where the side is closed. */
  readonly open: Readonly<Record<Side, string | null>>;
  readonly size: Readonly<Record<Side, number>>;
  readonly isFocusMode: boolean;
}

const KEY = 'skein.layout';
const INITIAL: LayoutState = {
  open: { left: null, right: null, bottom: null },
  size: { left: 300, right: 320, bottom: 220 },
  isFocusMode: false,
};

export const layout = createStore<LayoutState>(() => ({ ...INITIAL, ...read() }));

layout.subscribe(({ open, size }) => keep(KEY, { open, size }));

function read(): Partial<LayoutState> {
  const { open, size } = (kept(KEY) ?? {}) as Partial<LayoutState>;
  return { open: { ...INITIAL.open, ...open }, size: { ...INITIAL.size, ...size } };
}

export function openPanel(side: Side, id: string | null): void {
  layout.setState((state) => ({ open: { ...state.open, [side]: id } }));
}

/** Nothing but the canvas; what is closed already stays as it is. */
export function closePanels(): void {
  const { open } = layout.getState();
  if (Object.values(open).some((id) => id !== null))
    layout.setState({ open: { left: null, right: null, bottom: null } });
}

export function togglePanel(side: Side, id: string): void {
  openPanel(side, layout.getState().open[side] === id ? null : id);
}

export function resizePanel(side: Side, size: number): void {
  layout.setState((state) => ({ size: { ...state.size, [side]: size } }));
}

export function toggleFocusMode(): void {
  layout.setState((state) => ({ isFocusMode: !state.isFocusMode }));
}
