// What the pointer rests on while nothing is pressed: the cursor, the link that is lit, the node whose partners are.

import type { Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Hit } from '../scene';

const CURSORS: Partial<Record<Hit['kind'], string>> = {
  input: 'crosshair',
  output: 'crosshair',
  corner: 'nwse-resize',
  text: 'ns-resize',
  title: 'grab',
  link: 'pointer',
  middle: 'pointer',
  reroute: 'move',
};

export function hover(graph: GraphView, host: HTMLElement, screen: Point, isPanning: boolean): void {
  const { scene, view } = graph;
  if (scene === null) return;
  const hit = scene.hit(view.toGraph(screen), view.zoom);
  const cursor = isPanning ? 'grab' : (CURSORS[hit.kind] ?? '');
  if (host.style.cursor !== cursor) host.style.cursor = cursor;
  const link = hit.kind === 'link' || hit.kind === 'middle' ? hit.link : null;
  const node = 'node' in hit && scene.teleportsAt(hit.node).length > 0 ? hit.node : null;
  if (link === graph.hoveredLink && node === graph.hoveredNode) return;
  const isOther = link !== graph.hoveredLink;
  graph.hoveredLink = link;
  graph.hoveredNode = node;
  graph.invalidate();
  if (isOther) graph.events.hovered(link, screen);
}

/** The pointer is busy, or gone. */
export function endHover(graph: GraphView): void {
  if (graph.hoveredLink === null && graph.hoveredNode === null) return;
  const wasOnLink = graph.hoveredLink !== null;
  graph.hoveredLink = null;
  graph.hoveredNode = null;
  graph.invalidate();
  if (wasOnLink) graph.events.hovered(null, { x: 0, y: 0 });
}
