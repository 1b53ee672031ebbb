// Which links are at which nodes. Who only looks at a graph never asks, so links are read when somebody does, or before
// that, some at a time.

import type { Link, LinkId, NodeId } from '../core/types';

export class LinkEnds {
  #at = new Map<NodeId, Set<LinkId>>();
  #unread: Iterator<Link> | null = null;

  /** Begin anew, with links that are to be read. */
  take(links: Iterable<Link>): void {
    this.#at = new Map();
    this.#unread = links[Symbol.iterator]();
  }

  /** A link that came, or has another end now. Those that are gone stay noted. */
  note({ id, from, to }: Link): void {
    for (const end of [from, to]) {
      let links = this.#at.get(end);
      if (links === undefined) {
        links = new Set();
        this.#at.set(end, links);
      }
      links.add(id);
    }
  }

  /** Read some; true if there are more. */
  read(most: number): boolean {
    for (let count = 0; this.#unread !== null && count < most; count += 1) {
      const { value, done } = this.#unread.next();
      if (done === true) this.#unread = null;
      else this.note(value);
    }
    return this.#unread !== null;
  }

  of(id: NodeId): Iterable<LinkId> {
    this.read(Number.POSITIVE_INFINITY);
    return this.#at.get(id) ?? [];
  }
}
