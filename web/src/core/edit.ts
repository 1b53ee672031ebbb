// What can be done to a graph, each as a function on a transaction: nodes, links and what belongs to them stay in step.

import { type Catalog, defaultOf, type NodeType } from './catalog';
import type { Transaction } from './doc';
import { forgetHanded } from './everywhere';
import { writePoint } from './geometry';
import { numeric, readId } from './graph';
import { asArray, asNumber, asObject, type Json, type JsonObject, withKeys } from './json';
import { adoptWidget } from './primitive';
import { forgetLinks } from './reroutes';
import { type BYPASSED, type InSlot, type MUTED, modeOf, type OutSlot } from './slots';
import { boundaryNode, INLETS, isBoundary, OUTLETS, shapeIn, withPortLink } from './subgraph';
import { typesFit } from './typecheck';
import type { Link, LinkId, NodeId, Point } from './types';
import { completeValues, withValue } from './values';

// -- ids -------------------------------------------------------------------------------------------------------------

/** A node id that the graph has never used, counted where the file counts. */
export function nextNodeId(tx: Transaction): NodeId {
  return nextId(tx, 'last_node_id', 'lastNodeId', 'node');
}

export function nextLinkId(tx: Transaction): LinkId {
  return nextId(tx, 'last_link_id', 'lastLinkId', 'link');
}

function nextId(tx: Transaction, key: string, stateKey: string, kind: 'node' | 'link'): string {
  const state = asObject(tx.graph.key('state'));
  const counted = asNumber(state?.[stateKey]) ?? asNumber(tx.graph.key(key)) ?? 0;
  const next = Math.max(counted, tx.graph.highest(kind)) + 1;
  if (state !== null && state[stateKey] !== undefined)
    tx.put('key', 'state', withKeys(state, { [stateKey]: next }));
  else tx.put('key', key, next);
  return String(next);
}

// -- nodes -----------------------------------------------------------------------------------------------------------

/** A node of a type, with the slots and values that the type declares. Returns its id. */
export function addNode(tx: Transaction, type: NodeType, at: Point): NodeId {
  const id = nextNodeId(tx);
  const sockets = type.inputs.filter((input) => !input.is_widget);
  const values = completeValues(type, new Map(), new Map(), defaultOf);
  const node: JsonObject = {
    id: numeric(id),
    type: type.type,
    pos: [Math.round(at.x), Math.round(at.y)],
    size: [widthFor(type), heightFor(type)],
    flags: {},
    order: tx.graph.nodes.size,
    mode: 0,
    inputs: sockets.map((input) => ({
      name: input.name,
      type: input.type,
      link: null,
      ...(input.required ? {} : { shape: 7 }),
    })),
    outputs: type.outputs.map((output) => ({ name: output.name, type: output.type, links: [] })),
    properties: { 'Node name for S&R': type.type },
    ...(values.length > 0 ? { widgets_values: values } : {}),
  };
  tx.put('node', id, node);
  return id;
}

function widthFor(type: NodeType): number {
  const hasText = type.inputs.some((input) => input.multiline);
  return hasText ? 400 : type.inputs.some((input) => input.is_widget) ? 270 : 200;
}

/** Pictures and texts need room; everything else is as high as it must be. */
function heightFor(type: NodeType): number {
  const showsPictures = type.is_output && type.inputs.some((input) => input.type === 'IMAGE');
  if (showsPictures || type.inputs.some((input) => input.image_upload)) return 300;
  return type.inputs.some((input) => input.multiline) ? 180 : 0;
}

export function moveNodes(tx: Transaction, places: ReadonlyMap<NodeId, Point>): void {
  for (const [id, place] of places) {
    const node = tx.graph.nodes.get(id);
    if (node !== undefined) tx.patch('node', id, { pos: writePoint(node['pos'], place) });
    else if (isBoundary(id)) moveBoundary(tx, id, place);
  }
}

function moveBoundary(tx: Transaction, id: NodeId, place: Point): void {
  const node = boundaryNode(tx.graph, id);
  if (node === null) return;
  const size = (asArray(node['bounding']) ?? []).slice(2);
  tx.put(
    'key',
    id === INLETS ? 'inputNode' : 'outputNode',
    withKeys(node, { bounding: [place.x, place.y, ...size] }),
  );
}

