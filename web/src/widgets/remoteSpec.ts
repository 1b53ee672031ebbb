// Lists that the server gives when asked (`remote` of an input): where they are, and what an answer holds.

import type { InputType } from '../core/catalog';
import { asArray, asNumber, asObject, asString, type Json } from '../core/json';

export interface Remote {
  /** Path and query on our own server; null if the list would come from elsewhere. */
  readonly path: string | null;
  /** As the node type has it. */
  readonly route: string;
  /** The key of the answer that holds the list; '' if the answer is the list. */
  readonly key: string;
  readonly hasButton: boolean;
  /** What is chosen when the user has asked anew. */
  readonly chooses: 'first' | 'last' | null;
  /** Milliseconds after which the list is old; null: it never is. */
  readonly lasts: number | null;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
}

const TIMEOUT = 10_000;
const LONGEST_TIMEOUT = 120_000;
const RETRIES = 2;
const MOST_RETRIES = 5;

export function remoteOf(input: InputType | null, origin: string): Remote | null {
  const given = asObject(input?.options['remote']);
  const route = asString(given?.['route']);
  if (given === null || route === null || route === '') return null;
  const after = given['control_after_refresh'];
  const [lasts, timeout, retries] = ['refresh', 'timeout', 'max_retries'].map((name) =>
    asNumber(given[name]),
  );
  return {
    path: pathOf(route, given['query_params'], origin),
    route,
    key: asString(given['response_key']) ?? '',
    hasButton: given['refresh_button'] === true,
    chooses: after === 'first' || after === 'last' ? after : null,
    lasts: lasts != null && lasts > 0 ? lasts : null,
    timeout: timeout != null && timeout > 0 ? Math.min(timeout, LONGEST_TIMEOUT) : TIMEOUT,
    retries: retries != null && retries >= 0 ? Math.min(Math.floor(retries), MOST_RETRIES) : RETRIES,
  };
}

function pathOf(route: string, params: Json | undefined, origin: string): string | null {
  let url: URL;
  try {
    url = new URL(route, `${origin}/`);
  } catch {
    return null;
  }
  if (url.origin !== origin) return null;
  for (const [name, value] of Object.entries(asObject(params) ?? {}))
    if (typeof value !== 'object' && value !== undefined) url.searchParams.set(name, String(value));
  return `${url.pathname}${url.search}`;
}

/** The choices in an answer; null if it holds no list. */
export function choicesIn(answer: Json, key: string): readonly Json[] | null {
  const list = asArray(key === '' ? answer : asObject(answer)?.[key]);
  return list?.filter((each) => each !== null && typeof each !== 'object') ?? null;
}
