// A dialog over everything else, shown while it is rendered. Questions from code are in `ask`.

import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes';
import css from './Dialog.module.css';
import { Icon } from './Icon';
import { returnFocus } from './returnFocus';

export interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly size?: 'small' | 'medium' | 'large' | 'full';
  readonly description?: ReactNode;
  readonly footer?: ReactNode;
  /** The title is for screen readers only; the content brings its own head. */
  readonly isBare?: boolean;
  readonly children?: ReactNode;
}

/** Shown while it is rendered. */
export function Dialog(props: DialogProps) {
  const {
    title,
    closeLabel,
    onClose,
    size = 'medium',
    description,
    footer,
    isBare = false,
    children,
  } = props;
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        {/* Not Radix' own overlay: that one writes a style sheet into the page, which our policy forbids. */}
        <div className={css['scrim']} />
        <Radix.Content
          className={classes(css['dialog'], css[size])}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          // A field that has a use for Escape itself says so.
          onEscapeKeyDown={(event) => {
            if (event.target instanceof Element && event.target.closest('[data-takes-escape]') !== null)
              event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus();
          }}
          onOpenAutoFocus={(event) => {
            const sheet = event.currentTarget as HTMLElement;
            const first = sheet.querySelector<HTMLElement>(
              '[data-autofocus], input, textarea, footer button:last-child',
            );
            event.preventDefault();
            (first ?? sheet).focus();
          }}
        >
          <header className={isBare ? 'visually-hidden' : css['head']}>
            <Radix.Title className={css['title']}>{title}</Radix.Title>
            {!isBare && (
              // No tooltip: Escape would close that first.
              <button type="button" className={css['close']} aria-label={closeLabel} onClick={onClose}>
                <Icon name="close" />
              </button>
            )}
          </header>
          {description !== undefined && (
            <Radix.Description className={css['description']}>{description}</Radix.Description>
          )}
          {children !== undefined && (
            // It scrolls, by keys, too.
            <div className={isBare ? css['bare'] : css['body']} {...(isBare ? {} : { tabIndex: 0 })}>
              {children}
            </div>
          )}
          {footer !== undefined && <footer className={css['foot']}>{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