export function resizeNode(tx: Transaction, id: NodeId, size: Point): void {
  const node = tx.graph.nodes.get(id);
  if (node !== undefined) tx.patch('node', id, { size: writePoint(node['size'], size) });
}

export function setValue(tx: Transaction, id: NodeId, type: NodeType, name: string, value: Json): void {
  const node = tx.graph.nodes.get(id);
  if (node !== undefined) tx.patch('node', id, { widgets_values: withValue(node, type, name, value) });
}

export function setControl(tx: Transaction, id: NodeId, type: NodeType, name: string, control: Json): void {
  const node = tx.graph.nodes.get(id);
  if (node !== undefined)
    tx.patch('node', id, { widgets_values: withValue(node, type, name, control, 'control') });
}

/** Mute, bypass, or wake: all of them wake if all are in this mode already. */
export function toggleMode(
  tx: Transaction,
  ids: Iterable<NodeId>,
  mode: typeof MUTED | typeof BYPASSED,
): void {
  const nodes = [...ids].flatMap((id): [NodeId, JsonObject][] => {
    const node = tx.graph.nodes.get(id);
    return node === undefined ? [] : [[id, node]];
  });
  const isOn = nodes.every(([, node]) => modeOf(node) === mode);
  for (const [id] of nodes) tx.patch('node', id, { mode: isOn ? 0 : mode });
}

export function toggleFlag(tx: Transaction, ids: Iterable<NodeId>, flag: 'collapsed' | 'pinned'): void {
  for (const id of ids) {
    const node = tx.graph.nodes.get(id);
    if (node === undefined) continue;
    const flags = asObject(node['flags']) ?? {};
    tx.patch('node', id, { flags: withKeys(flags, { [flag]: flags[flag] === true ? undefined : true }) });
  }
}

/**
 * Take nodes away. What came into one goes on to whom it fed, where the types fit (`passThrough`), also through several
 * that go.
 */
export function deleteNodes(
  tx: Transaction,
  ids: ReadonlySet<NodeId>,
  catalog: Catalog,
  passThrough = false,
): void {
  const links = [...tx.graph.links.values()].filter((link) => ids.has(link.from) || ids.has(link.to));
  const goOn = passThrough ? aroundNodes(tx, ids, links) : [];
  unlinkAll(
    tx,
    links.map((link) => link.id),
    ids,
  );
  forgetHanded(tx, ids);
  for (const { from, to } of goOn) connect(tx, from, to, catalog);
  for (const id of ids) if (tx.graph.nodes.has(id)) tx.put('node', id, null);
}

/** The links that take the place of those through nodes that go. */
function aroundNodes(
  tx: Transaction,
  ids: ReadonlySet<NodeId>,
  links: readonly Link[],
): { from: OutEnd; to: InEnd }[] {
  const incoming = new Map<NodeId, Link[]>();
  for (const link of links) {
    if (!ids.has(link.to)) continue;
    const known = incoming.get(link.to);
    if (known === undefined) incoming.set(link.to, [link]);
    else known.push(link);
  }
  const sourceOf = (node: NodeId, type: string, seen: ReadonlySet<NodeId>): OutEnd | null => {
    if (!ids.has(node) || seen.has(node)) return null;
    const fitting = (incoming.get(node) ?? []).filter((link) => typesFit(link.type, type));
    for (const link of fitting.toSorted((a, b) => Number(b.type === type) - Number(a.type === type))) {
      if (!ids.has(link.from)) return { node: link.from, slot: link.fromSlot };
      const source = sourceOf(link.from, type, new Set([...seen, node]));
      if (source !== null) return source;
    }
    return null;
  };
  return links.flatMap((link): { from: OutEnd; to: InEnd }[] => {
    if (!ids.has(link.from) || ids.has(link.to)) return [];
    const from = sourceOf(link.from, link.type, new Set());
    const node = tx.graph.nodes.get(link.to);
    const input = node === undefined ? null : slotName(node, link.toSlot);
    return from === null || input === null ? [] : [{ from, to: { node: link.to, input } }];
  });
}

