// What a press becomes once the pointer drifts: what it was on, and the keys that are held, decide.

import type { Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Hit, Scene } from '../scene';
import { adds } from './clicks';
import { openLinks } from './linking';
import { duplicate, edgeOf, movable } from './moving';
import { newGesture, type State } from './state';

export interface Press {
  readonly hit: Hit;
  /** Where it was: in the graph, and on the screen. */
  readonly at: Point;
  readonly start: Point;
  readonly event: PointerEvent;
  /** The key of the knife is held. */
  readonly isKnife: boolean;
}

export function begin(graph: GraphView, scene: Scene, { hit, at, start, event, isKnife }: Press): State {
  const gesture = newGesture();
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && hit.kind === 'empty')
    return { name: 'zoom', anchor: start, last: start };
  if (isKnife || (event.altKey && hit.kind === 'empty')) return { name: 'knife', points: [at] };
  const isCopy = hit.kind === 'title' || hit.kind === 'node' || (hit.kind === 'group' && !hit.isCorner);
  if (event.altKey && isCopy) duplicate(graph, scene, gesture);
  switch (hit.kind) {
    case 'title':
    case 'node':
    case 'reroute':
      return { name: 'move', grab: at, gesture, moving: movable(graph, scene) };
    case 'group':
      return hit.isCorner
        ? { name: 'resizeGroup', group: hit.group, gesture }
        : { name: 'move', grab: at, gesture, moving: movable(graph, scene) };
    case 'corner':
      return { name: 'resize', node: hit.node, gesture };
    case 'text': {
      const edge = edgeOf(scene, hit.node, hit.name);
      return edge === null
        ? { name: 'idle' }
        : { name: 'resizeText', node: hit.node, widget: hit.name, grab: at.y - edge, gesture };
    }
    case 'output':
    case 'input': {
      const links = openLinks(scene, hit, event.shiftKey);
      return links.length === 0
        ? { name: 'idle' }
        : { name: 'link', links, at, over: { kind: 'empty' }, isArmed: false };
    }
    default: {
      if (!adds(event)) return { name: 'pan', last: start };
      return { name: 'box', start: at, end: at, kept: new Set(event.shiftKey ? graph.selected : []) };
    }
  }
}
