// Menus from lists of items: below a button (`Menu`), or where the pointer is (`showMenu`, one at a time).

import { DropdownMenu as Radix } from 'radix-ui';
import { type ReactNode, useSyncExternalStore } from 'react';
import { classes } from './classes';
import { Icon, type IconName } from './Icon';
import { Kbd } from './Kbd';
import css from './Menu.module.css';

export type MenuItem =
  | {
      readonly kind?: 'item';
      readonly id: string;
      readonly label: string;
      readonly icon?: IconName | undefined;
      readonly keys?: string | undefined;
      readonly hint?: string | undefined;
      readonly isDanger?: boolean;
      readonly isDisabled?: boolean;
      /** A tick: set or not. */
      readonly isChecked?: boolean;
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

export interface MenuProps {
  readonly children: ReactNode;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
}

/** A menu that its child (a button) opens. Not modal: a modal one would write a style sheet into the page. */
export function Menu({ children, items, align = 'start', side = 'bottom' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={css['menu']}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          loop
        >
          <Items items={items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Items({ items }: { readonly items: readonly MenuItem[] }) {
  const hasTicks = items.some((item) => (item.kind ?? 'item') === 'item' && 'isChecked' in item);
  return items.map((item) => {
    switch (item.kind) {
      case 'separator':
        return <Radix.Separator key={item.id} className={css['separator']} />;
      case 'label':
        return (
          <Radix.Label key={item.id} className={css['label']}>
            {item.label}
          </Radix.Label>
        );
      case 'sub':
        return (
          <Radix.Sub key={item.id}>
            <Radix.SubTrigger className={css['item']}>
              {item.icon !== undefined && <Icon name={item.icon} />}
              <span className={css['words']}>{item.label}</span>
              <Icon name="chevronRight" size={12} />
            </Radix.SubTrigger>
            <Radix.Portal>
              <Radix.SubContent className={css['menu']} sideOffset={2} collisionPadding={8} loop>
                <Items items={item.items} />
              </Radix.SubContent>
            </Radix.Portal>
          </Radix.Sub>
        );
      default:
        return (
          <Radix.Item
            key={item.id}
            className={classes(css['item'], item.isDanger === true && css['danger'])}
            disabled={item.isDisabled ?? false}
            onSelect={item.onSelect}
            {...(item.isChecked === undefined
              ? {}
              : { role: 'menuitemcheckbox', 'aria-checked': item.isChecked })}
          >
            {hasTicks && (
              <span className={css['tick']}>
                {item.isChecked === true && <Icon name="check" size={14} />}
              </span>
            )}
            {item.icon !== undefined && <Icon name={item.icon} />}
            <span className={css['words']}>
              {item.label}
              {item.hint !== undefined && <small className={css['hint']}>{item.hint}</small>}
            </span>
            {item.keys !== undefined && item.keys !== '' && <Kbd keys={item.keys} />}
          </Radix.Item>
        );
    }
  });
}

// -- at a point ------------------------------------------------------------------------------------------------------

interface PointMenu {
  readonly x: number;
  readonly y: number;
  readonly items: readonly MenuItem[];
  readonly label: string;
  readonly number: number;
}

let current: PointMenu | null = null;
let count = 0;
let returnTo: HTMLElement | null = null;
const watchers = new Set<() => void>();

function setCurrent(next: PointMenu | null): void {
  current = next;
  for (const watcher of watchers) watcher();
}

/** Open a menu at a point of the page (client coordinates). Replaces the one that is open. */
export function showMenu(
  at: { readonly x: number; readonly y: number },
  items: readonly MenuItem[],
  label: string,
): void {
  if (items.length === 0) return;
  count += 1;
  if (current === null && document.activeElement instanceof HTMLElement) returnTo = document.activeElement;
  setCurrent({ x: at.x, y: at.y, items, label, number: count });
}

export function closeMenu(): void {
  setCurrent(null);
}

/** Rendered once by the application. */
export function MenuHost() {
  const menu = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current,
  );
  if (menu === null) return null;
  return (
    <Radix.Root key={menu.number} open modal={false} onOpenChange={(isOpen) => !isOpen && setCurrent(null)}>
      <Radix.Trigger asChild>
        <button
          type="button"
          tabIndex={-1}
          className={css['anchor']}
          style={{ left: menu.x, top: menu.y }}
          aria-label={menu.label}
        />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={css['menu']}
          align="start"
          sideOffset={0}
          collisionPadding={8}
          loop
          aria-label={menu.label}
          onContextMenu={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnTo?.focus({ preventScroll: true });
            returnTo = null;
          }}
        >
          <Items items={menu.items} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
