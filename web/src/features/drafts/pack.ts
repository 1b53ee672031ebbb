// Drafts as the server takes them, packed: small enough that a page that is being left may still send them.

import { stringifyJson } from '../../core/json';
import type { Tab } from '../../stores/tabs';

/** What a browser lets all requests together carry on after the page is gone is 64 KiB. */
export const MOST_LEFT_BYTES = 60_000;

export interface PackedDraft {
  /** The document's, when it was packed. */
  readonly revision: number;
  readonly body: Blob;
}

export function draftText(tab: Tab, windowId: string): string {
  return stringifyJson({
    document: tab.doc.save(),
    name: tab.name,
    ...(tab.path === null ? {} : { file: tab.path }),
    ...(tab.revision === null ? {} : { base: tab.revision }),
    window: windowId,
  });
}

export async function packDraft(tab: Tab, windowId: string): Promise<PackedDraft> {
  const { revision } = tab.doc;
  const text = new Blob([draftText(tab, windowId)], { type: 'application/json' });
  if (typeof CompressionStream === 'undefined') return { revision, body: text };
  const stream = text.stream().pipeThrough(new CompressionStream('gzip'));
  return { revision, body: new Blob([await new Response(stream).blob()], { type: 'application/gzip' }) };
}

/**
 * Whether a draft that was so large the last time is worth packing before it is sent: only what may fit into a request
 * that outlives the page. To pack the largest ones after each change would hold up whoever drags.
 */
export function mayFit(lastBytes: number | undefined): boolean {
  return lastBytes === undefined || lastBytes <= 2 * MOST_LEFT_BYTES;
}

/** What of these can still be sent, one after another, where no more than so many bytes can. */
export function fitting<T extends { readonly size: number }>(bodies: readonly T[], most: number): T[] {
  let left = most;
  return bodies.filter(({ size }) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
}
