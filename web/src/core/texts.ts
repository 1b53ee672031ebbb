// How high texts on nodes are. Files keep one height for a node, and what a node is higher than it must be, its texts
// share alike: who makes one of them higher makes the node higher, and with it the others.

import { isFlexible, type Layout, readPoint, TEXT_LEAST } from './geometry';
import type { JsonObject } from './json';
import type { NodeShape } from './slots';
import type { Point } from './types';

/** A text that its user can make higher, and where it ends in the graph. */
export interface TextEdge {
  readonly name: string;
  readonly y: number;
}

/** The lower edges of a node's texts, from above to below; not of those that a link gives. */
export function textEdges(shape: NodeShape, layout: Layout): TextEdge[] {
  const linked = new Set(shape.inputs.filter((slot) => slot.link !== null).map((slot) => slot.name));
  return layout.widgets.flatMap(({ widget, y, h }) =>
    isFlexible(widget) && !linked.has(widget.name) ? [{ name: widget.name, y: y + h }] : [],
  );
}

/**
 * The size of a node of which a text ends at `y`, or as near as it can.
 *
 * @param unit what the node's height is a multiple of.
 * @returns null if the node has no such text.
 */
export function sizeForText(
  node: JsonObject,
  layout: Layout,
  name: string,
  y: number,
  unit = 1,
): Point | null {
  const texts = layout.widgets.filter(({ widget }) => isFlexible(widget));
  const place = texts.findIndex(({ widget }) => widget.name === name);
  const text = texts[place];
  if (text === undefined) return null;
  const spare = text.h - TEXT_LEAST;
  const least = layout.body.h - texts.length * spare;
  // Those above it grow along, so it moves down by what they grow, too.
  const grown = Math.max(-spare, (y - text.y - text.h) / (place + 1));
  const height = least + texts.length * (spare + grown);
  return {
    x: readPoint(node['size'])?.x ?? layout.body.w,
    y: Math.max(least, Math.round(height / unit) * unit),
  };
}
