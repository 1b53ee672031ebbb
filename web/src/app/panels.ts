// Where parts of the application show themselves: panels at the sides, layers over the canvas, dialogs of their own.
// Each part registers in `features/<name>/register.ts(x)`, which is loaded by itself.

import type { FC } from 'react';
import { createStore } from 'zustand/vanilla';
import type { Side } from '../stores/layout';
import type { IconName } from '../ui/Icon';

export interface Panel {
  readonly id: string;
  readonly side: Side;
  readonly title: () => string;
  readonly icon: IconName;
  /** Where it stands among its neighbours; lower comes first. */
  readonly order: number;
  /** The command that shows it, whose keys the tooltip names. */
  readonly command?: string;
  readonly Component: FC;
  /** A number to show on its button; called on every render of the rail, which `useBadge` causes. */
  readonly useBadge?: () => number | string | null;
}

export interface Overlay {
  readonly id: string;
  readonly order?: number;
  readonly Component: FC;
}

interface PanelsState {
  readonly panels: readonly Panel[];
  /** Over the canvas, positioned by themselves (minimap, search, breadcrumbs). */
  readonly overlays: readonly Overlay[];
  /** Rendered beside everything (dialogs that open by a store of their own). */
  readonly hosts: readonly Overlay[];
}

export const panels = createStore<PanelsState>(() => ({ panels: [], overlays: [], hosts: [] }));

export function registerPanel(panel: Panel): void {
  panels.setState((state) => ({
    panels: [...state.panels.filter((each) => each.id !== panel.id), panel].sort((a, b) => a.order - b.order),
  }));
}

export function registerOverlay(overlay: Overlay): void {
  panels.setState((state) => ({
    overlays: [...state.overlays.filter((each) => each.id !== overlay.id), overlay].sort(byOrder),
  }));
}

export function registerHost(host: Overlay): void {
  panels.setState((state) => ({
    hosts: [...state.hosts.filter((each) => each.id !== host.id), host].sort(byOrder),
  }));
}

function byOrder(a: Overlay, b: Overlay): number {
  return (a.order ?? 0) - (b.order ?? 0);
}
