// How the sheet beside a field looks and where it is. A file of its own: nobody needs it before one is opened.

import { Popover as Radix } from 'radix-ui';
import { useRef } from 'react';
import { closePopup, type OpenPopup, usePopup } from './popup';
import css from './popup.module.css';

export function PopupView() {
  const popup = usePopup();
  return popup === null ? null : <Popup key={popup.number} popup={popup} />;
}

function Popup({ popup }: { readonly popup: OpenPopup }) {
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
