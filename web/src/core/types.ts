// What a workflow document is made of. Nodes and groups are the objects of the file itself, frozen: whoever changes
// one makes a copy of it, so that what nobody touched is saved as it was read.

import type { Json, JsonObject } from './json';

export type NodeId = string;
export type LinkId = string;
/** A graph of the document: '' is the document itself, anything else the id of a subgraph definition. */
export type Scope = string;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly w: number;
  readonly h: number;
}

/** A link, whichever way the file writes it. `raw` is what the file holds. */
export interface Link {
  readonly id: LinkId;
  readonly from: NodeId;
  readonly fromSlot: number;
  readonly to: NodeId;
  readonly toSlot: number;
  readonly type: string;
  readonly raw: Json;
}

export interface Entities {
  readonly node: JsonObject;
  readonly link: Link;
  readonly group: JsonObject;
  readonly reroute: JsonObject;
  /** A key of the graph itself (`extra`, `last_node_id`, ...). */
  readonly key: Json;
}
export type Kind = keyof Entities;

/** What stands in one graph, and the definitions of subgraphs, which belong to the document. */
interface Patched extends Entities {
  readonly definition: JsonObject;
}

/** One thing of one graph, before and after; `null` stands for "not there". `index` is its place among its kind. */
export type Patch = {
  [K in keyof Patched]: {
    readonly scope: Scope;
    readonly kind: K;
    readonly id: string;
    readonly index: number;
    readonly before: Patched[K] | null;
    readonly after: Patched[K] | null;
  };
}[keyof Patched];

/** What one gesture did: one step of undo. */
export interface Step {
  readonly label: string;
  readonly gesture: string;
  readonly at: number;
  readonly patches: readonly Patch[];
}
