// Workflow files as rows of a tree: favourites first, then folders with what is in them; with a search, what fits it.

import type { WorkflowFile } from '../../api/workflows';

/** As what a row is dragged: its kind and path. */
export const FILE_DRAG = 'application/x-skein-workflow';

/** Stands for the folder of favourites: no file can be called so. */
export const FAVOURITES = '*';

export type TreeRow =
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly level: number;
      /** Files in it and below. */
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly name: string;
      readonly level: number;
      readonly file: WorkflowFile;
      readonly isFavourite: boolean;
      /** Which folder it is in, where the tree does not show that. */
      readonly where: string;
      readonly key: string;
    };

export interface TreeContent {
  readonly files: readonly WorkflowFile[];
  readonly folders: readonly string[];
  readonly favourites: readonly string[];
}

export function keyOfRow(row: TreeRow): string {
  return row.kind === 'folder' ? `folder:${row.path}` : row.key;
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The file's name without folder and ending. */
export function titleOfFile(path: string): string {
  return baseOf(path).replace(/\.json$/i, '');
}

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function treeRows(content: TreeContent, closed: ReadonlySet<string>, text = ''): TreeRow[] {
  const marked = new Set(content.favourites);
  const files = [...content.files].sort((a, b) => order.compare(a.name, b.name));
  const row = (file: WorkflowFile, level: number, where = '', prefix = ''): TreeRow => ({
    kind: 'file',
    path: file.name,
    name: titleOfFile(file.name),
    level,
    file,
    isFavourite: marked.has(file.name),
    where,
    key: `${prefix}${file.name}`,
  });
  const wanted = text.trim().toLowerCase();
  if (wanted !== '')
    return files
      .filter((file) => file.name.toLowerCase().includes(wanted))
      .map((file) => row(file, 1, folderOf(file.name)));
  const rows: TreeRow[] = [];
  const first = files.filter((file) => marked.has(file.name));
  if (first.length > 0) {
    const isOpen = !closed.has(FAVOURITES);
    rows.push({ kind: 'folder', path: FAVOURITES, name: '', level: 1, count: first.length, isOpen });
    if (isOpen) rows.push(...first.map((file) => row(file, 2, folderOf(file.name), `${FAVOURITES}:`)));
  }
  const inside = grouped(files);
  const below = children(new Set([...content.folders, ...parentsOf(files)]));
  const add = (folder: string, level: number) => {
    for (const path of below.get(folder) ?? []) {
      const isOpen = !closed.has(path);
      const count = files.filter((file) => file.name.startsWith(`${path}/`)).length;
      rows.push({ kind: 'folder', path, name: baseOf(path), level, count, isOpen });
      if (isOpen) add(path, level + 1);
    }
    rows.push(...(inside.get(folder) ?? []).map((file) => row(file, level)));
  };
  add('', 1);
  return rows;
}

function grouped(files: readonly WorkflowFile[]): Map<string, WorkflowFile[]> {
  const groups = new Map<string, WorkflowFile[]>();
  for (const file of files) {
    const folder = folderOf(file.name);
    const group = groups.get(folder);
    if (group === undefined) groups.set(folder, [file]);
    else group.push(file);
  }
  return groups;
}

function* parentsOf(files: readonly WorkflowFile[]): Iterable<string> {
  for (const file of files)
    for (let folder = folderOf(file.name); folder !== ''; folder = folderOf(folder)) yield folder;
}

function children(folders: ReadonlySet<string>): Map<string, string[]> {
  const below = new Map<string, string[]>();
  for (const path of [...folders].sort(order.compare)) {
    const parent = folderOf(path);
    below.set(parent, [...(below.get(parent) ?? []), path]);
  }
  return below;
}

/** A name that no file has: `a copy.json`, `a copy 2.json`. `name` gives the name for a number, 1 first. */
export function freeName(taken: ReadonlySet<string>, name: (number: number) => string): string {
  for (let number = 1; ; number += 1) if (!taken.has(name(number))) return name(number);
}

/** Where a file or folder would be in another folder; null if it cannot go there, or is there already. */
export function placeIn(path: string, kind: 'file' | 'folder', folder: string): string | null {
  if (folder === FAVOURITES || folderOf(path) === folder) return null;
  if (kind === 'folder' && (folder === path || folder.startsWith(`${path}/`))) return null;
  return folder === '' ? baseOf(path) : `${folder}/${baseOf(path)}`;
}

/** What a path is called after a file or folder was moved. */
export function followMove(path: string, from: string, to: string): string {
  if (path === from) return to;
  return path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}
