// How busy the server's machine is: asked for every two seconds while somebody looks, and nobody else.

import { createStore } from 'zustand/vanilla';
import { call } from '../../api/call';
import type { LoadView } from '../../api/schema.gen';
import { runs } from '../../stores/runs';

export interface LoadState {
  /** Null until it was told, and while the server is away. */
  readonly load: LoadView | null;
  /** Whether the meters are shown; kept in this browser. */
  readonly isShown: boolean;
}

const KEY = 'skein.meters';
const EVERY = 2000;

export const serverLoad = createStore<LoadState>(() => ({ load: null, isShown: readShown() }));

function readShown(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function toggleMeters(): void {
  const isShown = !serverLoad.getState().isShown;
  serverLoad.setState({ isShown });
  try {
    localStorage.setItem(KEY, isShown ? 'on' : 'off');
  } catch {
    // Without storage it lasts as long as the page.
  }
}

/** Ask while the page can be seen and the server is there; returns how to end that. */
export function watchLoad(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isAsking = false;
  const ask = async () => {
    clearTimeout(timer);
    if (isOver || isAsking || document.visibilityState === 'hidden') return;
    if (runs.getState().connection === 'open') {
      isAsking = true;
      try {
        serverLoad.setState({ load: await call('GET /api/v1/load') });
      } catch {
        serverLoad.setState({ load: null });
      }
      isAsking = false;
    } else serverLoad.setState({ load: null });
    if (!isOver) timer = setTimeout(() => void ask(), EVERY);
  };
  const whenSeen = () => void ask();
  document.addEventListener('visibilitychange', whenSeen);
  void ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', whenSeen);
  };
}

export interface Gauge {
  readonly id: string;
  readonly part: number;
  /** What is full may fail; a processor that has work to do may not. */
  readonly mayRunOut: boolean;
}

/** The meters in their order, each with how full it is, from 0 to 1. */
export function gaugesOf(load: LoadView): Gauge[] {
  const share = (used: number, all: number) => (all > 0 ? Math.min(1, Math.max(0, used / all)) : 0);
  return [
    ...(load.cpu_percent === null
      ? []
      : [{ id: 'cpu', part: share(load.cpu_percent, 100), mayRunOut: false }]),
    { id: 'ram', part: share(load.used_bytes, load.memory_bytes), mayRunOut: true },
    ...load.devices.map((device, place) => ({
      ...{ id: `vram${place}`, part: share(device.used_bytes, device.memory_bytes), mayRunOut: true },
    })),
  ];
}
