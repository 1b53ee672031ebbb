// Texts by key: t('run.queued', { count: 3 }). `{name}` in a text is replaced; `{count|one item|{count} items}` chooses.

import { en, type TextKey } from './en';

export type { TextKey };

type Values = Readonly<Record<string, string | number>>;

type Translate = (text: string, key: TextKey) => string;
let translate: Translate = (text) => text;

export function t(key: TextKey, values: Values = {}): string {
  // A text that is missing must not take the page down; the key at least says where.
  const text = translate((en as Partial<Record<TextKey, string>>)[key] ?? key, key);
  return text
    .replace(
      /\{(\w+)\|([^|{}]*)\|((?:[^{}]|\{\w+\})*)\}/g,
      (_whole, name: string, one: string, many: string) => (Number(values[name]) === 1 ? one : many),
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What texts become from now on; before anything is shown. */
export function setTranslation(next: Translate): void {
  translate = next;
}
