// What the canvas tells the application, and what the application may set about it.

import type { Refusal } from '../core/edit';
import type { LinkStyle } from '../core/stretches';
import type { LinkId, NodeId, Point } from '../core/types';
import type { Ends } from './gestures/linking';

export interface Preferences {
  readonly showsGrid: boolean;
  readonly showsLinks: boolean;
  readonly linkStyle: LinkStyle;
  /** Links into nodes that run show that something flows; never where the user wants no motion. */
  readonly animatesLinks: boolean;
  /** Dashed lines between what is linked by name, also where nothing of it is selected. */
  readonly showsTeleports: boolean;
  readonly snapsToGrid: boolean;
  /** Nodes that are dragged jump in line with others, where they are nearly so. */
  readonly snapsToNodes: boolean;
  /** What turns the wheel: a mouse zooms, two fingers on a trackpad pan; `auto` tells them apart. */
  readonly navigation: 'auto' | 'mouse' | 'trackpad';
  /** Badges on nodes: their numbers, and which pack they are from. */
  readonly showsIds: boolean;
  readonly showsPacks: boolean;
  /** Drags move the view, whatever they begin on. */
  readonly isLocked: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  showsGrid: true,
  showsLinks: true,
  linkStyle: 'spline',
  animatesLinks: true,
  showsTeleports: false,
  snapsToGrid: false,
  snapsToNodes: false,
  navigation: 'auto',
  showsIds: false,
  showsPacks: false,
  isLocked: false,
};

/** A link that is being drawn: from an output to somewhere, or to an input from somewhere. */
export interface OpenLink {
  readonly end: 'output' | 'input';
  readonly node: NodeId;
  /** Place in the shape's outputs or inputs. */
  readonly index: number;
  readonly type: string;
  /** The link that was there, if one is led elsewhere. */
  readonly held: LinkId | null;
  /** More links that go along with it: all of an output. */
  readonly others?: readonly OpenLink[];
}

/** A link, or a point of links, and where it was pressed. */
export interface LinkSpot {
  readonly link: LinkId | null;
  readonly reroute: string | null;
  readonly at: Point;
}

export interface ViewEvents {
  /** Selection changed. */
  selection(): void;
  /** The visible part changed. */
  viewport(): void;
  /** A frame is on the screen. */
  drawn(): void;
  /** The user wants to add a node here; with a link, one that fits it. */
  search(at: Point, screen: Point, link: OpenLink | null): void;
  /** The user asks what can be done here. */
  menu(screen: Point, at: Point): void;
  /** A link cannot be made; null when that is over. Screen point. */
  refused(reason: (Refusal & Ends) | null, screen: Point): void;
  /** The user asks what can be done with a link; the point is the page's, as for `menu`. */
  linkMenu(spot: LinkSpot, screen: Point): void;
  /** A link is being drawn, or no longer. */
  linking(link: OpenLink | null): void;
  /** The pointer rests on a link, or no longer. Screen point. */
  hovered(link: LinkId | null, screen: Point): void;
  /** What has the keyboard in the graph changed. */
  focus(): void;
  /** The graph that is shown, or its document, is another one. */
  shown(): void;
  /** A node or a group wants its title changed. */
  rename(kind: 'node' | 'group', id: string): void;
  /** A node wants to be entered: a subgraph, or one that is too far away for fields; with a widget, that one. */
  enter(node: NodeId, widget: string | null): void;
  /** Files or data were dropped. */
  drop(data: DataTransfer, at: Point): void;
}
