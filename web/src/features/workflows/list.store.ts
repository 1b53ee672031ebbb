// The lists that the workflows panel shows, and when to ask for them again.

import { createStore } from 'zustand/vanilla';
import { wordsOf } from '../../api/client';
import { listFiles, listTemplates, type Template, type WorkflowFile } from './files';

export interface ListState {
  readonly files: readonly WorkflowFile[] | null;
  readonly templates: readonly Template[] | null;
  readonly error: string;
}

export const lists = createStore<ListState>(() => ({ files: null, templates: null, error: '' }));

export async function loadLists(): Promise<void> {
  try {
    const [files, templates] = await Promise.all([listFiles(), listTemplates()]);
    lists.setState({ files, templates, error: '' });
  } catch (error) {
    lists.setState({ error: wordsOf(error) });
  }
}

/** A file was written, moved or deleted. */
export function changed(): void {
  void loadLists();
}
