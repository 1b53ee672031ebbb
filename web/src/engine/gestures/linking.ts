// Drawing links: from which slots, to which, why not, and what it looks like meanwhile.

import { connect, type OutEnd, type Refusal, refusalOf, unlink, unlinkAll } from '../../core/edit';
import { typesFit } from '../../core/typecheck';
import type { NodeId, Point } from '../../core/types';
import type { GraphView, OpenLink } from '../GraphView';
import { inputRow, outputRow } from '../hit';
import type { Hit, Scene } from '../scene';
import { newGesture, type StateOf } from './state';

export interface OpenCurve {
  readonly from: Point;
  readonly to: Point;
  readonly type: string;
  readonly fits: boolean;
}

export interface Target {
  readonly point: Point;
  readonly type: string;
  readonly fits: boolean;
}

export interface Ends {
  readonly from: OutEnd;
  readonly to: { readonly node: NodeId; readonly input: string };
}

/** What a drag from a slot draws: a new link, or, with Shift from an output, all its links; a linked input lets go. */
export function openLinks(
  scene: Scene,
  hit: Extract<Hit, { kind: 'input' | 'output' }>,
  takesAll: boolean,
): OpenLink[] {
  const shape = scene.shape(hit.node);
  if (hit.kind === 'output') {
    const type = shape?.outputs[hit.index]?.type ?? '*';
    if (!takesAll) return [{ end: 'output', node: hit.node, index: hit.index, type, held: null }];
    return [...scene.linksOf(hit.node)].flatMap((id): OpenLink[] => {
      const link = scene.graph.links.get(id);
      if (link === undefined || link.from !== hit.node || link.fromSlot !== hit.index) return [];
      const index = scene.shape(link.to)?.inputs.findIndex((slot) => slot.link === id) ?? -1;
      return index < 0 ? [] : [{ end: 'input', node: link.to, index, type: link.type, held: id }];
    });
  }
  const slot = shape?.inputs[hit.index];
  const held = slot?.link == null ? undefined : scene.graph.links.get(slot.link);
  if (held === undefined)
    return [{ end: 'input', node: hit.node, index: hit.index, type: slot?.type ?? '*', held: null }];
  return [{ end: 'output', node: held.from, index: held.fromSlot, type: held.type, held: held.id }];
}

/** What is under a point for a link that ends there: of a node also the slot that has the row, if it fits. */
export function endUnder(graph: GraphView, link: OpenLink | undefined, at: Point): Hit {
  const scene = graph.scene;
  const over = scene?.hit(at, graph.view.zoom) ?? { kind: 'empty' };
  if (scene === null || link === undefined || over.kind === 'input' || over.kind === 'output') return over;
  if (!('node' in over) || over.node === link.node) return over;
  const { node } = over;
  const [shape, layout] = [scene.shape(node), scene.layout(node)];
  if (shape === undefined || layout === undefined || layout.isCollapsed) return over;
  if (link.end === 'output') {
    const index = inputRow(layout, shape, at);
    const slot = shape.inputs[index];
    return slot !== undefined && typesFit(link.type, slot.type) ? { kind: 'input', node, index } : over;
  }
  const index = outputRow(layout, shape, at);
  const slot = shape.outputs[index];
  return slot !== undefined && typesFit(slot.type, link.type) ? { kind: 'output', node, index } : over;
}

/** Links that are being drawn, from their fixed ends to the pointer. */
export function* openCurves(graph: GraphView, state: StateOf<'link'>): Generator<OpenCurve> {
  const scene = graph.scene;
  if (scene === null) return;
  for (const link of state.links) {
    const layout = scene.layout(link.node);
    const fixed = link.end === 'output' ? layout?.outputs[link.index] : layout?.inputs[link.index];
    if (fixed === undefined) continue;
    const fits = refusalFor(graph, link, state.over) === null;
    const at = snapPoint(graph, link, state.over) ?? state.at;
    const [from, to] = link.end === 'output' ? [fixed, at] : [at, fixed];
    yield { from, to, type: link.type, fits };
  }
}

/** The slot that would be linked if the link were let go here. */
function snapPoint(graph: GraphView, link: OpenLink, over: Hit): Point | null {
  const [ends, scene] = [endsFor(graph, link, over), graph.scene];
  if (ends === null || scene === null) return null;
  if (link.end === 'input') return scene.layout(ends.from.node)?.outputs[ends.from.slot] ?? null;
  const index = scene.shape(ends.to.node)?.inputs.findIndex((slot) => slot.name === ends.to.input) ?? -1;
  return scene.layout(ends.to.node)?.inputs[index] ?? null;
}

/** Slots in sight that the link being drawn could go to, and whether it fits them. */
export function* targets(graph: GraphView, state: StateOf<'link'>): Generator<Target> {
  const [scene, link] = [graph.scene, state.links[0]];
  if (link === undefined || scene === null) return;
  for (const id of scene.nodeIndex.query(graph.view.area)) {
    const [shape, layout] = [scene.shape(id), scene.layout(id)];
    if (shape === undefined || layout === undefined || layout.isCollapsed) continue;
    const slots = link.end === 'output' ? shape.inputs : shape.outputs;
    const points = link.end === 'output' ? layout.inputs : layout.outputs;
    for (const [index, slot] of slots.entries()) {
      const point = points[index];
      if (point === undefined) continue;
      const fits = link.end === 'output' ? typesFit(link.type, slot.type) : typesFit(slot.type, link.type);
      // Any widget takes a wildcard; ringing all of them says nothing.
      const isWidget = link.end === 'output' && shape.inputs[index]?.isWidget === true;
      if (isWidget && (!fits || link.type === '*')) continue;
      yield { point, type: slot.type, fits: fits && id !== link.node };
    }
  }
}

