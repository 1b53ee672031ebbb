// What keys do in the tree of workflow files.

import { deletePlace, renamePlace } from './file-actions';
import { setOpen } from './list.store';
import { FAVOURITES, type TreeRow } from './tree';

export interface TreeKeys {
  readonly rows: readonly TreeRow[];
  readonly index: number;
  readonly go: (row: TreeRow | undefined) => void;
  readonly act: (row: TreeRow) => void;
}

/** Do what a key means at a row; false if it means nothing there. */
export function pressInTree(key: string, { rows, index, go, act }: TreeKeys): boolean {
  const row = rows[index];
  if (row === undefined) return false;
  const isReal = row.path !== FAVOURITES;
  switch (key) {
    case 'ArrowDown':
      go(rows[index + 1]);
      return true;
    case 'ArrowUp':
      go(rows[index - 1]);
      return true;
    case 'Home':
      go(rows[0]);
      return true;
    case 'End':
      go(rows.at(-1));
      return true;
    case 'ArrowRight':
      if (row.kind === 'folder' && !row.isOpen) setOpen(row.path, true);
      else if (row.kind === 'folder') go(rows[index + 1]);
      return true;
    case 'ArrowLeft':
      if (row.kind === 'folder' && row.isOpen) setOpen(row.path, false);
      else go(rows.slice(0, index).findLast((each) => each.level < row.level));
      return true;
    case 'Enter':
    case ' ':
      act(row);
      return true;
    case 'F2':
      if (isReal) void renamePlace(row);
      return isReal;
    case 'Delete':
      if (isReal) void deletePlace(row);
      return isReal;
    default:
      if (key.length === 1) go(startingWith(rows, index, key));
      return key.length === 1;
  }
}

function startingWith(rows: readonly TreeRow[], index: number, letter: string): TreeRow | undefined {
  const starts = (each: TreeRow) => each.name.toLowerCase().startsWith(letter.toLowerCase());
  return rows.slice(index + 1).find(starts) ?? rows.find(starts);
}
