// The gallery: every file of the output directory, searched, marked, deleted and fetched; and where a file comes from.

import { api, request, urlOf } from './client';
import type {
  DeletedItems,
  GalleryDetails,
  GalleryFacets,
  GalleryIds,
  GalleryItem,
  GalleryPage,
  Lineage,
  LineageFile,
  MarkedItems,
  RestoredItems,
} from './schema.gen';

export type { GalleryDetails, GalleryFacets, GalleryItem, Lineage, LineageFile };

export type GallerySort = 'modified' | 'name' | 'size' | 'rating' | 'pixels';

export interface GalleryQuery {
  readonly q: string;
  readonly sort: GallerySort;
  readonly descending: boolean;
  readonly offset?: number;
  readonly limit?: number;
}

/** What the user says of files; what is not given stays as it is. */
export interface Marks {
  readonly star?: boolean;
  readonly rejected?: boolean;
  readonly rating?: number;
  readonly add_tags?: readonly string[];
  readonly remove_tags?: readonly string[];
}

const AT = '/api/v1/gallery';
const AT_ONCE = 500;
/** Longer addresses are refused on the way. */
const LONGEST_LINK = 6000;

export const listGallery = (query: GalleryQuery) =>
  api.get<GalleryPage>(AT, { query: { ...query, q: query.q === '' ? null : query.q } });

export const listIds = (query: GalleryQuery) =>
  api.get<GalleryIds>(`${AT}/ids`, { query: { ...query, q: query.q === '' ? null : query.q } });

export const readFacets = () => api.get<GalleryFacets>(`${AT}/facets`);

export const readItem = (id: number) => api.get<GalleryDetails>(`${AT}/${id}`);

/** The file of the output directory of this name, with its folders; null if the gallery has none. */
export async function findItem(name: string): Promise<GalleryItem | null> {
  if (name.includes('"')) return null;
  const { items } = await listGallery({ q: `path:"${name}"`, sort: 'name', descending: false, limit: 1 });
  return items[0] ?? null;
}

export interface FilePlace {
  readonly kind: 'input' | 'output' | 'temp';
  readonly subfolder: string;
  readonly filename: string;
}

export const readLineage = ({ kind, subfolder, filename }: FilePlace) =>
  api.get<Lineage>(`${AT}/lineage`, {
    query: { kind, filename, subfolder: subfolder === '' ? null : subfolder },
  });

/** The files as they are then. */
export async function markItems(ids: readonly number[], marks: Marks): Promise<GalleryItem[]> {
  const found: GalleryItem[] = [];
  for (const some of parts(ids)) {
    const { items } = await api.post<MarkedItems>(`${AT}/mark`, { ids: some, ...marks });
    found.push(...items);
  }
  return found;
}

export const deleteItems = (ids: readonly number[]) => api.post<DeletedItems>(`${AT}/delete`, { ids });

export const restoreItems = (trash_id: string) => api.post<RestoredItems>(`${AT}/restore`, { trash_id });

/** Where one archive of files is; null if their names would not fit into an address. */
export function zipUrl(ids: readonly number[]): string | null {
  const url = urlOf(`${AT}/zip`, { ids: ids.join(',') });
  return url.length > LONGEST_LINK || ids.length > 1000 ? null : url;
}

export const readZip = async (ids: readonly number[]): Promise<Blob> =>
  (await request('POST', `${AT}/zip`, { body: { ids } })).blob();

function parts(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_none, part) =>
    ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
}
