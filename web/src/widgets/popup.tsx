// One sheet at a time beside a field: lists, colours. Rendered once by the application (`PopupHost`), so that fields on
// nodes stay light, and not scaled with them.

import { Popover as Radix } from 'radix-ui';
import { type ReactNode, useRef, useSyncExternalStore } from 'react';
import css from './popup.module.css';

interface Shown {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly content: ReactNode;
  readonly number: number;
}

let shown: Shown | null = null;
let count = 0;
const watchers = new Set<() => void>();

function setShown(next: Shown | null): void {
  shown = next;
  for (const watcher of watchers) watcher();
}

/** Open a sheet at an element; the same element again closes it. */
export function showPopup(anchor: HTMLElement, label: string, content: ReactNode): void {
  count += 1;
  setShown({ anchor, label, content, number: count });
}

export function closePopup(): void {
  setShown(null);
}

export function useIsPopupAt(anchor: { readonly current: HTMLElement | null }): boolean {
  return useSyncExternalStore(subscribe, () => shown !== null && shown.anchor === anchor.current);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function PopupHost() {
  const popup = useSyncExternalStore(subscribe, () => shown);
  return popup === null ? null : <Popup key={popup.number} popup={popup} />;
}

function Popup({ popup }: { readonly popup: Shown }) {
  const anchor = useRef(popup.anchor);
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && closePopup()}>
      <Radix.Anchor virtualRef={anchor} />
      <Radix.Portal>
        <Radix.Content
          className={css['popup']}
          aria-label={popup.label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            popup.anchor.focus({ preventScroll: true });
          }}
          onInteractOutside={(event) => {
            // The field itself closes the sheet by its own click.
            if (event.target instanceof Node && popup.anchor.contains(event.target)) event.preventDefault();
          }}
        >
          {popup.content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
