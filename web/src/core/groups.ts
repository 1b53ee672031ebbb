// Groups: frames around nodes.

import type { Transaction } from './doc';
import { readPoint, TITLE } from './geometry';
import { numeric } from './graph';
import { asArray, asNumber, type JsonObject } from './json';

/** Of titles, in units of the graph: what is written for a new group, and what is drawn, whatever a file says. */
const FONT = 24;
const LEAST_FONT = 8;
const MOST_FONT = 128;

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
  tx.put('group', id, { id: numeric(id), title, bounding, color: '#3f789e', font_size: FONT, flags: {} });
  return id;
}

/** How large the title of a group is. */
export function groupFont(group: JsonObject): number {
  const size = asNumber(group['font_size']) ?? FONT;
  return Number.isFinite(size) ? Math.min(MOST_FONT, Math.max(LEAST_FONT, size)) : FONT;
}

/** How much of a group, from its top, is its title. */
export function groupTitleHeight(group: JsonObject): number {
  return Math.max(TITLE, Math.round(groupFont(group) * 1.4));
}

export function groupBox(group: JsonObject): { x: number; y: number; w: number; h: number } | null {
  const bounding = asArray(group['bounding']);
  const at = readPoint(bounding?.slice(0, 2));
  const size = readPoint(bounding?.slice(2, 4));
  if (at === null || size === null) return null;
  // Files hold groups that were drawn to the left or upwards.
  return {
    ...{ x: Math.min(at.x, at.x + size.x), y: Math.min(at.y, at.y + size.y) },
    ...{ w: Math.abs(size.x), h: Math.abs(size.y) },
  };
}
