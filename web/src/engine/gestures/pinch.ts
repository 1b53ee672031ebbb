// Two fingers: the graph stays under them.

import type { Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import { middleOf, type State, type StateOf } from './state';

export function beginPinch(pointers: ReadonlyMap<number, Point>): State {
  const [one, other] = [...pointers.values()];
  if (one === undefined || other === undefined) return { name: 'idle' };
  const distance = Math.hypot(one.x - other.x, one.y - other.y);
  return { name: 'pinch', distance, middle: middleOf(one, other) };
}

export function pinch(
  graph: GraphView,
  pointers: ReadonlyMap<number, Point>,
  state: StateOf<'pinch'>,
): State {
  const next = beginPinch(pointers);
  if (next.name !== 'pinch') return state;
  graph.view.pan(next.middle.x - state.middle.x, next.middle.y - state.middle.y);
  graph.view.zoomAt(next.middle, next.distance / Math.max(state.distance, 1));
  graph.moved();
  return next;
}
