// Titles of nodes and groups, as people give them.

import { view } from '../../app/view';
import { titleOf } from '../../core/slots';
import { t } from '../../i18n/t';

/** Give a title; an empty one, or that of the type, is none of its own. */
export function setTitle(kind: 'node' | 'group', id: string, title: string): void {
  const node = view.scene?.graph.nodes.get(id);
  if (kind === 'node' && node !== undefined && titleOf(node, view.catalog) === title) return;
  const isOwn = kind === 'group' || title !== '';
  view.doc?.edit(t('edit.rename'), view.scope, (tx) =>
    tx.patch(kind, id, { title: isOwn ? title : undefined }),
  );
}
