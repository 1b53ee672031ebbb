// The lists that the workflows panel shows, when to ask for them again, and which folders are closed.

import { createStore } from 'zustand/vanilla';
import { wordsOf } from '../../api/client';
import { listTemplates, type Template } from '../../api/templates';
import { listFiles, type WorkflowFile } from '../../api/workflows';
import { keep, keptWords } from '../../stores/kept';

export interface ListState {
  readonly files: readonly WorkflowFile[] | null;
  readonly folders: readonly string[];
  readonly favourites: readonly string[];
  readonly templates: readonly Template[] | null;
  readonly error: string;
}

export const lists = createStore<ListState>(() => ({
  files: null,
  folders: [],
  favourites: [],
  templates: null,
  error: '',
}));

export async function loadLists(): Promise<void> {
  try {
    const [listed, templates] = await Promise.all([listFiles(), listTemplates()]);
    lists.setState({ ...listed, templates, error: '' });
  } catch (error) {
    lists.setState({ error: wordsOf(error) });
  }
}

/** A file was written, moved or deleted. */
export function changed(): void {
  void loadLists();
}

// -- what is folded away ---------------------------------------------------------------------------------------------

const KEY = 'skein.folders';

export const closed = createStore<{ readonly paths: ReadonlySet<string> }>(() => ({
  paths: new Set(keptWords(KEY)),
}));

export function setOpen(path: string, isOpen: boolean): void {
  const paths = new Set(closed.getState().paths);
  if (isOpen) paths.delete(path);
  else paths.add(path);
  closed.setState({ paths });
  keep(KEY, [...paths]);
}
