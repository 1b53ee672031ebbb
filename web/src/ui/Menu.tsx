// Menus from lists of items: below a button (`Menu`), or where the pointer is (`showMenu`). One at a time.

import {
  cloneElement,
  type HTMLAttributes,
  type ReactElement,
  useId,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { IconName } from './Icon';
import { lazily } from './lazily';

export type MenuItem =
  | {
      readonly kind?: 'item';
      readonly id: string;
      readonly label: string;
      readonly icon?: IconName | undefined;
      /** A CSS colour that is seen before the words. */
      readonly colour?: string;
      readonly keys?: string | undefined;
      readonly hint?: string | undefined;
      readonly isDanger?: boolean;
      readonly isDisabled?: boolean;
      /** A tick: set or not. */
      readonly isChecked?: boolean;
      /** Called when the menu is gone and has given the keyboard back. */
      readonly onSelect: () => void;
    }
  | { readonly kind: 'separator'; readonly id: string }
  | { readonly kind: 'label'; readonly id: string; readonly label: string }
  | {
      readonly kind: 'sub';
      readonly id: string;
      readonly label: string;
      readonly icon?: IconName | undefined;
      readonly items: readonly MenuItem[];
    };

type Side = 'top' | 'right' | 'bottom' | 'left';
type Align = 'start' | 'center' | 'end';

export interface OpenMenu {
  /** Beside what it opens, in client coordinates; a point has no size. */
  readonly at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly side: Side;
  readonly align: Align;
  readonly items: readonly MenuItem[];
  readonly label: string;
  readonly number: number;
  /** The `Menu` that opened it. */
  readonly owner: string | null;
}

let current: OpenMenu | null = null;
let count = 0;
let returnTo: HTMLElement | null = null;
const watchers = new Set<() => void>();

function setCurrent(next: OpenMenu | null): void {
  current = next;
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useOpenMenu(): OpenMenu | null {
  return useSyncExternalStore(subscribe, () => current);
}

function open(menu: Omit<OpenMenu, 'number'>, from: Element | null): void {
  if (menu.items.length === 0) return;
  count += 1;
  if (current === null && from instanceof HTMLElement) returnTo = from;
  setCurrent({ ...menu, number: count });
}

/** Open a menu at a point of the page (client coordinates). Replaces the one that is open. */
export function showMenu(
  at: { readonly x: number; readonly y: number },
  items: readonly MenuItem[],
  label: string,
): void {
  const point = { x: at.x, y: at.y, width: 1, height: 1 };
  open({ at: point, side: 'bottom', align: 'start', items, label, owner: null }, document.activeElement);
}

/** Close the menu that is open; with its number, only that one. */
export function closeMenu(number?: number): void {
  if (number === undefined || current?.number === number) setCurrent(null);
}

/** To what had the focus before the menu took it, unless another menu has taken its place. */
export function giveFocusBack(): void {
  if (current !== null) return;
  returnTo?.focus({ preventScroll: true });
  returnTo = null;
}

/** Rendered once by the application. */
export const MenuHost = lazily(
  () => import('./MenuView').then((module) => module.MenuView),
  () => useOpenMenu() !== null,
);

export interface MenuProps {
  /** A button. */
  readonly children: ReactElement<HTMLAttributes<Element>>;
  readonly items: readonly MenuItem[];
  readonly align?: Align;
  readonly side?: Side;
}

/** A menu that its child (a button) opens. */
export function Menu({ children, items, align = 'start', side = 'bottom' }: MenuProps) {
  const owner = useId();
  const isOpen = useSyncExternalStore(subscribe, () => current?.owner === owner);
  const wasOpen = useRef(false);
  const show = (button: Element) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const label = button.getAttribute('aria-label') ?? button.textContent ?? '';
    open({ at: { x, y, width, height }, side, align, items, label, owner }, button);
  };
  const { onPointerDown, onClick, onKeyDown } = children.props;
  return cloneElement(children, {
    'aria-haspopup': 'menu',
    'aria-expanded': isOpen,
    ...{ 'data-state': isOpen ? 'open' : 'closed' },
    onPointerDown: (event) => {
      onPointerDown?.(event);
      // The press itself closes the menu, as one anywhere else does; the click shall not open it again.
      wasOpen.current = isOpen;
    },
    onClick: (event) => {
      onClick?.(event);
      if (!wasOpen.current) show(event.currentTarget);
      wasOpen.current = false;
    },
    onKeyDown: (event) => {
      onKeyDown?.(event);
      if (event.key !== 'ArrowDown' || event.defaultPrevented) return;
      event.preventDefault();
      show(event.currentTarget);
    },
  });
}
