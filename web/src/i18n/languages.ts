// Languages besides English, which is built in: one file each, `languages/CODE.ts`, that exports `texts` by key. Loaded
// only where it is wanted; what a language has no text for yet is English.

import type { TextKey } from './en';

export type Texts = Partial<Record<TextKey, string>>;

interface LanguageFile {
  readonly texts: Texts;
}

const files = import.meta.glob<LanguageFile>('./languages/*.ts');
const codeOf = (path: string) => path.replace(/^.*\/|\.ts$/g, '');
const loaders = new Map(Object.entries(files).map(([path, load]) => [codeOf(path), load]));

/** Codes as browsers have them (`de`, `zh-TW`), English first. */
export const LANGUAGES: readonly string[] = ['en', ...loaders.keys()];

/** The language that is meant: the one chosen, else the first of the browser's that there is. */
export function chooseLanguage(
  chosen: string,
  preferred: readonly string[],
  there: readonly string[] = LANGUAGES,
): string {
  const find = (code: string) =>
    there.find((each) => each.toLowerCase() === code.toLowerCase()) ??
    there.find((each) => each.toLowerCase() === code.toLowerCase().split('-')[0]);
  const wanted = chosen === 'system' ? preferred : [chosen, ...preferred];
  for (const code of wanted) {
    const found = find(code);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** What a language is called in itself. */
export function nameOfLanguage(code: string): string {
  try {
    const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
}

/** The texts of a language; none for English. */
export async function loadTexts(code: string): Promise<Texts> {
  return (await loaders.get(code)?.())?.texts ?? {};
}