// -- links -----------------------------------------------------------------------------------------------------------

export interface OutEnd {
  readonly node: NodeId;
  readonly slot: number;
}

export interface InEnd {
  readonly node: NodeId;
  readonly input: string;
}

/** Why a link cannot be made. */
export interface Refusal {
  readonly code: 'type' | 'cycle' | 'self' | 'gone' | 'takesNone' | 'givesNone';
  readonly given: string;
  readonly wanted: string;
  readonly input: string;
  /** Of a cycle, the nodes in it; else the node that it is about, if the slots don't say that. */
  readonly path: readonly NodeId[];
}

/** Null if the link can be made. */
export function refusalOf(
  tx: Pick<Transaction, 'graph'>,
  from: OutEnd,
  to: InEnd,
  catalog: Catalog,
): Refusal | null {
  const output = shapeIn(tx.graph, from.node, catalog)?.outputs[from.slot];
  const input = shapeIn(tx.graph, to.node, catalog)?.inputs.find((slot) => slot.name === to.input);
  const base = { given: output?.type ?? '', wanted: input?.type ?? '', input: to.input, path: [] };
  if (output === undefined || input === undefined) return { ...base, code: 'gone' };
  if (from.node === to.node) return { ...base, code: 'self', path: [from.node] };
  if (!typesFit(output.type, input.type)) return { ...base, code: 'type' };
  const path = pathBetween(tx, to.node, from.node);
  return path === null ? null : { ...base, code: 'cycle', path };
}

/** The nodes on a way downstream from one node to another; null if there is none. */
export function pathBetween(tx: Pick<Transaction, 'graph'>, start: NodeId, end: NodeId): NodeId[] | null {
  const after = new Map<NodeId, NodeId[]>();
  for (const link of tx.graph.links.values()) {
    const targets = after.get(link.from);
    if (targets === undefined) after.set(link.from, [link.to]);
    else targets.push(link.to);
  }
  const cameFrom = new Map<NodeId, NodeId | null>([[start, null]]);
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === end) {
      const path: NodeId[] = [];
      for (let at: NodeId | null | undefined = end; at != null; at = cameFrom.get(at)) path.unshift(at);
      return path;
    }
    for (const next of after.get(id) ?? []) {
      if (!cameFrom.has(next)) {
        cameFrom.set(next, id);
        waiting.push(next);
      }
    }
  }
  return null;
}

/** Link an output to an input; what was linked there is unlinked. Returns the link's id, or why it cannot be. */
export function connect(tx: Transaction, from: OutEnd, to: InEnd, catalog: Catalog): LinkId | Refusal {
  const refusal = refusalOf(tx, from, to, catalog);
  if (refusal !== null) return refusal;
  const slot = shapeIn(tx.graph, to.node, catalog)?.inputs.find((each) => each.name === to.input);
  if (slot?.link != null) unlink(tx, slot.link);
  const index = ensureInput(tx, to.node, slot, catalog);
  if (shapeIn(tx.graph, from.node, catalog)?.outputs[from.slot]?.type === '*')
    adoptWidget(tx, from.node, to, catalog);
  const output = shapeIn(tx.graph, from.node, catalog)?.outputs[from.slot];
  const id = nextLinkId(tx);
  const type = output === undefined || output.type === '*' ? (slot?.type ?? '*') : output.type;
  tx.put(
    'link',
    id,
    tx.graph.writeLink({ id, from: from.node, fromSlot: from.slot, to: to.node, toSlot: index, type }),
  );
  if (to.node === OUTLETS) changePort(tx, OUTLETS, index, id, true, { name: output?.label ?? type, type });
  else setInputLink(tx, to.node, index, numeric(id));
  if (from.node === INLETS) changePort(tx, INLETS, from.slot, id, true, { name: slot?.name ?? type, type });
  else changeOutputLinks(tx, from.node, from.slot, output, (links) => [...links, numeric(id)]);
  return id;
}

