// How a menu looks and is gone through. A file of its own: nobody needs it before a menu is opened.

import { DropdownMenu as Radix } from 'radix-ui';
import { useRef } from 'react';
import { classes } from './classes';
import { Icon } from './Icon';
import { Kbd } from './Kbd';
import { closeMenu, giveFocusBack, type MenuItem, type OpenMenu, useOpenMenu } from './Menu';
import css from './Menu.module.css';
import { ColourPatch } from './Swatch';

export function MenuView() {
  const menu = useOpenMenu();
  return menu === null ? null : <Shown key={menu.number} menu={menu} />;
}

/** Not modal: a modal one would write a style sheet into the page. */
function Shown({ menu }: { readonly menu: OpenMenu }) {
  const { x, y, width, height } = menu.at;
  const chosen = useRef<(() => void) | null>(null);
  return (
    <Radix.Root open modal={false} onOpenChange={(isOpen) => !isOpen && closeMenu(menu.number)}>
      <Radix.Trigger asChild>
        <button
          type="button"
          tabIndex={-1}
          className={css['anchor']}
          style={{ left: x, top: y, width, height }}
          aria-label={menu.label}
        />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={css['menu']}
          side={menu.side}
          align={menu.align}
          sideOffset={menu.owner === null ? 0 : 4}
          collisionPadding={8}
          loop
          aria-label={menu.label}
          onContextMenu={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocusBack();
            // Not before: what it opens takes the keyboard, and keeps it.
            chosen.current?.();
          }}
        >
          <Items
            items={menu.items}
            onChoose={(act) => {
              chosen.current = act;
            }}
          />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ItemsProps {
  readonly items: readonly MenuItem[];
  readonly onChoose: (act: () => void) => void;
}

function Items({ items, onChoose }: ItemsProps) {
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
              {hasTicks && <span className={css['tick']} />}
              {item.icon !== undefined && <Icon name={item.icon} />}
              <span className={css['words']}>{item.label}</span>
              <Icon name="chevronRight" size={12} />
            </Radix.SubTrigger>
            <Radix.Portal>
              <Radix.SubContent className={css['menu']} sideOffset={2} collisionPadding={8} loop>
                <Items items={item.items} onChoose={onChoose} />
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
            onSelect={() => onChoose(item.onSelect)}
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
            {item.colour !== undefined && <ColourPatch colour={item.colour} />}
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
