// JSON as it stands in workflow files. Integers beyond 2^53 (seeds) are `bigint`, so that they stay exact.

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

const MARK = '\u0000int:';
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity/g;
/** What Python writes, though it is no JSON. */
const NO_NUMBERS: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);
const LONG_INTEGER = /^-?\d{16,}$/;
const MARKED = /"\\u0000int:(-?\d+)"/g;

/** Parse JSON; integers of more than 15 digits that a number cannot hold become `bigint`, `NaN` null. Throws `SyntaxError`. */
export function parseJson(text: string): Json {
  let found = false;
  const marked = text.replace(TOKEN, (token) => {
    if (NO_NUMBERS.has(token)) {
      found = true;
      return 'null';
    }
    if (!LONG_INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    found = true;
    return `"\\u0000int:${token}"`;
  });
  if (!found) return JSON.parse(text) as Json;
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  ) as Json;
}

/** The text of a value; `bigint`s are written as the integers that they are. */
export function stringifyJson(value: Json, indent?: number): string {
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
