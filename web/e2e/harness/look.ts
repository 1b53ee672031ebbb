// What can be seen wrong with a page without pictures: texts that are cut off or covered, controls that are covered or
// too small to hit, a page that is wider than its window. What cannot be measured so, people must look at.

import type { Page } from 'playwright-core';

export interface LookOptions {
  /** The least width and height of what is pressed, in pixels. */
  readonly leastTarget?: number;
  /** Texts with this in them come from the catalogue: they may not be shortened with dots, either. */
  readonly mark?: string;
}

/** One line for each thing that is wrong in the topmost dialog or menu, or else on the page. */
export function look(page: Page, options: LookOptions = {}): Promise<string[]> {
  return page.evaluate(findings, options);
}

// Runs in the page, so it uses nothing from outside.
function findings({ leastTarget = 24, mark = '' }: LookOptions): string[] {
  const found = new Set<string>();
  const sheets = [
    ...document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"][data-popup]'),
  ];
  const root = sheets.at(-1) ?? document.body;
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth + 1) found.add(`page: ${wide} wide in a window of ${innerWidth}`);

  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }

  const nameOf = (element: Element): string => {
    const label = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    const class_ = element.getAttribute('class')?.replace(/_[\w-]{5,6}_\d+/g, '') ?? '';
    return `${element.tagName.toLowerCase()}.${class_} "${label.slice(0, 60)}"`;
  };

  /** Not the graph itself, which has its own scale, nor what is only for screen readers. */
  const isLooked = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.closest('[role="application"], .visually-hidden, [hidden]') === null;

  /** The part of a box that its scrolling ancestors let be seen; null if none is. Tells of what is cut for good. */
  const clip = (element: Element, box: Box, tell: (how: string) => void): Box | null => {
    let { left, right, top, bottom } = box;
    const scrolls = { x: false, y: false };
    const isFixed = (each: Element) => getComputedStyle(each).position === 'fixed';
    for (
      let each: Element | null = element;
      each !== null && each !== document.body;
      each = each.parentElement
    ) {
      const style = getComputedStyle(each);
      const edge = each.getBoundingClientRect();
      const shortens = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (style.overflowX !== 'visible') {
        const isScrolled = style.overflowX === 'auto' || style.overflowX === 'scroll';
        if (!isScrolled && !scrolls.x && (right > edge.right + 1.5 || left < edge.left - 1.5))
          tell(shortens ? 'shortened' : 'cut');
        scrolls.x ||= isScrolled;
        left = Math.max(left, edge.left);
        right = Math.min(right, edge.right);
      }
      if (style.overflowY !== 'visible') {
        const isScrolled = style.overflowY === 'auto' || style.overflowY === 'scroll';
        if (!isScrolled && !scrolls.y && (bottom > edge.bottom + 2.5 || top < edge.top - 2.5))
          tell(shortens ? 'shortened' : 'cut');
        scrolls.y ||= isScrolled;
        top = Math.max(top, edge.top);
        bottom = Math.min(bottom, edge.bottom);
      }
      if (isFixed(each)) break;
    }
    if (!scrolls.x && (left < -1 || right > innerWidth + 1)) tell('outside the window');
    if (!scrolls.y && (top < -1 || bottom > innerHeight + 1)) tell('outside the window');
    [left, right] = [Math.max(left, 0), Math.min(right, innerWidth)];
    [top, bottom] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    return right - left < 1 || bottom - top < 1 ? null : { left, right, top, bottom };
  };

  /** What lies over a point of an element, if that is neither around nor inside it. Messages may: they go away. */
  const coverOf = (element: Element, x: number, y: number): Element | null => {
    if (getComputedStyle(element).pointerEvents === 'none') return null;
    const top = document.elementFromPoint(x, y);
    if (top === null || element.contains(top) || top.contains(element)) return null;
    if (top.closest('[data-toasts]') !== null && element.closest('[data-toasts]') === null) return null;
    const label = element instanceof HTMLInputElement ? (element.labels?.[0] ?? null) : null;
    return label?.contains(top) ? null : top;
  };

  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
    const parent = text.parentElement;
    if (parent === null || text.textContent?.trim() === '' || !isLooked(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const words = text.textContent?.trim().slice(0, 60) ?? '';
    const seen = clip(parent, range.getBoundingClientRect(), (how) => {
      const isTold = parent.closest('[title]') !== null;
      if (how === 'shortened' && (mark === '' || isTold || !words.includes(mark))) return;
      found.add(`text ${how}: "${words}" in ${nameOf(parent)}`);
    });
    if (seen === null) continue;
    for (const line of range.getClientRects()) {
      const [left, right] = [Math.max(line.left, seen.left), Math.min(line.right, seen.right)];
      const middle = (line.top + line.bottom) / 2;
      if (middle <= seen.top || middle >= seen.bottom || right - left < 6) continue;
      for (const x of [left + 2, (left + right) / 2, right - 2]) {
        const cover = coverOf(parent, x, middle);
        if (cover !== null) found.add(`text covered: "${words}" by ${nameOf(cover)}`);
      }
    }
  }

  const CONTROLS =
    'button, input, select, textarea, a[href], [role="button"], [role="tab"], [role="option"], [role="switch"], ' +
    '[role="slider"], [role="combobox"], [role="spinbutton"], [role="checkbox"], [role^="menuitem"], [role="treeitem"]';
  for (const control of root.querySelectorAll(CONTROLS)) {
    if (!isLooked(control)) continue;
    const box = control.getBoundingClientRect();
    const seen = clip(control, box, (how) => found.add(`control ${how}: ${nameOf(control)}`));
    if (seen === null) continue;
    // A box to tick is as large as the label around it.
    const label = control.matches('input[type="checkbox"], input[type="radio"]')
      ? control.closest('label')
      : null;
    const { width, height } = (label ?? control).getBoundingClientRect();
    const isInText = control.tagName === 'A' && getComputedStyle(control).display === 'inline';
    if (!isInText && (width < leastTarget - 0.5 || height < leastTarget - 0.5))
      found.add(`control too small: ${Math.round(width)} x ${Math.round(height)} ${nameOf(control)}`);
    const cover = coverOf(control, (seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2);
    if (cover !== null) found.add(`control covered: ${nameOf(control)} by ${nameOf(cover)}`);
  }
  return [...found];
}
