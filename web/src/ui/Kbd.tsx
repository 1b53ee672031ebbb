// Keys as people read them: "Ctrl+Shift+K" becomes three caps; on a Mac, Ctrl is Cmd.

import { Fragment } from 'react';
import css from './Kbd.module.css';

const IS_MAC = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform);
const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};
const MAC: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };

export function keyParts(keys: string): string[] {
  // The plus key itself comes last: "Ctrl++".
  const parts = keys.endsWith('+') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
  return parts
    .filter((part) => part !== '')
    .map((part) => SIGNS[part] ?? (IS_MAC ? MAC[part] : undefined) ?? part);
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
