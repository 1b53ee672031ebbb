// Paints a scene: grid, groups, links, and those nodes that have no element of their own. One pass, only what is visible.

import type { LinkId, NodeId } from '../core/types';
import type { Backdrop } from './draw/backdrop';
import { paintGroups } from './draw/ground';
import { paintLinks, paintReroutes } from './draw/links';
import { paintFocus, paintNodes } from './draw/nodes';
import { paintTeleports } from './draw/teleports';
import type { Palette } from './palette';
import type { NodePictures } from './pictures';
import type { Scene } from './scene';
import type { Still } from './still';
import type { Viewport } from './viewport';

/** From this zoom on nodes have elements. */
export const DETAIL = 0.6;
/** From here on painted nodes show their slots. */
export const BOXES = 0.35;
/** From here on they show their titles; below, links are straight. */
export const SPECKS = 0.12;

/** How a node went in a run, or what a run would do with it: `cached` is both. */
export type Mark =
  | ('running' | 'failed' | 'done' | 'cached' | 'skipped')
  | ('planned' | 'perhaps' | 'blocked');

export interface Picture {
  readonly scene: Scene;
  readonly view: Viewport;
  readonly palette: Palette;
  readonly selected: ReadonlySet<NodeId>;
  readonly selectedGroups: ReadonlySet<string>;
  readonly selectedReroutes: ReadonlySet<string>;
  readonly marks: ReadonlyMap<NodeId, Mark>;
  readonly progress: ReadonlyMap<NodeId, number>;
  readonly pictures: Pick<NodePictures, 'of' | 'take'>;
  /** Nodes that have an element and are not painted. */
  readonly mounted: ReadonlySet<NodeId>;
  readonly hovered: LinkId | null;
  readonly hiddenLinks: ReadonlySet<LinkId>;
  /** The node that has the keyboard. */
  readonly focused: NodeId | null;
  /** The node under the pointer, where something is to be shown of that. */
  readonly hoveredNode: NodeId | null;
  readonly showsLinks: boolean;
  readonly showsTeleports: boolean;
  readonly showsGrid: boolean;
  readonly backdrop: Backdrop;
  /** While some nodes are dragged, only some of it; null for all. */
  readonly part: Part | null;
}

export interface Part {
  readonly moving: ReadonlySet<NodeId>;
  /** Those nodes and what is linked to them, or all else. */
  readonly isMoving: boolean;
  /** Up to the links, or what lies above them. */
  readonly layer: 'below' | 'above' | 'both';
}

export function paint(context: CanvasRenderingContext2D, picture: Picture, ratio: number): void {
  const { view, palette, part } = picture;
  const isBelow = part?.layer !== 'above';
  const isAbove = part?.layer !== 'below';
  const hasGround = isBelow && part?.isMoving !== true;
  if (hasGround) picture.backdrop.paint(context, view, palette, ratio, picture.showsGrid);
  const scale = view.zoom * ratio;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  if (hasGround) paintGroups(context, picture);
  if (isBelow && picture.showsLinks) paintLinks(context, picture);
  if (isBelow) paintTeleports(context, picture);
  if (!isAbove) return;
  paintNodes(context, picture, ratio);
  if (part?.isMoving === false) return;
  if (picture.showsLinks) paintReroutes(context, picture);
  paintFocus(context, picture);
}

/** A frame of a drag: what stays from pictures, what moves on them. Far away nobody sees what lies over what. */
export function paintDrag(
  context: CanvasRenderingContext2D,
  picture: Picture,
  ratio: number,
  moving: ReadonlySet<NodeId>,
  still: Still,
  key: string,
): void {
  const layers = picture.view.zoom < SPECKS ? (['both'] as const) : (['below', 'above'] as const);
  for (const layer of layers) {
    const part = { moving, layer };
    still.show(context, layer === 'both' ? 'below' : layer, `${layer}/${key}`, (own) =>
      paint(own, { ...picture, part: { ...part, isMoving: false } }, ratio),
    );
    paint(context, { ...picture, part: { ...part, isMoving: true } }, ratio);
  }
}
