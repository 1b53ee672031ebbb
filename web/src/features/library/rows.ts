// Node types as rows of a tree of categories.

import type { Catalog, NodeType } from '../../core/catalog';
import { t } from '../../i18n/t';

/** As what a node type is dragged. */
export const NODE_DRAG = 'application/x-skein-node';

export type LibraryRow =
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly depth: number;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | { readonly kind: 'type'; readonly type: NodeType; readonly depth: number; readonly isMarked: boolean };

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly types: NodeType[];
  count: number;
}

/** Marked types first, then the tree; of closed folders only the folder. */
export function libraryRows(
  types: Catalog,
  marked: readonly string[],
  open: ReadonlySet<string>,
): LibraryRow[] {
  const root: Folder = { folders: new Map(), types: [], count: 0 };
  for (const type of types.values()) {
    let folder = root;
    for (const part of (type.category || t('library.other')).split('/')) {
      const next = folder.folders.get(part) ?? { folders: new Map(), types: [], count: 0 };
      folder.folders.set(part, next);
      next.count += 1;
      folder = next;
    }
    folder.types.push(type);
  }
  const rows: LibraryRow[] = marked.flatMap((name): LibraryRow[] => {
    const type = types.get(name);
    return type === undefined ? [] : [{ kind: 'type', type, depth: 0, isMarked: true }];
  });
  addRows(rows, root, '', 0, open);
  return rows;
}

function addRows(
  rows: LibraryRow[],
  folder: Folder,
  path: string,
  depth: number,
  open: ReadonlySet<string>,
): void {
  for (const [name, child] of [...folder.folders].sort(([one], [other]) => one.localeCompare(other))) {
    const own = `${path}/${name}`;
    const isOpen = open.has(own);
    rows.push({ kind: 'folder', path: own, name, depth, count: child.count, isOpen });
    if (isOpen) addRows(rows, child, own, depth + 1, open);
  }
  for (const type of folder.types.toSorted((one, other) =>
    one.display_name.localeCompare(other.display_name),
  ))
    rows.push({ kind: 'type', type, depth, isMarked: false });
}
