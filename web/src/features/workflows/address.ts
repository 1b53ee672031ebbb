// A file of our own server, by its address, as browsers give it for pictures that are dragged out of a page: some of them
// write the picture itself anew, without the workflow in it.

import { request } from '../../api/client';
import { readItem } from '../../api/gallery';

/** Where to read a file of ours: by its place, or by its number in the gallery. */
export type OwnFile = { readonly query: Readonly<Record<string, string>> } | { readonly item: number };

/** The first address of a list (`text/uri-list`), if it is that of one of our own files; never of anything else. */
export function ownFileIn(list: string, origin: string): OwnFile | null {
  const line = list.split(/\r?\n/).find((each) => each !== '' && !each.startsWith('#'));
  if (line === undefined || !URL.canParse(line.trim())) return null;
  const url = new URL(line.trim());
  if (url.origin !== origin) return null;
  const item = /^\/api\/v1\/gallery\/(\d+)\/(?:content|thumbnail)$/.exec(url.pathname)?.[1];
  if (item !== undefined) return { item: Number(item) };
  if (url.pathname !== '/view' || !url.searchParams.has('filename')) return null;
  // Nothing that makes another picture of it: small ones carry no workflow.
  const query = ['filename', 'subfolder', 'type'].flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { query: Object.fromEntries(query) };
}

export async function fetchOwnFile(own: OwnFile, signal: AbortSignal): Promise<File> {
  const item = 'item' in own ? await readItem(own.item) : null;
  const name = item?.filename ?? ('query' in own ? own.query['filename'] : undefined) ?? '';
  const response =
    'query' in own
      ? await request('GET', '/view', { query: own.query, signal })
      : await request('GET', `/api/v1/gallery/${own.item}/content`, { signal });
  const content = await response.blob();
  return new File([content], name.split('/').at(-1) ?? name, { type: content.type });
}
