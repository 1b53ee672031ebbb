// Model files as rows of a tree: kinds, folders in them, files; with a search, what fits it, kind by kind.

import type { ModelFile, ModelFolder } from '../../api/models';

export type ModelRow =
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly level: number;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly name: string;
      readonly level: number;
      readonly model: ModelFile;
      /** `checkpoints`, `loras`, ... */
      readonly of: string;
    };

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** `toggled` are folders that are not as they are by default: kinds are open, folders in them are closed. */
export function modelRows(
  folders: readonly ModelFolder[],
  toggled: ReadonlySet<string>,
  text = '',
): ModelRow[] {
  const wanted = text.trim().toLowerCase();
  const rows: ModelRow[] = [];
  for (const { kind, files } of folders) {
    const found = files.filter(({ name }) => `${kind}/${name}`.toLowerCase().includes(wanted));
    if (found.length === 0) continue;
    const isOpen = wanted !== '' || !toggled.has(kind);
    rows.push({ kind: 'folder', path: kind, name: kind, level: 1, count: found.length, isOpen });
    if (!isOpen) continue;
    const row = (model: ModelFile, level: number): ModelRow => ({
      kind: 'file',
      path: `${kind}/${model.name}`,
      name: wanted === '' ? model.name.slice(model.name.lastIndexOf('/') + 1) : model.name,
      level,
      model,
      of: kind,
    });
    if (wanted !== '') rows.push(...found.map((model) => row(model, 2)));
    else addFolder(rows, found, kind, '', 2, toggled, row);
  }
  return rows;
}

function addFolder(
  rows: ModelRow[],
  files: readonly ModelFile[],
  kind: string,
  folder: string,
  level: number,
  toggled: ReadonlySet<string>,
  row: (model: ModelFile, level: number) => ModelRow,
): void {
  const start = folder === '' ? '' : `${folder}/`;
  const below = new Map<string, ModelFile[]>();
  const own: ModelFile[] = [];
  for (const file of files) {
    const rest = file.name.slice(start.length);
    const name = rest.includes('/') ? rest.slice(0, rest.indexOf('/')) : '';
    if (name === '') own.push(file);
    else below.set(name, [...(below.get(name) ?? []), file]);
  }
  for (const [name, inside] of [...below].sort(([a], [b]) => order.compare(a, b))) {
    const inner = `${start}${name}`;
    const path = `${kind}/${inner}/`;
    const isOpen = toggled.has(path);
    rows.push({ kind: 'folder', path, name, level, count: inside.length, isOpen });
    if (isOpen) addFolder(rows, inside, kind, inner, level + 1, toggled, row);
  }
  rows.push(...own.sort((a, b) => order.compare(a.name, b.name)).map((file) => row(file, level)));
}
