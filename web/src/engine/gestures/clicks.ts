// What clicks do that are no drags: select, cut, open menus, ask for a name or a node.

import { unlink } from '../../core/edit';
import { removeReroute } from '../../core/reroutes';
import type { NodeId, Point } from '../../core/types';
import type { GraphView } from '../GraphView';
import type { Hit } from '../scene';

/** A click on these selects the node alone. */
const PRESSED: ReadonlySet<Hit['kind']> = new Set(['title', 'node', 'text']);

/** A key that adds to the selection is held. */
export function adds(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

/** A node was pressed: it is selected at once, so that a drag takes it along. */
export function pressNode(graph: GraphView, id: NodeId, event: MouseEvent): void {
  const { selected, selectedGroups } = graph;
  if (!selected.has(id)) graph.select([id], [], adds(event));
  else if (adds(event))
    graph.select(
      [...selected].filter((each) => each !== id),
      [...selectedGroups],
    );
}

export function click(graph: GraphView, hit: Hit, event: MouseEvent, screen: Point): void {
  const { doc, scope } = graph;
  graph.events.refused(null, screen);
  if (hit.kind === 'empty' && !adds(event)) graph.select([]);
  else if (PRESSED.has(hit.kind) && 'node' in hit && !adds(event)) graph.select([hit.node]);
  else if ((hit.kind === 'link' || hit.kind === 'middle') && event.altKey)
    doc?.edit('cut link', scope, (tx) => unlink(tx, hit.link));
  else if (hit.kind === 'reroute' && event.altKey)
    doc?.edit('remove reroute', scope, (tx) => removeReroute(tx, hit.reroute));
  else if (hit.kind === 'middle') linkMenu(graph, hit, event, screen);
}

export function doubleClick(graph: GraphView, screen: Point): void {
  const { scene, view, events } = graph;
  if (scene === null) return;
  const at = view.toGraph(screen);
  const hit = scene.hit(at, view.zoom);
  if (hit.kind === 'empty') events.search(at, screen, null);
  if (hit.kind === 'title') events.rename('node', hit.node);
  if (hit.kind === 'group') events.rename('group', hit.group);
  if (hit.kind === 'node') events.enter(hit.node, widgetAt(graph, hit.node, at));
}

/** The widget that is painted there. */
function widgetAt({ scene }: GraphView, id: NodeId, { y }: Point): string | null {
  const places = scene?.layout(id)?.widgets ?? [];
  return places.find((place) => y >= place.y && y <= place.y + place.h)?.widget.name ?? null;
}

/** The menu of what is there; what it is about is selected first. */
export function openMenu(graph: GraphView, hit: Hit, event: MouseEvent, screen: Point): void {
  if (hit.kind === 'link' || hit.kind === 'middle' || hit.kind === 'reroute') {
    linkMenu(graph, hit, event, screen);
    return;
  }
  if ('node' in hit && !graph.selected.has(hit.node)) graph.select([hit.node]);
  if (hit.kind === 'group') graph.select([], [hit.group]);
  if (hit.kind === 'empty') graph.select([]);
  graph.events.menu({ x: event.clientX, y: event.clientY }, graph.view.toGraph(screen));
}

function linkMenu(
  { events, view }: GraphView,
  hit: Extract<Hit, { kind: 'link' | 'middle' | 'reroute' }>,
  event: MouseEvent,
  screen: Point,
): void {
  const at = view.toGraph(screen);
  const page = { x: event.clientX, y: event.clientY };
  if (hit.kind === 'reroute') events.linkMenu({ link: null, reroute: hit.reroute, at }, page);
  else events.linkMenu({ link: hit.link, reroute: null, at }, page);
}
