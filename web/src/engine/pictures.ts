// Pictures that nodes show: parts of the application say which, with `registerNodePictures`. Elements show them as they
// like (`node/extras`); where a node is painted, the canvas shows them small.

import type { NodeId } from '../core/types';
import type { GraphView } from './GraphView';
import { type Drawable, type NodePicture, Thumbnails } from './thumbnails';

export type { NodePicture } from './thumbnails';

export interface PictureSource {
  readonly id: string;
  /** Lower is asked first; the first that has pictures of a node is the one whose pictures it shows. */
  readonly order: number;
  readonly picturesOf: (view: GraphView, node: NodeId) => readonly NodePicture[];
}

let sources: readonly PictureSource[] = [];

export function registerNodePictures(source: PictureSource): void {
  sources = [...sources.filter((each) => each.id !== source.id), source].sort((a, b) => a.order - b.order);
}

const NONE: readonly NodePicture[] = [];

/** The pictures of the graph on the screen. Whoever knows of others than were told has them forgotten. */
export class NodePictures {
  readonly #view: GraphView;
  readonly #known = new Map<NodeId, readonly NodePicture[]>();
  readonly #thumbnails: Thumbnails;

  constructor(view: GraphView, thumbnails = new Thumbnails(() => view.invalidate())) {
    this.#view = view;
    this.#thumbnails = thumbnails;
  }

  /** Asked for once, until they are forgotten. */
  of(id: NodeId): readonly NodePicture[] {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    let found = NONE;
    for (const source of sources) {
      found = source.picturesOf(this.#view, id);
      if (found.length > 0) break;
    }
    this.#known.set(id, found);
    return found;
  }

  take(picture: NodePicture, side: number): Drawable | null {
    return this.#thumbnails.take(picture, side);
  }

  /** One node, or every node, may show other pictures. */
  forget(id?: NodeId): void {
    if (id === undefined) this.#known.clear();
    else this.#known.delete(id);
  }

  begin(): void {
    this.#thumbnails.begin();
  }

  end(): void {
    this.#thumbnails.end();
  }
}
