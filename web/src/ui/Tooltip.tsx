// A word about what the pointer or the keyboard is on. One at a time, shown by `TooltipHost`, which the application
// renders once.

import {
  cloneElement,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import { Kbd } from './Kbd';
import css from './Tooltip.module.css';

type Side = 'top' | 'right' | 'bottom' | 'left';

interface Tip {
  readonly owner: string;
  readonly anchor: Element;
  readonly text: ReactNode;
  readonly keys: string | undefined;
  readonly side: Side;
}

const DELAY = 400;
/** So soon after another one, the next does not wait. */
const GRACE = 250;
const GAP = 6;
const EDGE = 8;

let shown: Tip | null = null;
let hiddenAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();

function setShown(next: Tip | null): void {
  clearTimeout(timer);
  if (shown === next) return;
  if (shown !== null) hiddenAt = Date.now();
  shown?.anchor.removeAttribute('aria-describedby');
  shown = next;
  for (const watcher of watchers) watcher();
}

function showSoon(tip: Tip): void {
  clearTimeout(timer);
  if (shown !== null || Date.now() - hiddenAt < GRACE) setShown(tip);
  else timer = setTimeout(() => setShown(tip), DELAY);
}

function hide(owner: string): void {
  clearTimeout(timer);
  if (shown?.owner === owner) setShown(null);
}

export interface TooltipProps {
  readonly text: ReactNode;
  readonly keys?: string | undefined;
  readonly side?: Side;
  /** One element that takes the handlers of HTML elements. */
  readonly children: ReactElement<HTMLAttributes<Element>>;
}

export function Tooltip({ text, keys, side = 'bottom', children }: TooltipProps) {
  const owner = useId();
  useEffect(() => () => hide(owner), [owner]);
  const { onPointerEnter, onPointerLeave, onPointerDown, onFocus, onBlur } = children.props;
  const tipAt = (anchor: Element): Tip => ({ owner, anchor, text, keys, side });
  return cloneElement(children, {
    onPointerEnter: (event) => {
      onPointerEnter?.(event);
      if (event.pointerType !== 'touch') showSoon(tipAt(event.currentTarget));
    },
    onPointerLeave: (event) => {
      onPointerLeave?.(event);
      hide(owner);
    },
    onPointerDown: (event) => {
      onPointerDown?.(event);
      hide(owner);
    },
    onFocus: (event) => {
      onFocus?.(event);
      if (event.currentTarget.matches(':focus-visible')) setShown(tipAt(event.currentTarget));
    },
    onBlur: (event) => {
      onBlur?.(event);
      hide(owner);
    },
  });
}

export function TooltipHost() {
  const tip = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => shown,
  );
  useEffect(() => {
    const close = () => setShown(null);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close();
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('wheel', close, { capture: true, passive: true });
    window.addEventListener('blur', close);
    return () => {
      window.removeEventListener('keydown', onKey, true);
      window.removeEventListener('wheel', close, true);
      window.removeEventListener('blur', close);
    };
  }, []);
  return tip === null ? null : <Sheet key={tip.owner} tip={tip} />;
}

function Sheet({ tip }: { readonly tip: Tip }) {
  const sheet = useRef<HTMLDivElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const element = sheet.current;
    if (element === null) return;
    const { left, top } = placeOf(
      tip.anchor.getBoundingClientRect(),
      element.getBoundingClientRect(),
      tip.side,
    );
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
    // What only repeats the name is not read out twice.
    if (tip.anchor.getAttribute('aria-label') !== tip.text || tip.keys !== undefined)
      tip.anchor.setAttribute('aria-describedby', id);
  }, [tip, id]);
  return (
    <div ref={sheet} id={id} role="tooltip" className={css['tooltip']}>
      {tip.text}
      {tip.keys !== undefined && tip.keys !== '' && <Kbd keys={tip.keys} />}
    </div>
  );
}

type Box = Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom' | 'width' | 'height'>;

/** Beside the anchor, on the other side if there is no room, and never beyond the window. */
function placeOf(anchor: Box, sheet: Box, side: Side): { readonly left: number; readonly top: number } {
  const { innerWidth, innerHeight } = window;
  const clamp = (value: number, size: number, room: number) =>
    Math.max(EDGE, Math.min(value, room - size - EDGE));
  if (side === 'top' || side === 'bottom') {
    const [above, below] = [anchor.top - GAP - sheet.height, anchor.bottom + GAP];
    const isAbove = side === 'top' ? above >= EDGE : below + sheet.height > innerHeight - EDGE;
    return {
      left: clamp(anchor.left + (anchor.width - sheet.width) / 2, sheet.width, innerWidth),
      top: isAbove ? above : below,
    };
  }
  const [before, after] = [anchor.left - GAP - sheet.width, anchor.right + GAP];
  const isBefore = side === 'left' ? before >= EDGE : after + sheet.width > innerWidth - EDGE;
  return {
    left: clamp(isBefore ? before : after, sheet.width, innerWidth),
    top: clamp(anchor.top + (anchor.height - sheet.height) / 2, sheet.height, innerHeight),
  };
}
