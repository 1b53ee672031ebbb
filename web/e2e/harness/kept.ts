// What the browser has kept of the open tabs: what a reload brings back, or the next start.

import type { Page } from 'playwright-core';

export interface KeptTab {
  readonly name: string;
  readonly isDirty: boolean;
  readonly steps: number;
  readonly zoom: number;
  /** The document. */
  readonly text: string;
}

/** In the order of the tabs. */
export function keptTabs(page: Page): Promise<readonly KeptTab[]> {
  return page.evaluate(readKept);
}

// Runs in the page, so it uses nothing from outside.
async function readKept(): Promise<KeptTab[]> {
  interface Draft {
    readonly id: string;
    readonly name: string;
    readonly isDirty: boolean;
    readonly steps: string;
    readonly text: string;
    readonly view: { readonly zoom: number } | null;
  }
  interface Session {
    readonly order: readonly string[];
    readonly views?: Readonly<Record<string, { readonly zoom: number }>>;
    readonly at: number;
  }
  const ended = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const name = 'skein';
  // To open one that is not there would make an empty one.
  if (!(await indexedDB.databases()).some((each) => each.name === name)) return [];
  const database = await ended(indexedDB.open(name));
  try {
    const all = <T>(table: string): Promise<T[]> =>
      ended(database.transaction(table).objectStore(table).getAll());
    const [drafts, sessions] = [await all<Draft>('drafts'), await all<Session>('session')];
    const last = sessions.sort((one, other) => other.at - one.at)[0];
    return (last?.order ?? []).flatMap((id) => {
      const draft = drafts.find((each) => each.id === id);
      if (draft === undefined) return [];
      const zoom = (last?.views?.[id] ?? draft.view)?.zoom ?? 0;
      const steps = (JSON.parse(draft.steps) as unknown[]).length;
      return [{ name: draft.name, isDirty: draft.isDirty, steps, zoom, text: draft.text }];
    });
  } finally {
    database.close();
  }
}
