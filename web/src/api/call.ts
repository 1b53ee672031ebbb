// Requests that are checked end to end: what a route takes and gives is what the server's code says (`Routes`).

import type { Json } from '../core/json';
import { type RequestOptions, readJson, request } from './client';
import type { Routes } from './types';

export type Route = keyof Routes;

/** Parameters that are null or undefined are left out. */
type Loose<Part> = { readonly [Name in keyof Part]: Part[Name] | null | undefined };

type Asked<Name extends Route> = Omit<Routes[Name], 'reply' | 'query'> &
  (Routes[Name] extends { readonly query?: infer Query } ? { readonly query?: Loose<Query> } : unknown) &
  Pick<RequestOptions, 'signal' | 'keepalive'>;

/** One argument, which may be left out if the route needs nothing. */
type Arguments<Name extends Route> =
  Partial<Asked<Name>> extends Asked<Name> ? [asked?: Asked<Name>] : [asked: Asked<Name>];

/** What all routes may be asked with, as the code below sees it. */
interface Plain extends Pick<RequestOptions, 'query' | 'headers' | 'signal' | 'keepalive'> {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
}

/** Ask; throws `ApiError` for everything but success. */
export async function call<Name extends Route>(
  route: Name,
  ...[asked]: Arguments<Name>
): Promise<Routes[Name]['reply']> {
  const { path = {}, body, ...options } = (asked ?? {}) as Plain;
  const [method = '', pattern = ''] = route.split(' ');
  const address = pattern.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(path[name] ?? ''));
  return readJson(
    await request(method, address, { ...options, body: body as Json | Blob | FormData | undefined }),
  );
}
