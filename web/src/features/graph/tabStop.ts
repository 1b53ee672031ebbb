// The canvas is one stop of Tab, whatever fields its nodes have: Tab stays within a node that was entered, and leads past
// all others. Fields have their place in the browser's own order, so where that leads is put right after the fact.

import { canvasHost, focusCanvas, view } from '../../app/view';

const STOPS = ':is(a[href], button, input, select, textarea, [tabindex]):not([tabindex="-1"], :disabled)';

/** The press of Tab that the focus is about to follow. */
let tab: { readonly isBack: boolean } | null = null;

export function registerTabStop(): void {
  window.addEventListener(
    'keydown',
    ({ key, shiftKey }) => {
      tab = key === 'Tab' ? { isBack: shiftKey } : null;
    },
    true,
  );
  for (const end of ['keyup', 'pointerdown'] as const)
    window.addEventListener(
      end,
      () => {
        tab = null;
      },
      true,
    );
  document.addEventListener('focusin', onFocus);
}

function onFocus({ target, relatedTarget: from }: FocusEvent): void {
  const host = canvasHost();
  if (tab === null || host === null || !(target instanceof Element) || target === host) return;
  if (!host.contains(target)) return;
  const left = nodeOf(from);
  if (left !== null && left === nodeOf(target)) return;
  if (from === host && !tab.isBack) {
    stopAfter(host)?.focus();
    return;
  }
  focusCanvas();
  // Past the last field of a node, that node has the keyboard again.
  if (left === null || !host.contains(from instanceof Element ? from : null)) return;
  view.select([left]);
  view.focus(left);
}

function nodeOf(element: EventTarget | null): string | null {
  return element instanceof Element
    ? (element.closest<HTMLElement>('[data-node]')?.dataset['node'] ?? null)
    : null;
}

/** Where Tab would go if there were nothing in an element. */
function stopAfter(element: Element): HTMLElement | null {
  for (const each of document.querySelectorAll<HTMLElement>(STOPS)) {
    const isAfter = (element.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    if (isAfter && !element.contains(each) && each.closest('[inert]') === null && each.checkVisibility())
      return each;
  }
  return null;
}
