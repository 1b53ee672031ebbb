// Lists that are asked for: each is asked for once for all fields that show it, kept as long as it may be, and asked for
// again when it is old or the user wants it.

import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { InputType } from '../core/catalog';
import type { Json } from '../core/json';
import { t } from '../i18n/t';
import { widgetHost } from './host';
import { choicesIn, type Remote, remoteOf } from './remoteSpec';

export interface Listing {
  /** Null until it came. */
  readonly choices: readonly Json[] | null;
  readonly isLoading: boolean;
  /** Why it did not come, in words; '' if it did. */
  readonly error: string;
  /** When it came, or did not; 0 before. */
  readonly at: number;
}

const NOTHING: Listing = { choices: null, isLoading: false, error: '', at: 0 };
const PAUSE = 400;
const listings = new Map<string, Listing>();
const asking = new Map<string, Promise<Listing>>();
const watchers = new Set<() => void>();

function put(key: string, changes: Partial<Listing>): Listing {
  const next = { ...(listings.get(key) ?? NOTHING), ...changes };
  listings.set(key, next);
  for (const watcher of [...watchers]) watcher();
  return next;
}

/** Ask for a list; who asks while it is on its way gets the same answer. */
export function askList(remote: Remote): Promise<Listing> {
  const key = keyOf(remote);
  const known = asking.get(key);
  if (known !== undefined) return known;
  const made = load(remote, key).finally(() => asking.delete(key));
  asking.set(key, made);
  return made;
}

async function load(remote: Remote, key: string): Promise<Listing> {
  const { path, route } = remote;
  if (path === null) return put(key, { error: t('widget.remoteElsewhere', { route }), at: Date.now() });
  put(key, { isLoading: true });
  for (let left = remote.retries; ; left -= 1) {
    try {
      const answer = await widgetHost.getJson(path, AbortSignal.timeout(remote.timeout));
      const choices = choicesIn(answer, remote.key);
      if (choices === null) throw new Error(t('widget.remoteNoList', { route }));
      return put(key, { choices, isLoading: false, error: '', at: Date.now() });
    } catch (error) {
      if (left <= 0) return put(key, { isLoading: false, error: wordsFor(error, remote), at: Date.now() });
      await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** (remote.retries - left)));
    }
  }
}

function wordsFor(error: unknown, { route, timeout }: Remote): string {
  const isLate = error instanceof DOMException && /Timeout|Abort/.test(error.name);
  const reason = isLate
    ? t('widget.remoteLate', { seconds: timeout / 1000 })
    : error instanceof Error
      ? error.message
      : String(error);
  return t('widget.remoteFailed', { route, reason });
}

function keyOf({ path, route, key }: Remote): string {
  return `${path ?? route}#${key}`;
}

export interface RemoteList extends Listing {
  readonly remote: Remote;
  /** The input with the choices that came, and those that it has besides. */
  readonly input: InputType;
  readonly refresh: () => Promise<Listing>;
}

/** The list of an input that has one to be asked for; null for every other. */
export function useRemote(input: InputType | null): RemoteList | null {
  const remote = useMemo(() => remoteOf(input, location.origin), [input]);
  const listing = useSyncExternalStore(
    subscribe,
    () => (remote === null ? undefined : listings.get(keyOf(remote))) ?? NOTHING,
  );
  useEffect(() => {
    if (remote === null) return;
    const known = listings.get(keyOf(remote)) ?? NOTHING;
    const isOld = remote.lasts !== null && Date.now() - known.at > remote.lasts;
    if (known.at === 0 || isOld) void askList(remote);
  }, [remote]);
  const merged = useMemo((): InputType | null => {
    if (input === null || listing.choices === null)
      return input === null ? null : { ...input, choices: null };
    const own = (input.choices ?? []).filter((choice) => listing.choices?.includes(choice) !== true);
    return { ...input, choices: [...listing.choices, ...own] };
  }, [input, listing.choices]);
  const refresh = useCallback(() => (remote === null ? Promise.resolve(NOTHING) : askList(remote)), [remote]);
  return remote === null || merged === null ? null : { ...listing, remote, input: merged, refresh };
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** For tests: nothing was ever asked for. */
export function forgetLists(): void {
  listings.clear();
  asking.clear();
}
