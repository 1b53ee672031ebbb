// The pictures in rows, of which only those in sight are on the page. Arrows move, Enter opens, Space selects.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { AssetView } from '../../api/types';
import { t } from '../../i18n/t';
import { ensureItems, gallery, toggleSelected } from '../../stores/gallery';
import { openLightbox } from '../../stores/lightbox';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import css from './Gallery.module.css';
import { showMenuOf } from './menu';
import { Thumb } from './Thumb';

const CELL = 116;
const GAP = 6;
export const ASSET_TYPE = 'application/x-skein-asset';

export function Grid() {
  const items = useStore(gallery, (state) => state.items);
  const selected = useStore(gallery, (state) => state.selected);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [focused, setFocused] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = Math.max(2, Math.floor((width + GAP) / (CELL + GAP)));
  const size = Math.max(40, (width - GAP * (columns - 1)) / columns);
  const rows = Math.ceil(items.length / columns);
  const virtual = useVirtualizer({
    count: width === 0 ? 0 : rows,
    getScrollElement: () => box.current,
    estimateSize: () => size + GAP,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as they are wide
  useEffect(() => virtual.measure(), [size]);
  const shown = virtual.getVirtualItems();
  const [first, last] = [(shown[0]?.index ?? 0) * columns, ((shown.at(-1)?.index ?? 0) + 1) * columns - 1];
  useEffect(() => {
    if (items.length > 0) ensureItems(first, Math.min(last, items.length - 1));
  }, [first, last, items]);

  const focus = (index: number) => {
    const next = Math.min(items.length - 1, Math.max(0, index));
    setFocused(next);
    virtual.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -items.length,
      End: items.length,
      PageUp: -columns * 4,
      PageDown: columns * 4,
    };
    const asset = items[focused];
    if (steps[event.key] !== undefined) focus(focused + (steps[event.key] ?? 0));
    else if (event.key === ' ' && asset !== undefined) toggleSelected(asset);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus between the buttons in it
    <div ref={box} className={css['scroll']} onKeyDown={onKeyDown}>
      <div className={css['inner']} style={{ height: virtual.getTotalSize() }}>
        {shown.map((row) => (
          <div
            key={row.index}
            className={css['cells']}
            style={{
              height: size,
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, 1fr)`,
            }}
          >
            {Array.from(
              { length: Math.min(columns, items.length - row.index * columns) },
              (_none, column) => {
                const index = row.index * columns + column;
                const asset = items[index];
                return (
                  <Cell
                    key={asset?.id ?? `at-${index}`}
                    asset={asset}
                    index={index}
                    isSelected={asset !== undefined && selected.has(asset.id)}
                    isFocusable={index === Math.min(focused, items.length - 1)}
                    onFocus={setFocused}
                  />
                );
              },
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface CellProps {
  readonly asset: AssetView | undefined;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isFocusable: boolean;
  readonly onFocus: (index: number) => void;
}

const Cell = memo(function Cell({ asset, index, isSelected, isFocusable, onFocus }: CellProps) {
  if (asset === undefined) return <span className={css['cell']} />;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) toggleSelected(asset);
    else openLightbox('gallery', index);
  };
  const menu = (event: MouseEvent) => {
    event.preventDefault();
    const others = [...gallery.getState().selected.values()].filter((each) => each.id !== asset.id);
    showMenuOf({ x: event.clientX, y: event.clientY }, asset, others[0] ?? null);
  };
  return (
    <button
      type="button"
      className={classes(css['cell'], isSelected && css['selected'])}
      data-index={index}
      data-asset={asset.id}
      tabIndex={isFocusable ? 0 : -1}
      aria-label={t(isSelected ? 'gallery.selectedItem' : 'gallery.item', {
        name: asset.filename,
        time: new Date(asset.created_at * 1000).toLocaleString(),
      })}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(ASSET_TYPE, JSON.stringify(asset));
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onFocus={() => onFocus(index)}
      onClick={open}
      onContextMenu={menu}
    >
      <Thumb asset={asset} />
      {isSelected && (
        <span className={css['tick']}>
          <Icon name="check" size={12} />
        </span>
      )}
    </button>
  );
});