/** Keep in step what a definition says of the links at its boundary. */
export function changePort(
  tx: Transaction,
  side: typeof INLETS | typeof OUTLETS,
  index: number,
  link: LinkId,
  isOn: boolean,
  made = { name: '', type: '*' },
): void {
  const key = side === INLETS ? 'inputs' : 'outputs';
  const rows = asArray(tx.graph.key(key)) ?? [];
  const port = { ...made, id: `${side === INLETS ? 'in' : 'out'}-${link}-${rows.length}` };
  tx.put('key', key, withPortLink(rows, index, { id: numeric(link), isOn }, port));
}

export function unlink(tx: Transaction, id: LinkId): void {
  unlinkAll(tx, [id]);
}

/**
 * Take links away, at the cost of the links and of the nodes at their ends, however many links a slot has.
 *
 * @param gone nodes that go in the same step: what they say of their links stays, for when they come back.
 */
export function unlinkAll(
  tx: Transaction,
  ids: Iterable<LinkId>,
  gone: ReadonlySet<NodeId> = new Set(),
): void {
  const links = [...new Set(ids)].flatMap((id) => tx.graph.links.get(id) ?? []);
  const cut = new Set(links.map((link) => link.id));
  const outputs = new Map<string, Link>();
  for (const link of links) {
    tx.put('link', link.id, null);
    if (link.to === OUTLETS) changePort(tx, OUTLETS, link.toSlot, link.id, false);
    else if (!gone.has(link.to)) setInputLink(tx, link.to, link.toSlot, null, link.id);
    if (link.from === INLETS) changePort(tx, INLETS, link.fromSlot, link.id, false);
    else if (!gone.has(link.from)) outputs.set(`${link.fromSlot}/${link.from}`, link);
  }
  for (const link of outputs.values())
    changeOutputLinks(tx, link.from, link.fromSlot, undefined, (rows) =>
      rows.filter((each) => !cut.has(readId(each) ?? '')),
    );
  forgetLinks(tx, cut);
}

/** The place of an input in the file; an implied one is written there now. */
function ensureInput(tx: Transaction, id: NodeId, slot: InSlot | undefined, catalog: Catalog): number {
  const node = tx.graph.nodes.get(id) ?? {};
  const rows = asArray(node['inputs']) ?? [];
  if (slot === undefined || slot.index >= 0) return slot?.index ?? 0;
  const declared = catalog.get(String(node['type']))?.inputs.find((input) => input.name === slot.name);
  const widget = declared?.is_widget === true ? { widget: { name: slot.name } } : {};
  tx.patch('node', id, { inputs: [...rows, { name: slot.name, type: slot.type, link: null, ...widget }] });
  return rows.length;
}

function setInputLink(
  tx: Transaction,
  id: NodeId,
  index: number,
  link: Json,
  only: string | null = null,
): void {
  const node = tx.graph.nodes.get(id);
  const rows = asArray(node?.['inputs']);
  const row = asObject(rows?.[index]);
  if (rows == null || row === null || (only !== null && readId(row['link']) !== only)) return;
  tx.patch('node', id, { inputs: rows.with(index, withKeys(row, { link })) });
}

export function changeOutputLinks(
  tx: Transaction,
  id: NodeId,
  index: number,
  known: OutSlot | undefined,
  change: (links: readonly Json[]) => readonly Json[],
): void {
  const node = tx.graph.nodes.get(id);
  if (node === undefined) return;
  const rows = [...(asArray(node['outputs']) ?? [])];
  const row =
    asObject(rows[index]) ?? (known === undefined ? null : { name: known.name, type: known.type, links: [] });
  if (row === null) return;
  const links = change(asArray(row['links']) ?? []);
  const isEmpty = links.length === 0 && (row['links'] === null || row['links'] === undefined);
  rows[index] = isEmpty ? row : withKeys(row, { links });
  tx.patch('node', id, { outputs: rows });
}

/** The name of an input of the file by its place. */
export function slotName(node: JsonObject, index: number): string | null {
  const row = asObject(asArray(node['inputs'])?.[index]);
  const name = row?.['name'];
  return typeof name === 'string' ? name : null;
}

export { addGroup, groupBox } from './groups';
