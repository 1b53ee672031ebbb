// How the sheet beside a field looks and where it is: below the field, or above it where that has more room. A file of its
// own: nobody needs it before one is opened. No Radix popover: that one hands custom properties down to all that is in it
// each time it places itself, which is most of what opening a long list cost.

import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { closePopup, type OpenPopup, usePopup } from './popup';
import css from './popup.module.css';

/** From the field, and from the edges of the window. */
const GAP = 4;
const EDGE = 8;

export function PopupView() {
  const popup = usePopup();
  return popup === null ? null : <Popup key={popup.number} popup={popup} />;
}

function Popup({ popup: { anchor, label, content } }: { readonly popup: OpenPopup }) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = sheet.current;
    if (own === null) return;
    place(own, anchor);
    const stopFollowing = follow(anchor, () => place(own, anchor));
    enter(own);
    const stopListening = listen(own, anchor);
    return () => {
      stopListening();
      stopFollowing();
      // Not if it went because the keyboard had gone elsewhere.
      if (own.contains(document.activeElement)) anchor.focus({ preventScroll: true });
    };
  }, [anchor]);
  return (
    <div
      ref={sheet}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={css['popup']}
      // Known before it is there, so that what it holds is as high as it stays when it is measured first.
      style={{ maxHeight: Math.max(...roomBeside(anchor)) }}
      onKeyDown={(event) => event.key === 'Tab' && goRound(event)}
    >
      {content}
    </div>
  );
}

// -- where it is -----------------------------------------------------------------------------------------------------

/** How high it may be above the field, and below. */
function roomBeside(anchor: HTMLElement): [above: number, below: number] {
  const { top, bottom } = anchor.getBoundingClientRect();
  const edge = document.documentElement.clientHeight - EDGE;
  return [Math.max(0, top - GAP - EDGE), Math.max(0, edge - GAP - bottom)];
}

function place(sheet: HTMLElement, anchor: HTMLElement): void {
  // The canvas takes nodes off the page that are out of sight or far away.
  if (!anchor.isConnected) {
    closePopup();
    return;
  }
  const { style } = sheet;
  const [above, below] = roomBeside(anchor);
  style.maxHeight = `${Math.max(above, below)}px`;
  const { offsetWidth, offsetHeight } = sheet;
  const isAbove = offsetHeight > below && above > below;
  const { clientWidth, clientHeight } = document.documentElement;
  const { left, top, bottom } = anchor.getBoundingClientRect();
  style.left = `${Math.max(EDGE, Math.min(left, clientWidth - offsetWidth - EDGE))}px`;
  style.maxHeight = `${isAbove ? above : below}px`;
  // From the edge that is beside the field: what is in it may become less.
  style.top = isAbove ? 'auto' : `${bottom + GAP}px`;
  style.bottom = isAbove ? `${clientHeight - top + GAP}px` : 'auto';
}

/** Whatever moves the field: the window, what it scrolls in, and styles of what it is in, as of the canvas. */
function follow(anchor: HTMLElement, move: () => void): () => void {
  const watch = new MutationObserver(move);
  for (let each: HTMLElement | null = anchor; each !== null; each = each.parentElement)
    watch.observe(each, { attributeFilter: ['style'] });
  const onScroll = ({ target }: Event) => target instanceof Node && target.contains(anchor) && move();
  window.addEventListener('resize', move);
  window.addEventListener('scroll', onScroll, true);
  return () => {
    watch.disconnect();
    window.removeEventListener('resize', move);
    window.removeEventListener('scroll', onScroll, true);
  };
}

// -- the keyboard, and what is outside ---------------------------------------------------------------------------------

function stopsIn(sheet: HTMLElement): HTMLElement[] {
  const all = sheet.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex]');
  return [...all].filter((each) => each.tabIndex >= 0 && !each.matches(':disabled'));
}

/** The first thing gets the keyboard; what was typed to open it stays, and is typed on. */
function enter(sheet: HTMLElement): void {
  const first = stopsIn(sheet)[0] ?? sheet;
  first.focus({ preventScroll: true });
  if (first instanceof HTMLInputElement && first.type === 'text')
    first.setSelectionRange(first.value.length, first.value.length);
}

/** From the last thing in it to the first, and back. */
function goRound(event: KeyboardEvent<HTMLElement>): void {
  const stops = stopsIn(event.currentTarget);
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== edge) return;
  other?.focus();
  event.preventDefault();
}

/** Escape, a press and the keyboard elsewhere close it; the field does so by its own click. */
function listen(sheet: HTMLElement, anchor: HTMLElement): () => void {
  const onKey = (event: globalThis.KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    closePopup();
  };
  const onElsewhere = ({ target }: Event) => {
    if (target instanceof Node && !sheet.contains(target) && !anchor.contains(target)) closePopup();
  };
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('pointerdown', onElsewhere, true);
  document.addEventListener('focusin', onElsewhere);
  return () => {
    document.removeEventListener('keydown', onKey, true);
    document.removeEventListener('pointerdown', onElsewhere, true);
    document.removeEventListener('focusin', onElsewhere);
  };
}
