// Where messages stand: low over the canvas, at the right, and over nothing that must be reached. What fills the canvas, or
// covers it, makes room for them instead (`--toast-room`).

import { type RefObject, useLayoutEffect } from 'react';

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Left and lower edge. */
export interface Spot {
  readonly left: number;
  readonly bottom: number;
}

const GAP = 12;

/**
 * The lowest place in an area, of equally low ones the rightmost, for something of that size that overlaps no obstacle and
 * keeps a gap to all; null if there is none.
 */
export function clearSpot(
  area: Rect,
  obstacles: readonly Rect[],
  { width, height }: { readonly width: number; readonly height: number },
): Spot | null {
  const [first, last] = [area.left + GAP, area.right - GAP - width];
  const beside = obstacles.flatMap(({ left, right }) => [left - GAP - width, right + GAP]);
  const places = [...new Set([last, ...beside, first])].filter((left) => left >= first && left <= last);
  let best: Spot | null = null;
  for (const left of places.sort((one, other) => other - one)) {
    const inWay = obstacles
      .filter((each) => each.left < left + width + GAP && each.right > left - GAP)
      .sort((one, other) => other.bottom - one.bottom);
    let bottom = area.bottom - GAP;
    for (const each of inWay)
      if (each.top < bottom + GAP && each.bottom > bottom - height - GAP)
        bottom = Math.min(bottom, each.top - GAP);
    if (bottom - height < area.top + GAP) continue;
    if (best === null || bottom > best.bottom) best = { left, bottom };
  }
  return best;
}

/** What covers more of the canvas than this is no obstacle: it makes room. */
const MOST_COVERED = 0.6;

/** What makes room keeps at least this height. */
const LEAST_LEFT = 280;

/** Narrower they could not be read: then they stand where their style sheet says. */
const LEAST_WIDTH = 200;

function place(host: HTMLElement): void {
  const { style } = host;
  for (const key of ['top', 'right', 'bottom', 'left', 'width'] as const) style[key] = '';
  const canvas = document.querySelector('[data-place="canvas"]');
  const isSeen = canvas !== null && getComputedStyle(canvas).visibility !== 'hidden';
  // On a phone a panel covers the canvas.
  const ground = isSeen ? canvas : document.querySelector('[data-side]');
  const area = ground === null ? null : rectOf(ground);
  const overlays = isSeen
    ? [...canvas.querySelectorAll('[data-overlays] > *')].filter(isReached).map(rectOf)
    : [];
  const small = overlays.filter((each) => area !== null && sizeOf(each) < MOST_COVERED * sizeOf(area));
  const dialogs = [...document.querySelectorAll('[role="dialog"]')].map(rectOf);
  const spot =
    (area === null ? null : placeIn(host, area, [...small, ...dialogs])) ?? besideDialogs(host, dialogs);
  if (spot !== null)
    Object.assign(style, {
      ...{ top: 'auto', right: 'auto', left: `${spot.left}px` },
      bottom: `${window.innerHeight - spot.bottom}px`,
    });
  host.toggleAttribute('data-crowded', spot === null && dialogs.length > 0);
  const isFilled = !isSeen || small.length < overlays.length;
  const room = host.getBoundingClientRect().height + 2 * GAP;
  // In a low window nothing would be left of a panel: better that messages lie over it.
  const isHigh = area !== null && area.bottom - area.top - room >= LEAST_LEFT;
  setRoom(isFilled && isHigh && dialogs.length === 0 ? room : 0);
}

/** As wide as there is room; how high they are then decides. */
function placeIn(host: HTMLElement, area: Rect, obstacles: readonly Rect[]): Spot | null {
  const room = area.right - area.left - 2 * GAP;
  if (room < LEAST_WIDTH) return null;
  const { width } = host.getBoundingClientRect();
  if (width > room) host.style.width = `${room}px`;
  return clearSpot(area, obstacles, host.getBoundingClientRect());
}

function besideDialogs(host: HTMLElement, dialogs: readonly Rect[]): Spot | null {
  host.style.width = '';
  const whole = { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight };
  return dialogs.length === 0 ? null : placeIn(host, whole, dialogs);
}

/**
 * Know which messages a dialog has found there: where it leaves no room, they wait until it is closed, and only what comes
 * of it is shown. Those that are there when this is first asked under a dialog have come of it.
 */
function tellEarlier(host: HTMLElement, isFirst: boolean): void {
  const hasDialog = document.querySelector('[role="dialog"]') !== null;
  if (host.hasAttribute('data-dialog') === hasDialog) return;
  host.toggleAttribute('data-dialog', hasDialog);
  for (const each of host.children) each.toggleAttribute('data-earlier', hasDialog && !isFirst);
}

function setRoom(height: number): void {
  const { style } = document.documentElement;
  if (height > 0) style.setProperty('--toast-room', `${Math.ceil(height)}px`);
  else style.removeProperty('--toast-room');
}

function rectOf(element: Element): Rect {
  return element.getBoundingClientRect();
}

function sizeOf({ left, top, right, bottom }: Rect): number {
  return (right - left) * (bottom - top);
}

function isReached(element: Element): boolean {
  return sizeOf(rectOf(element)) > 0 && getComputedStyle(element).pointerEvents !== 'none';
}

/** Keep messages in their place as long as there are any. `shown` is another one whenever they are others. */
export function useToastPlace(host: RefObject<HTMLElement | null>, shown: readonly unknown[]): void {
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null || shown.length === 0) return;
    const follow = () => {
      tellEarlier(element, false);
      place(element);
    };
    tellEarlier(element, true);
    follow();
    const sizes = new ResizeObserver(follow);
    const parts = new MutationObserver(follow);
    const canvas = document.querySelector('[data-place="canvas"]');
    for (const each of [element, canvas]) if (each !== null) sizes.observe(each);
    // Dialogs, what lies over the canvas, and the panels around it.
    const around = [canvas?.parentElement, canvas?.parentElement?.parentElement];
    for (const each of [document.body, document.querySelector('[data-overlays]'), ...around])
      if (each != null) parts.observe(each, { childList: true });
    window.addEventListener('resize', follow);
    return () => {
      sizes.disconnect();
      parts.disconnect();
      window.removeEventListener('resize', follow);
      setRoom(0);
    };
  }, [host, shown]);
}
