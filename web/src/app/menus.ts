// What the right button offers on nodes, slots, groups and the canvas. Parts add their items; order decides where they stand.

import type { Widget } from '../core/slots';
import type { LinkId, NodeId, Point } from '../core/types';
import type { MenuItem } from '../ui/Menu';
import { canRun, commands } from './commands';
import { keysFor } from './keys';

export interface MenuContext {
  readonly kind: 'node' | 'group' | 'canvas';
  /** Of a node or a group. */
  readonly id: NodeId;
  /** In the graph. */
  readonly at: Point;
}

/** A widget whose menu is asked for. */
export interface WidgetContext {
  readonly node: NodeId;
  readonly widget: Widget;
  /** What gives its value; null if nothing does. */
  readonly link: LinkId | null;
}

/** A slot whose menu is asked for: its place in the shape's inputs or outputs. */
export interface SlotContext {
  readonly node: NodeId;
  readonly side: 'input' | 'output';
  readonly index: number;
  /** In the graph. */
  readonly at: Point;
}

const slotProviders: ((context: SlotContext) => readonly MenuItem[])[] = [];

/** Add items to the menus of slots. */
export function registerSlotMenu(provide: (context: SlotContext) => readonly MenuItem[]): void {
  slotProviders.push(provide);
}

export function slotItems(context: SlotContext): MenuItem[] {
  return slotProviders.flatMap((provide) => provide(context));
}

const widgetProviders: ((context: WidgetContext) => readonly MenuItem[])[] = [];

/** Add items to the menus of widgets. */
export function registerWidgetMenu(provide: (context: WidgetContext) => readonly MenuItem[]): void {
  widgetProviders.push(provide);
}

export function widgetItems(context: WidgetContext): MenuItem[] {
  const items = widgetProviders.flatMap((provide) => provide(context));
  return items.length === 0 ? [] : [{ kind: 'separator', id: 'more' }, ...items];
}

type Provider = (context: MenuContext) => readonly MenuItem[];
const providers: { readonly order: number; readonly provide: Provider }[] = [];

/** Add items to the menus; between providers stands a line. */
export function registerMenu(order: number, provide: Provider): void {
  providers.push({ order, provide });
  providers.sort((one, other) => one.order - other.order);
}

export function menuItems(context: MenuContext): MenuItem[] {
  const parts = providers.map(({ provide }) => provide(context)).filter((items) => items.length > 0);
  return parts.flatMap((items, index): MenuItem[] =>
    index === 0 ? [...items] : [{ kind: 'separator', id: `line-${index}` }, ...items],
  );
}

/** A command as an item, if there is one and it can be done now. */
export function commandItem(id: string, more: { readonly isDanger?: boolean } = {}): MenuItem[] {
  const command = commands.getState().commands.get(id);
  if (command === undefined || !canRun(command)) return [];
  return [
    { id, label: command.title(), keys: keysFor(command)[0], ...more, onSelect: () => void command.run() },
  ];
}
