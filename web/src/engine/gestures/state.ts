// The states of the pointer machine, and what the machine and its parts share.

import type { Box, NodeId, Point } from '../../core/types';
import type { OpenLink } from '../GraphView';
import type { Hit } from '../scene';

export interface Moving {
  readonly from: ReadonlyMap<NodeId, Point>;
  readonly groups: ReadonlyMap<string, Box>;
  readonly reroutes: ReadonlyMap<string, Point>;
  /** Around the nodes, where they were when the drag began; null without any. */
  readonly box: Box | null;
}

export type State =
  | { readonly name: 'idle' }
  | { readonly name: 'press'; readonly hit: Hit; readonly start: Point; readonly event: PointerEvent }
  | { readonly name: 'pan'; readonly last: Point }
  | { readonly name: 'zoom'; readonly anchor: Point; readonly last: Point }
  | { readonly name: 'move'; readonly grab: Point; readonly moving: Moving; readonly gesture: string }
  | { readonly name: 'box'; readonly start: Point; readonly end: Point; readonly kept: ReadonlySet<NodeId> }
  | {
      readonly name: 'link';
      readonly links: readonly OpenLink[];
      readonly at: Point;
      readonly over: Hit;
      /** Being carried from tap to tap, with no pointer down. */
      readonly isArmed: boolean;
    }
  | { readonly name: 'knife'; readonly points: readonly Point[] }
  | { readonly name: 'resize'; readonly node: NodeId; readonly gesture: string }
  | {
      readonly name: 'resizeText';
      readonly node: NodeId;
      readonly widget: string;
      /** How far from the edge it was taken. */
      readonly grab: number;
      readonly gesture: string;
    }
  | { readonly name: 'resizeGroup'; readonly group: string; readonly gesture: string }
  | { readonly name: 'pinch'; readonly distance: number; readonly middle: Point };

export type StateOf<Name extends State['name']> = Extract<State, { name: Name }>;

/** The nodes that a drag changes and nothing else; null where there are none, or more than nodes goes along. */
export function movingNodes(state: State): ReadonlySet<NodeId> | null {
  if (state.name === 'resize' || state.name === 'resizeText') return new Set([state.node]);
  if (state.name !== 'move' || state.moving.groups.size > 0 || state.moving.reroutes.size > 0) return null;
  return new Set(state.moving.from.keys());
}

let count = 0;

/** A name that makes the edits of one drag one step. */
export function newGesture(): string {
  count += 1;
  return `drag${count}`;
}

export function boxBetween(one: Point, other: Point): Box {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    w: Math.abs(one.x - other.x),
    h: Math.abs(one.y - other.y),
  };
}

export function middleOf(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
