// A long list of which only what is visible is on the page.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type HTMLAttributes, type ReactNode, useRef } from 'react';
import { classes } from './classes';
import css from './VirtualList.module.css';

export interface VirtualListProps<T> extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  readonly items: readonly T[];
  readonly height: number | ((index: number) => number);
  readonly keyOf: (item: T, index: number) => string;
  readonly children: (item: T, index: number) => ReactNode;
}

export function VirtualList<T>({ items, height, keyOf, children, className, ...rest }: VirtualListProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (typeof height === 'number' ? height : height(index)),
    overscan: 8,
  });
  return (
    <div {...rest} ref={box} className={classes(css['list'], className)}>
      <div className={css['inner']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index];
          return item === undefined ? null : (
            <div
              key={keyOf(item, row.index)}
              className={css['row']}
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
            >
              {children(item, row.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
