// In which orders the files can stand.

import type { GallerySort } from '../../api/gallery';

export const ORDERS = {
  newest: { sort: 'modified', descending: true },
  oldest: { sort: 'modified', descending: false },
  name: { sort: 'name', descending: false },
  rating: { sort: 'rating', descending: true },
  pixels: { sort: 'pixels', descending: true },
  size: { sort: 'size', descending: true },
} as const satisfies Record<string, { readonly sort: GallerySort; readonly descending: boolean }>;

export type OrderName = keyof typeof ORDERS;

export function orderOf(sort: GallerySort, descending: boolean): OrderName {
  const found = Object.entries(ORDERS).find(
    ([, order]) => order.sort === sort && order.descending === descending,
  );
  return (found?.[0] as OrderName | undefined) ?? 'newest';
}
