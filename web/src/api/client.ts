// Requests to our own server. What it refuses comes as an `ApiError` in its own words.

import { asObject, asString, type Json, type JsonObject, parseJson, stringifyJson } from '../core/json';
import type { NodeErrors } from './types';

export class ApiError extends Error {
  readonly status: number;
  /** Names the kind of error: `prompt_invalid`, `job_not_found`, `offline`, ... */
  readonly type: string;
  readonly details: string;
  readonly extra: JsonObject;
  /** What is wrong with nodes of a workflow, by node id. */
  readonly nodeErrors: Readonly<Record<string, NodeErrors>>;

  constructor(status: number, body: JsonObject | null, fallback: string) {
    const error = asObject(body?.['error']);
    super(asString(error?.['message']) ?? fallback);
    this.name = 'ApiError';
    this.status = status;
    this.type = asString(error?.['type']) ?? (status === 0 ? 'offline' : 'unknown');
    this.details = asString(error?.['details']) ?? '';
    this.extra = asObject(error?.['extra_info']) ?? {};
    this.nodeErrors = (asObject(body?.['node_errors']) ?? {}) as unknown as Record<string, NodeErrors>;
  }

  /** The server could not be reached at all. */
  get isOffline(): boolean {
    return this.status === 0;
  }
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: Json | Blob | FormData | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
}

/** Where the page came from; everything is asked for there. */
export function urlOf(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      params.append(name, String(one));
  }
  const text = params.toString();
  return `${location.origin}${path}${text === '' ? '' : `?${text}`}`;
}

/** Ask, and give the response as it is; throws `ApiError` for everything but success. */
export async function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const { query, body, headers, signal, keepalive } = options;
  const isRaw = body instanceof Blob || body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(urlOf(path, query), {
      method,
      credentials: 'same-origin',
      headers: { ...(body === undefined || isRaw ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : stringifyJson(body) }),
      ...(signal === undefined ? {} : { signal }),
      ...(keepalive === undefined ? {} : { keepalive }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, null, 'The server does not answer.');
  }
  if (response.ok) return response;
  const text = await response.text().catch(() => '');
  throw new ApiError(
    response.status,
    readObject(text),
    text.slice(0, 300) || `${response.status} ${response.statusText}`,
  );
}

function readObject(text: string): JsonObject | null {
  try {
    return asObject(parseJson(text));
  } catch {
    return null;
  }
}

export async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? null : parseJson(text)) as T;
}

/** JSON in, JSON out. `T` is what the server documents for the route; it is not checked again here. */
export const api = {
  get: async <T>(path: string, options?: RequestOptions) => readJson<T>(await request('GET', path, options)),
  post: async <T>(path: string, body?: RequestOptions['body'], options?: RequestOptions) =>
    readJson<T>(await request('POST', path, { ...options, body })),
  put: async <T>(path: string, body?: RequestOptions['body'], options?: RequestOptions) =>
    readJson<T>(await request('PUT', path, { ...options, body })),
  patch: async <T>(path: string, body?: RequestOptions['body'], options?: RequestOptions) =>
    readJson<T>(await request('PATCH', path, { ...options, body })),
  delete: async <T>(path: string, options?: RequestOptions) =>
    readJson<T>(await request('DELETE', path, options)),
};

/** The text of anything that was thrown, for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
