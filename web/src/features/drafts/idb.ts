// A small store in the browser: one database, one table of drafts by tab id, one of the order of tabs.

const NAME = 'skein';
const VERSION = 1;
type Table = 'drafts' | 'session';

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const table of ['drafts', 'session'] as const) {
        if (!request.result.objectStoreNames.contains(table)) request.result.createObjectStore(table);
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      opening = null;
      reject(request.error ?? new Error('no database'));
    };
  });
  return opening;
}

async function run<T>(
  table: Table,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T> | null,
): Promise<T | undefined> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode, { durability: 'strict' });
    const request = act(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
    transaction.onerror = () => reject(transaction.error ?? new Error('failed'));
  });
}

export const idb = {
  put: (table: Table, key: string, value: unknown) =>
    run(table, 'readwrite', (store) => store.put(value, key)),
  delete: (table: Table, key: string) => run(table, 'readwrite', (store) => store.delete(key)),
  get: <T>(table: Table, key: string) =>
    run<T>(table, 'readonly', (store) => store.get(key) as IDBRequest<T>),
  all: async <T>(table: Table): Promise<T[]> =>
    (await run<T[]>(table, 'readonly', (store) => store.getAll() as IDBRequest<T[]>)) ?? [],
};
