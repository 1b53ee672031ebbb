// Short messages over the canvas: toast({...}). Errors stay until they are closed.

import { useRef, useSyncExternalStore } from 'react';
import { Button, IconButton } from './Button';
import { classes } from './classes';
import { Icon } from './Icon';
import css from './Toast.module.css';
import { useToastPlace } from './toastPlace';

export interface ToastText {
  readonly kind?: 'info' | 'success' | 'warning' | 'error';
  readonly title: string;
  readonly text?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
  /** A later toast of the same key takes the place of this one. */
  readonly key?: string;
  readonly seconds?: number;
  /** The user has closed it: it was seen, and is not wanted. */
  readonly onClose?: () => void;
}

interface Shown extends ToastText {
  readonly number: number;
}

const MOST = 5;
let shown: readonly Shown[] = [];
let count = 0;
const watchers = new Set<() => void>();

function setShown(next: readonly Shown[]): void {
  shown = next;
  for (const watcher of watchers) watcher();
}

/** Show a message; returns how to take it away. */
export function toast(text: ToastText): () => void {
  count += 1;
  const number = count;
  const rest = shown.filter((each) => text.key === undefined || each.key !== text.key);
  setShown([...rest, { ...text, number }].slice(-MOST));
  const close = () => setShown(shown.filter((each) => each.number !== number));
  const seconds = text.seconds ?? (text.kind === 'error' ? 0 : text.action !== undefined ? 8 : 4);
  if (seconds > 0) setTimeout(close, seconds * 1000);
  return close;
}

export function closeToast(key: string): void {
  setShown(shown.filter((each) => each.key !== key));
}

const ICON = { info: 'info', success: 'check', warning: 'alert', error: 'alert' } as const;

/** Rendered once by the application. */
export function ToastHost({ label, closeLabel }: { readonly label: string; readonly closeLabel: string }) {
  const toasts = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => shown,
  );
  const host = useRef<HTMLElement>(null);
  useToastPlace(host, toasts);
  return (
    <section ref={host} className={css['host']} aria-label={label} aria-live="polite" data-toasts="">
      {toasts.map((each) => {
        const kind = each.kind ?? 'info';
        return (
          <div
            key={each.number}
            className={classes(css['toast'], css[kind])}
            role={kind === 'error' ? 'alert' : 'status'}
          >
            <Icon name={ICON[kind]} />
            <div className={css['words']}>
              <strong>{each.title}</strong>
              {each.text !== undefined && each.text !== '' && <p>{each.text}</p>}
            </div>
            {each.action !== undefined && (
              <Button
                size="small"
                onClick={() => {
                  each.action?.run();
                  setShown(shown.filter((other) => other !== each));
                }}
              >
                {each.action.label}
              </Button>
            )}
            <IconButton
              icon="close"
              size="small"
              label={closeLabel}
              onClick={() => {
                each.onClose?.();
                setShown(shown.filter((other) => other !== each));
              }}
            />
          </div>
        );
      })}
    </section>
  );
}
