// Which nodes have an element: those that are visible and near enough to read, a few more each frame, and some that
// were visible a moment ago. React reads the list as an external store.

import { isBoundary } from '../core/subgraph';
import type { NodeId } from '../core/types';
import { DETAIL } from './paint';
import type { Scene } from './scene';
import type { Viewport } from './viewport';

const MOST_A_FRAME = 4;
/** While one zooms, every element is drawn anew as well. */
const MOST_ZOOMING = 2;
const MOST_HIDDEN = 64;
const MARGIN = 200;

export class NodeMounts {
  readonly ids = new Set<NodeId>();
  /** Grows with every change of `ids`. */
  revision = 0;
  #snapshot: readonly NodeId[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #versions = new Map<NodeId, number>();
  readonly #nodeWatchers = new Map<NodeId, Set<() => void>>();
  #version = 0;
  #zoom = 0;
  #counter = 0;

  /** For `useSyncExternalStore`: ids of the nodes that have an element. */
  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };
  readonly getSnapshot = (): readonly NodeId[] => this.#snapshot;

  /** For `useSyncExternalStore`: a number that changes with whatever one node shows. */
  subscribeNode(id: NodeId, watcher: () => void): () => void {
    const watchers = this.#nodeWatchers.get(id) ?? new Set();
    watchers.add(watcher);
    this.#nodeWatchers.set(id, watchers);
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#nodeWatchers.delete(id);
    };
  }

  versionOf(id: NodeId): number {
    return Math.max(this.#versions.get(id) ?? 0, this.#version);
  }

  /** One node, or every node, shows something new. */
  touch(id?: NodeId): void {
    this.#counter += 1;
    const next = this.#counter;
    if (id === undefined) {
      this.#version = next;
      for (const watchers of [...this.#nodeWatchers.values()]) for (const watcher of [...watchers]) watcher();
    } else {
      this.#versions.set(id, next);
      for (const watcher of [...(this.#nodeWatchers.get(id) ?? [])]) watcher();
    }
  }

  reset(): void {
    this.ids.clear();
    this.#versions.clear();
    this.#publish();
  }

  /** Bring the list up to date; true if more are to come with the next frame. */
  update(scene: Scene, view: Viewport, kept: ReadonlySet<NodeId>): boolean {
    const visible =
      view.zoom < DETAIL ? new Set<NodeId>() : scene.nodeIndex.query(grow(view.area, MARGIN / view.zoom));
    const most = view.zoom === this.#zoom ? MOST_A_FRAME : MOST_ZOOMING;
    this.#zoom = view.zoom;
    let added = 0;
    let isUnfinished = false;
    for (const id of visible) {
      if (this.ids.has(id) || isPaintedOnly(scene, id)) continue;
      if (added >= most) {
        isUnfinished = true;
        break;
      }
      this.ids.add(id);
      added += 1;
    }
    let removed = 0;
    const focused = focusedNode();
    const hidden = [...this.ids].filter((id) => !visible.has(id));
    const spare = view.zoom < DETAIL ? 0 : MOST_HIDDEN;
    for (const id of hidden) {
      const isGone = !scene.graph.nodes.has(id);
      if (!isGone && (hidden.length - removed <= spare || id === focused || (kept.has(id) && spare > 0)))
        continue;
      this.ids.delete(id);
      removed += 1;
    }
    if (added > 0 || removed > 0) this.#publish();
    return isUnfinished;
  }

  #publish(): void {
    this.revision += 1;
    this.#snapshot = [...this.ids];
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** Points and boundaries hold nothing to type in; the canvas has them. */
function isPaintedOnly(scene: Scene, id: NodeId): boolean {
  return isBoundary(id) || scene.node(id)?.['type'] === 'Reroute';
}

/** The node whose field has the keyboard; its element stays, whatever happens. */
function focusedNode(): NodeId | null {
  return document.activeElement?.closest<HTMLElement>('[data-node]')?.dataset['node'] ?? null;
}

function grow(box: { x: number; y: number; w: number; h: number }, by: number) {
  return { x: box.x - by, y: box.y - by, w: box.w + 2 * by, h: box.h + 2 * by };
}
