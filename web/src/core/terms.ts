// The search language of the gallery as text that buttons change: `model:sd15 "red fox" -star rating:>=3`.

export interface Term {
  /** Empty for words, phrases and the marks `star` and `rejected`. */
  readonly key: string;
  readonly value: string;
  readonly isNot: boolean;
  readonly isPhrase: boolean;
  readonly from: number;
  readonly to: number;
}

const TERM = /(-)?(?:([A-Za-z_]+):(?:=(?="))?)?(?:"([^"]*)"?|([^\s"]+))/g;

/** The parts of a search, as the server reads them. */
export function termsOf(text: string): Term[] {
  return [...text.matchAll(TERM)].map((found) => ({
    key: (found[2] ?? '').toLowerCase(),
    value: found[3] ?? found[4] ?? '',
    isNot: found[1] !== undefined,
    isPhrase: found[3] !== undefined,
    from: found.index,
    to: found.index + found[0].length,
  }));
}

/** Of these a part of the value would do, unless the whole is asked for. */
const PARTS = new Set(['model', 'sampler', 'scheduler', 'source']);

/** How a part is written that wants exactly this value. A quote cannot be in it, and is left out. */
export function termText(key: string, value: string): string {
  const plain = value.replaceAll('"', '');
  if (PARTS.has(key)) return `${key}:="${plain}"`;
  return `${key}:${/^[^\s"]+$/.test(plain) ? plain : `"${plain}"`}`;
}

/** What a search wants of a key; null if it says nothing of it. For marks, the key is empty and `value` the mark. */
export function wantedOf(text: string, key: string): string | null {
  return termsOf(text).find((term) => term.key === key && !term.isNot)?.value ?? null;
}

/** Whether a mark is wanted, is not wanted (`-star`), or no matter (null). */
export function markOf(text: string, mark: string): boolean | null {
  const found = termsOf(text).find((term) => isMark(term, mark));
  return found === undefined ? null : !found.isNot;
}

function isMark(term: Term, mark: string): boolean {
  return term.key === '' && !term.isPhrase && term.value.toLowerCase() === mark;
}

/** The search with one value for a key, whatever it wanted of it before; null takes it away. */
export function withValue(text: string, key: string, value: string | null): string {
  const rest = without(text, (term) => term.key === key);
  return value === null ? rest : joined(rest, termText(key, value));
}

export function withMark(text: string, mark: string, wanted: boolean | null): string {
  const rest = without(text, (term) => isMark(term, mark));
  return wanted === null ? rest : joined(rest, wanted ? mark : `-${mark}`);
}

/** Whether it asks for what the user says of files, which marking changes. */
export function asksForMarks(text: string): boolean {
  return termsOf(text).some(
    (term) => /^(rating|tag)$/.test(term.key) || isMark(term, 'star') || isMark(term, 'rejected'),
  );
}

function without(text: string, goes: (term: Term) => boolean): string {
  return termsOf(text)
    .filter((term) => !goes(term))
    .map((term) => text.slice(term.from, term.to))
    .join(' ');
}

function joined(text: string, more: string): string {
  return text === '' ? more : `${text} ${more}`;
}

export interface Folder {
  readonly name: string;
  readonly path: string;
  /** Of its files and those below. */
  readonly count: number;
  readonly folders: readonly Folder[];
}

interface Growing {
  readonly name: string;
  readonly path: string;
  count: number;
  readonly folders: Map<string, Growing>;
}

/** Folders by name, as a tree, each with all that is below it; files beside all folders count for none. */
export function folderTree(facets: readonly { readonly value: string; readonly count: number }[]): Folder[] {
  const root: Growing = { name: '', path: '', count: 0, folders: new Map() };
  for (const { value, count } of facets) {
    let at = root;
    for (const name of value.split('/').filter((part) => part !== '')) {
      const next = at.folders.get(name) ?? {
        name,
        path: at.path === '' ? name : `${at.path}/${name}`,
        count: 0,
        folders: new Map(),
      };
      at.folders.set(name, next);
      next.count += count;
      at = next;
    }
  }
  return finished(root);
}

function finished({ folders }: Growing): Folder[] {
  return [...folders.values()]
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
    .map((each) => ({ name: each.name, path: each.path, count: each.count, folders: finished(each) }));
}
