// What flows into nodes that run: dashes that travel along their links. Lies over the graph, with the nodes cut out of
// it, so that the graph itself is not painted for it.

import { overlaps } from '../../core/geometry';
import type { Link, NodeId } from '../../core/types';
import type { Mark } from '../paint';
import { SPECKS } from '../paint';
import type { Palette } from '../palette';
import type { Scene } from '../scene';
import type { Viewport } from '../viewport';
import { addStretch } from './links';

/** Milliseconds from frame to frame: it need not be smoother than this. */
export const FLOW_INTERVAL = 66;
const DASH = [3, 17];
/** Graph units in a second. */
const SPEED = 70;

/** Links into nodes that run. */
export function flowingLinks(scene: Scene, marks: ReadonlyMap<NodeId, Mark>): Link[] {
  const found: Link[] = [];
  for (const [id, mark] of marks) {
    if (mark !== 'running') continue;
    for (const each of scene.linksOf(id)) {
      const link = scene.graph.links.get(each);
      if (link?.to === id) found.push(link);
    }
  }
  return found;
}

export function paintFlow(
  context: CanvasRenderingContext2D,
  links: readonly Link[],
  scene: Scene,
  view: Viewport,
  palette: Palette,
  now: number,
): void {
  if (view.zoom < SPECKS) return;
  const area = view.area;
  const covering = new Set<NodeId>();
  context.setLineDash(DASH);
  context.lineDashOffset = -((now / 1000) * SPEED) % (3 + 17);
  context.lineCap = 'round';
  context.lineWidth = 5;
  for (const link of links) {
    const box = scene.linkIndex.box(link.id);
    if (box === undefined || !overlaps(box, area)) continue;
    const path = new Path2D();
    for (const stretch of scene.stretches(link.id)) addStretch(path, stretch, false);
    context.strokeStyle = palette.slot(link.type);
    context.stroke(path);
    for (const id of scene.nodeIndex.query(box)) covering.add(id);
  }
  context.setLineDash([]);
  context.lineDashOffset = 0;
  for (const id of covering) {
    const box = scene.nodeIndex.box(id);
    if (box !== undefined) context.clearRect(box.x, box.y, box.w, box.h);
  }
}
