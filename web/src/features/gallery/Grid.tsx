// The files in rows, of which only those in sight are on the page. Arrows move, Enter opens, Space selects; with Shift
// everything in between. What comes in before what is looked at does not move it.

import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { t } from '../../i18n/t';
import {
  clearSelected,
  ensureItems,
  gallery,
  selectOnly,
  selectRange,
  toggleSelected,
} from '../../stores/gallery';
import { lightbox, openLightbox } from '../../stores/lightbox';
import type { Picture } from '../../stores/pictures';
import { classes } from '../../ui/classes';
import { attempt } from './attempt';
import { Cell, type CellEvents } from './Cell';
import css from './Gallery.module.css';
import { leave } from './hover';
import { otherSelected, showMenuOf } from './menu';
import { setFocused } from './target';

const GAP = 6;
const TOP = 4;
const SEEN = 80;

export interface GridProps {
  /** As wide as a cell is at least. */
  readonly cell: number;
  /** A tap selects, as a click with Ctrl does. */
  readonly isSelecting?: boolean;
  /** Choose one, instead of opening it. */
  readonly onPick?: ((picture: Picture) => void) | undefined;
}

export function Grid({ cell, isSelecting = false, onPick }: GridProps) {
  const items = useStore(gallery, (state) => state.items);
  const selected = useStore(gallery, (state) => state.selected);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState(0);
  const anchor = useRef(0);
  const columns = Math.max(2, Math.floor((width + GAP) / (cell + GAP)));
  const size = Math.max(40, (width - GAP * (columns - 1)) / columns);
  const virtual = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(items.length / columns),
    getScrollElement: () => box.current,
    estimateSize: () => size + GAP,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as they are wide
  useEffect(() => virtual.measure(), [size]);
  const rows = virtual.getVirtualItems();
  const [first, last] = [(rows[0]?.index ?? 0) * columns, ((rows.at(-1)?.index ?? 0) + 1) * columns - 1];
  const isPassing = usePassing(virtual);
  // What is only passed by need not come: now and then is enough.
  const asked = useRef(0);
  useEffect(() => {
    if (items.length === 0) return;
    const timer = setTimeout(
      () => {
        asked.current = performance.now();
        ensureItems(first, Math.min(last, items.length - 1));
      },
      Math.max(0, asked.current + SEEN - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [first, last, items]);
  useKeptPlace(box, items, columns, size + GAP, setAt);

  // The cell may not be on the page yet, nor known; until it is, the keys stay with the list.
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const found = box.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`) ?? null;
    if (found === null) return;
    wanted.current = null;
    found.focus({ preventScroll: true });
  });
  const focus = (index: number) => {
    const next = Math.min(items.length - 1, Math.max(0, index));
    wanted.current = next;
    setAt(next);
    setFocused(items[next]?.key ?? null);
    virtual.scrollToIndex(Math.floor(next / columns));
    if (document.activeElement?.getAttribute('data-index') !== String(next))
      box.current?.focus({ preventScroll: true });
    return next;
  };
  useReturn(box, focus);
  const open = (index: number, picture: Picture) => {
    leave();
    if (onPick !== undefined) onPick(picture);
    else openLightbox('gallery', index);
  };
  // The cells stay as they are while only the selection changes.
  const live = useRef({ isSelecting, open, onPick });
  live.current = { isSelecting, open, onPick };
  const events = useMemo<CellEvents>(
    () => ({
      focus: (index, picture) => {
        setAt(index);
        setFocused(picture.key);
      },
      click: (event, index, picture) => {
        const isTouch = (event.nativeEvent as PointerEvent).pointerType === 'touch';
        if (event.shiftKey) {
          void attempt(() => selectRange(anchor.current, index));
          return;
        }
        anchor.current = index;
        if (event.ctrlKey || event.metaKey || live.current.isSelecting) toggleSelected(picture.key);
        else if (live.current.onPick !== undefined) selectOnly([picture.key]);
        // What Enter presses is a click without a pointer.
        else if (isTouch || event.detail === 0) live.current.open(index, picture);
        else selectOnly([picture.key]);
      },
      open: (index, picture) => live.current.open(index, picture),
      menu: (event, picture) => {
        event.preventDefault();
        leave();
        setFocused(picture.key);
        showMenuOf({ x: event.clientX, y: event.clientY }, picture, otherSelected(picture));
      },
    }),
    [],
  );

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
    const step = steps[event.key];
    const picture = items[at];
    if (event.altKey || event.metaKey) return;
    if (step !== undefined) {
      const next = focus(at + step);
      if (event.shiftKey) void attempt(() => selectRange(anchor.current, next));
      else anchor.current = next;
    } else if (event.key === ' ' && picture !== undefined) {
      anchor.current = at;
      toggleSelected(picture.key);
    } else if (event.key === 'Enter' && picture !== undefined) open(at, picture);
    else if (event.key === 'Escape' && selected.size > 0) {
      clearSelected();
      event.stopPropagation();
    } else return;
    leave();
    event.preventDefault();
  };
  return (
    <section
      ref={box}
      className={css['scroll']}
      data-list=""
      // It holds the keys while a cell is not there yet.
      tabIndex={-1}
      aria-label={t('gallery.files')}
      onKeyDown={onKeyDown}
      onScroll={leave}
    >
      <div className={css['inner']} style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => (
          <div
            key={row.index}
            className={classes(css['cells'], isPassing && css['passed'])}
            style={{
              height: size,
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              backgroundSize: `${size + GAP}px 100%`,
            }}
          >
            {Array.from(
              { length: isPassing ? 0 : Math.min(columns, items.length - row.index * columns) },
              (_none, column) => {
                const index = row.index * columns + column;
                const picture = items[index];
                return (
                  <Cell
                    key={picture?.key ?? `at-${index}`}
                    picture={picture}
                    index={index}
                    isSelected={picture !== undefined && selected.has(picture.key)}
                    isFocusable={index === Math.min(at, items.length - 1)}
                    isLarge={size > 200}
                    isDisabled={onPick !== undefined && picture?.medium !== 'picture'}
                    events={events}
                  />
                );
              },
            )}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Whether what is shown goes by unseen, as while the bar is dragged: one screen after the other, none with a row of the last. */
function usePassing({ isScrolling, range }: Virtualizer<HTMLDivElement, Element>): boolean {
  const before = useRef({ isScrolling, range, isPassing: false });
  const last = before.current;
  const isPassing =
    isScrolling &&
    last.isScrolling &&
    (range === last.range
      ? last.isPassing
      : range !== null &&
        last.range !== null &&
        (range.startIndex > last.range.endIndex || range.endIndex < last.range.startIndex));
  useLayoutEffect(() => {
    before.current = { isScrolling, range, isPassing };
  });
  return isPassing;
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** Whoever leaves the lightbox is where it was left. */
function useReturn(box: { readonly current: HTMLElement | null }, focus: (index: number) => unknown): void {
  const go = useRef(focus);
  go.current = focus;
  useEffect(
    () =>
      lightbox.subscribe((state, before) => {
        if (state.source !== null || before.source !== 'gallery') return;
        // Of several lists the one on top; after the dialog has let go of the focus.
        setTimeout(() => {
          const lists = document.querySelectorAll('[data-list]');
          if (lists[lists.length - 1] === box.current) go.current(before.index);
        });
      }),
    [box],
  );
}

/** Keep what is looked at, and what has the focus, where it is when something comes in before it. */
function useKeptPlace(
  box: { readonly current: HTMLElement | null },
  items: readonly (Picture | undefined)[],
  columns: number,
  height: number,
  setAt: (index: number) => void,
): void {
  const before = useRef(items);
  useLayoutEffect(() => {
    const old = before.current;
    const element = box.current;
    before.current = items;
    if (element === null || old === items || old.length === 0) return;
    const focused = document.activeElement?.closest('[data-key]')?.getAttribute('data-key') ?? null;
    const moved = (key: string | undefined) =>
      key === undefined ? -1 : items.findIndex((picture) => picture?.key === key);
    const top = Math.floor(element.scrollTop / height) * columns;
    // At the very top one wants to see what is new.
    if (element.scrollTop > TOP) {
      const next = moved(old[top]?.key);
      if (next >= 0 && next !== top)
        element.scrollTop += (Math.floor(next / columns) - Math.floor(top / columns)) * height;
    }
    if (focused === null || !element.contains(document.activeElement)) return;
    const next = moved(focused);
    if (next < 0) return;
    setAt(next);
    requestAnimationFrame(() => {
      if (document.activeElement === document.body)
        element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    });
  }, [items, box, columns, height, setAt]);
}
