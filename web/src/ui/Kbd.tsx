// Keys as people read them: "Ctrl+Shift+K" becomes three caps; on a Mac, Ctrl is Cmd.

import { Fragment } from 'react';
import css from './Kbd.module.css';

const IS_MAC = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform);
const MAC: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };

export function keyParts(keys: string): string[] {
  const parts = keys === '+' ? ['+'] : keys.split('+').map((part) => (part === '' ? '+' : part));
  return IS_MAC ? parts.map((part) => MAC[part] ?? part) : parts;
}

export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <span className={css['keys']}>
      {keyParts(keys).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts never move
        <Fragment key={index}>
          <kbd className={css['key']}>{part}</kbd>
        </Fragment>
      ))}
    </span>
  );
}
