// Where a file was looked at when it was saved: `extra.ds`, as other programs write it. Read, never written.

import { readPoint } from './geometry';
import { asNumber, asObject, type Json } from './json';

/** Graph coordinates of the screen's top left, and how large things are. */
export interface Look {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Null where nothing is said, or only where nobody has moved anything yet. */
export function storedLook(extra: Json | undefined): Look | null {
  const stored = asObject(asObject(extra)?.['ds']);
  const [zoom, offset] = [asNumber(stored?.['scale']), readPoint(stored?.['offset'])];
  if (zoom === null || offset === null || !Number.isFinite(zoom * offset.x * offset.y) || zoom <= 0)
    return null;
  const isUntouched = zoom === 1 && offset.x === 0 && offset.y === 0;
  return isUntouched ? null : { x: -offset.x, y: -offset.y, zoom };
}
