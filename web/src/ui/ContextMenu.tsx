// A menu for the right button (or a long press) on whatever is inside.

import type { MouseEvent, ReactNode } from 'react';
import { type MenuItem, showMenu } from './Menu';

export interface ContextMenuProps {
  readonly label: string;
  readonly items: () => readonly MenuItem[];
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function ContextMenu({ label, items, className, children }: ContextMenuProps) {
  const open = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    showMenu({ x: event.clientX, y: event.clientY }, items(), label);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: everything in the menu is a command elsewhere, too
    <div className={className} onContextMenu={open}>
      {children}
    </div>
  );
}