/** The last answer: while the pointer rests, frames ask again and again, and circles are looked for in the whole graph. */
let last: { readonly key: string; readonly scene: Scene; readonly refusal: Refusal | null } | null = null;

export function refusalFor(graph: GraphView, link: OpenLink, over: Hit): Refusal | null {
  const [ends, scene] = [endsFor(graph, link, over), graph.scene];
  if (ends === null || scene === null) return null;
  const key = JSON.stringify([ends.from, ends.to, graph.doc?.revision]);
  if (last?.key === key && last.scene === scene) return last.refusal;
  const refusal = refusalOf({ graph: scene.graph }, ends.from, ends.to, graph.catalog);
  last = { key, scene, refusal };
  return refusal;
}

/**
 * Both ends, if the pointer is over something that could be one. A node's body stands for its best free slot; where
 * none is free, for the one after those that the output feeds already: a second drop goes on to the next.
 */
export function endsFor(graph: GraphView, link: OpenLink, over: Hit): Ends | null {
  const scene = graph.scene;
  if (
    scene === null ||
    !('node' in over) ||
    (over.node === link.node && over.kind !== 'input' && over.kind !== 'output')
  )
    return null;
  const own = scene.shape(link.node);
  const other = scene.shape(over.node);
  if (link.end === 'output') {
    const from = { node: link.node, slot: link.index };
    const exact = over.kind === 'input' ? other?.inputs[over.index] : undefined;
    const fitting = (other?.inputs ?? []).filter(
      (slot) => typesFit(link.type, slot.type) && !(slot.isWidget && link.type === '*'),
    );
    const isExact = (type: string) => type === link.type;
    const free = fitting.filter((each) => each.link === null);
    const fed = fitting.findLastIndex((each) => {
      const held = each.link === null ? undefined : scene.graph.links.get(each.link);
      return held?.from === link.node && held.fromSlot === link.index;
    });
    const next = fitting[(fed + 1) % Math.max(1, fitting.length)];
    const slot = exact ?? free.find((each) => isExact(each.type)) ?? free[0] ?? next;
    return slot === undefined ? null : { from, to: { node: over.node, input: slot.name } };
  }
  const name = own?.inputs[link.index]?.name ?? '';
  const index =
    over.kind === 'output'
      ? over.index
      : (other?.outputs.findIndex((slot) => typesFit(slot.type, link.type)) ?? -1);
  return index < 0 ? null : { from: { node: over.node, slot: index }, to: { node: link.node, input: name } };
}

/** Tell why the slot, or all of the node, under the pointer will not do. */
export function explain(graph: GraphView, link: OpenLink | undefined, over: Hit, screen: Point): void {
  graph.events.refused(link === undefined ? null : whyNot(graph, link, over), screen);
}

function whyNot(graph: GraphView, link: OpenLink, over: Hit): (Refusal & Ends) | null {
  const ends = endsFor(graph, link, over);
  if (ends !== null) {
    const refusal = refusalFor(graph, link, over);
    return refusal === null ? null : { ...refusal, ...ends };
  }
  // Every drag begins over its own node.
  if (!('node' in over) || over.node === link.node) return null;
  const { node, index, type } = link;
  const about = { given: type, wanted: type, input: '', path: [over.node] };
  if (link.end === 'output')
    return {
      ...{ ...about, code: 'takesNone' },
      ...{ from: { node, slot: index }, to: { node: over.node, input: '' } },
    };
  const input = graph.scene?.shape(node)?.inputs[index]?.name ?? '';
  return {
    ...{ ...about, code: 'givesNone' },
    ...{ from: { node: over.node, slot: 0 }, to: { node, input } },
  };
}

/** Let go: link, or, on nothing, look for a node that fits; links that were held are cut in the same step. */
export function finishLinks(
  graph: GraphView,
  links: readonly OpenLink[],
  over: Hit,
  screen: Point,
  isSilent: boolean,
): void {
  const [first, doc] = [links[0], graph.doc];
  if (first === undefined || doc === null) return;
  const gesture = newGesture();
  const isNowhere = !('node' in over);
  if (isNowhere) {
    const held = links.filter((link) => link.held !== null);
    // An input that was pulled off its link and let go on nothing is cut; so says every program of this kind.
    if (first.end === 'output' && held.length > 0)
      doc.edit('cut link', graph.scope, (tx) =>
        unlinkAll(
          tx,
          held.map((link) => link.held ?? ''),
        ),
      );
    else if (!isSilent) {
      const others = links.slice(1);
      const link = others.length === 0 ? first : { ...first, others };
      graph.events.search(graph.view.toGraph(screen), screen, link);
    }
    return;
  }
  doc.edit(
    'link',
    graph.scope,
    (tx) => {
      for (const link of links) {
        const ends = endsFor(graph, link, over);
        if (ends === null) continue;
        const there = graph.scene
          ?.shape(ends.to.node)
          ?.inputs.find(({ name }) => name === ends.to.input)?.link;
        const known = there == null ? undefined : tx.graph.links.get(there);
        if (known?.from === ends.from.node && known.fromSlot === ends.from.slot) {
          if (link.held !== null && link.held !== there) unlink(tx, link.held);
          continue;
        }
        if (refusalOf(tx, ends.from, ends.to, graph.catalog) !== null) continue;
        if (link.held !== null) unlink(tx, link.held);
        connect(tx, ends.from, ends.to, graph.catalog);
      }
    },
    gesture,
  );
  doc.seal();
}
