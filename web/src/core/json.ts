// JSON as it stands in workflow files. Integers beyond 2^53 (seeds) are `bigint`, so that they stay exact.

import { findBreak } from './broken';

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

const MARK = '\u0000int:';
/** What may have to be written otherwise before the browser can parse it: long integers, and what Python writes. */
const ODD = /-?\d{16,}(?![\d.eE])|NaN|-?Infinity/g;
const MARKED = /"\\u0000int:(-?\d+)"/g;

/**
 * Parse JSON; integers of more than 15 digits that a number cannot hold become `bigint`, `NaN` null. Throws
 * `SyntaxError`, which says where the text breaks if it is a `BrokenJson`.
 */
export function parseJson(text: string): Json {
  const marked = markOdd(text);
  let value: Json;
  try {
    value = JSON.parse(marked ?? text) as Json;
  } catch (error) {
    throw error instanceof SyntaxError ? (findBreak(text) ?? error) : error;
  }
  return marked === null ? value : unmarked(value);
}

/**
 * The text with what the browser cannot parse exactly marked as strings; null if there is nothing of that kind.
 *
 * Looks only at what may be odd and at the quotes before it, not at every value: files may be large.
 */
function markOdd(text: string): string | null {
  const parts: string[] = [];
  let done = 0;
  const isInString = stringsIn(text);
  for (const { 0: token, index } of text.matchAll(ODD)) {
    const isPart = index > 0 && /[\d.eE+]/.test(text.charAt(index - 1));
    const isNumber = /\d/.test(token);
    if (isPart || (isNumber && Number.isSafeInteger(Number(token))) || isInString(index)) continue;
    parts.push(text.slice(done, index), isNumber ? `"\\u0000int:${token}"` : 'null');
    done = index + token.length;
  }
  return parts.length === 0 ? null : parts.join('') + text.slice(done);
}

/** Tells of places, each after the one before, whether they are inside of a string. */
function stringsIn(text: string): (place: number) => boolean {
  let [at, isInside] = [0, false];
  return (place) => {
    for (let quote = text.indexOf('"', at); quote >= 0 && quote < place; quote = text.indexOf('"', at)) {
      at = quote + 1;
      if (!isInside || !isEscaped(text, quote)) isInside = !isInside;
    }
    return isInside;
  };
}

function isEscaped(text: string, place: number): boolean {
  let count = 0;
  while (text.charAt(place - 1 - count) === '\\') count += 1;
  return count % 2 === 1;
}

/** Turns marks into integers, where they stand: nobody else has the value yet. However deep it is. */
function unmarked(value: Json): Json {
  const top: unknown[] = [value];
  const waiting: object[] = [top];
  for (let holder = waiting.pop(); holder !== undefined; holder = waiting.pop()) {
    const record = holder as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      const held = record[key];
      if (typeof held === 'object' && held !== null) waiting.push(held);
      else if (typeof held === 'string' && held.startsWith(MARK))
        record[key] = BigInt(held.slice(MARK.length));
    }
  }
  return top[0] as Json;
}

/** The text of a value; `bigint`s are written as the integers that they are. */
export function stringifyJson(value: Json, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    // There is a `bigint` in it. Asking at each value would cost several times as much, and few documents have one.
    if (!(error instanceof TypeError)) throw error;
  }
  const text = JSON.stringify(
    value,
    (_key, part: unknown) => (typeof part === 'bigint' ? `${MARK}${part}` : part),
    indent,
  );
  return text.replace(MARKED, '$1');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

export function asArray(value: unknown): readonly Json[] | null {
  return Array.isArray(value) ? (value as readonly Json[]) : null;
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A copy of an object with some keys set (in place where they are) or, with `undefined`, removed. Key order is kept. */
export function withKeys(object: JsonObject, changes: JsonObject): JsonObject {
  const kept = Object.entries(object)
    .map(([key, value]) => [key, Object.hasOwn(changes, key) ? changes[key] : value] as const)
    .filter(([, value]) => value !== undefined);
  const added = Object.entries(changes).filter(
    ([key, value]) => value !== undefined && !Object.hasOwn(object, key),
  );
  return Object.fromEntries([...kept, ...added]);
}
