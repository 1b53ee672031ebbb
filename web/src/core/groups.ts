// Groups: frames around nodes.

import type { Transaction } from './doc';
import { readPoint, TITLE } from './geometry';
import { numeric } from './graph';
import { asArray, type JsonObject } from './json';

/** A group around nodes. */
export function addGroup(
  tx: Transaction,
  title: string,
  box: { x: number; y: number; w: number; h: number },
): string {
  const ids = [...tx.graph.groups.keys()].map((id) => Number(id)).filter(Number.isFinite);
  const id = String(Math.max(0, ...ids) + 1);
  const margin = 10;
  const bounding = [
    box.x - margin,
    box.y - margin - TITLE,
    box.w + 2 * margin,
    box.h + 2 * margin + TITLE,
  ].map(Math.round);
  tx.put('group', id, { id: numeric(id), title, bounding, color: '#3f789e', font_size: 24, flags: {} });
  return id;
}

export function groupBox(group: JsonObject): { x: number; y: number; w: number; h: number } | null {
  const bounding = asArray(group['bounding']);
  const at = readPoint(bounding?.slice(0, 2));
  const size = readPoint(bounding?.slice(2, 4));
  return at === null || size === null ? null : { ...at, w: size.x, h: size.y };
}
