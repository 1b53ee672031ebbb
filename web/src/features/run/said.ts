// What screen readers are told of a run.

import type { ErrorRecord, JobEvent } from '../../api/types';
import type { Catalog } from '../../core/catalog';
import type { GraphDoc } from '../../core/doc';
import { locate } from '../../core/missing';
import { titleOf } from '../../core/slots';
import { t } from '../../i18n/t';

export interface Said {
  readonly text: string;
  /** Told at once, however short ago something else was. */
  readonly isUrgent: boolean;
}

/** The title of a node as runs call it (`12:5` is node 5 in the subgraph of node 12); of one that is gone, its type. */
export function titleAt(doc: GraphDoc | null, id: string, types: Catalog, type = ''): string {
  const [spot] = doc === null ? [] : locate(doc, id);
  const node = spot === undefined ? undefined : doc?.graph(spot.scope).nodes.get(spot.node);
  if (node !== undefined) return titleOf(node, types);
  return types.get(type)?.display_name ?? (type || id);
}

/** The same of a node that failed: the server knows the title that the user gave it, else it calls it by its type. */
export function titleOfFailed(
  { node_id: id = '', node_type: type = '', title = '' }: ErrorRecord,
  doc: GraphDoc | null,
  types: Catalog,
): string {
  return title === '' || title === type ? titleAt(doc, id, types, type) : title;
}

/** Null if an event is nothing to be told. */
export function wordsOfEvent(event: JobEvent, doc: GraphDoc | null, types: Catalog): Said | null {
  switch (event.type) {
    case 'started':
    case 'succeeded':
    case 'cancelled':
      return { text: t(`run.said.${event.type}`), isUrgent: true };
    case 'failed': {
      const { message, node_id = '' } = event.error;
      const node = titleOfFailed(event.error, doc, types);
      return { text: node_id === '' ? message : t('run.said.failed', { node, message }), isUrgent: true };
    }
    case 'node_progress': {
      const { display_id: id, value, total } = event;
      const node = titleAt(doc, id, types);
      return { text: t('run.said.progress', { node, value, total }), isUrgent: false };
    }
    default:
      return null;
  }
}
