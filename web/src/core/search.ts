// Finding node types by a few letters: every word of the query must be found, names count more than categories, what is
// used often comes first.

import type { NodeType } from './catalog';
import { typesFit } from './typecheck';

/** A query as the words that all must be found. */
export function tokensOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/[\s_\-/.,:]+/)
    .filter((token) => token !== '');
}

const BREAKS: ReadonlySet<string> = new Set(' \t\n_-/.,:()[]|\\');

/** Whether a word ends before a place or begins at it; the ends of a text do both. */
function isBreak(text: string, at: number): boolean {
  const character = text[at];
  return character === undefined || BREAKS.has(character);
}

/** How well a word of a query is found in a text (both lower case): 0 if not at all, 100 if they are the same. */
export function scoreText(token: string, text: string): number {
  const at = text.indexOf(token);
  if (at >= 0) {
    if (text.length === token.length) return 100;
    let best = at === 0 ? 82 : 45;
    let place = at;
    for (let turn = 0; turn < 6 && place >= 0; turn += 1) {
      if (isBreak(text, place - 1)) {
        const isWhole = isBreak(text, place + token.length);
        best = Math.max(best, isWhole ? (place === 0 ? 90 : 80) : place === 0 ? 82 : 70);
        if (isWhole) break;
      }
      place = text.indexOf(token, place + 1);
    }
    return best;
  }
  return token.length < 2 ? 0 : scatteredScore(token, text);
}

/** The letters in their order with others between them; the closer together, the better. */
function scatteredScore(token: string, text: string): number {
  let [first, last, starts] = [-1, -1, 0];
  for (const letter of token) {
    const at = text.indexOf(letter, last + 1);
    if (at < 0) return 0;
    if (first < 0) first = at;
    if (isBreak(text, at - 1)) starts += 1;
    last = at;
  }
  if (starts === token.length) return 40;
  const spread = last - first + 1;
  return spread > token.length * 3 ? 0 : Math.max(4, 26 * (token.length / spread));
}

/** `KSamplerAdvanced` as `ksampleradvanced k sampler advanced`. */
function wordsOf(name: string): string {
  const split = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  const lower = name.toLowerCase();
  return split === name ? lower : `${lower} ${split.toLowerCase()}`;
}

interface Entry {
  readonly type: NodeType;
  readonly name: string;
  readonly id: string;
  readonly aliases: string;
  readonly category: string;
  readonly description: string;
  /** Which letters there are at all. */
  readonly letters: number;
}

export interface SearchFilter {
  /** A category, with those below it. */
  readonly category?: string;
  /** Only types that take this. */
  readonly takes?: string;
  /** Only types that give this. */
  readonly gives?: string;
}

export class NodeSearch {
  readonly #entries: readonly Entry[];

  constructor(types: Iterable<NodeType>) {
    this.#entries = [...types].map((type) => {
      const entry = {
        type,
        name: wordsOf(type.display_name),
        id: wordsOf(type.type),
        aliases: type.search_aliases.join(' | ').toLowerCase(),
        category: type.category.toLowerCase(),
        description: type.description.toLowerCase(),
      };
      const { name, id, aliases, category, description } = entry;
      return { ...entry, letters: lettersOf(name + id + aliases + category + description) };
    });
  }

  /** The best types for a query; for an empty one, those used most, then by name. */
  find(query: string, filter: SearchFilter, uses: ReadonlyMap<string, number>, most = 100): NodeType[] {
    const tokens = tokensOf(query);
    const letters = lettersOf(tokens.join(''));
    const found: { type: NodeType; score: number }[] = [];
    for (const entry of this.#entries) {
      if ((entry.letters & letters) !== letters || !passes(entry.type, filter)) continue;
      const score = scoreEntry(entry, tokens);
      if (score < 0) continue;
      const used = uses.get(entry.type.type) ?? 0;
      const liking = Math.min(12, Math.log2(1 + used) * 3);
      const doubt = (entry.type.deprecated ? 25 : 0) + (entry.type.experimental ? 3 : 0);
      found.push({ type: entry.type, score: score + liking - doubt + exactness(entry.type, filter) });
    }
    found.sort((a, b) => b.score - a.score || compare(a.type.display_name, b.type.display_name));
    return found.slice(0, most).map(({ type }) => type);
  }
}

/** A bit for each letter of the alphabet. */
function lettersOf(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at) - 97;
    if (letter >= 0 && letter < 26) bits |= 1 << letter;
  }
  return bits;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** -1 if a word is found nowhere. */
function scoreEntry(entry: Entry, tokens: readonly string[]): number {
  if (tokens.length === 0) return 0;
  let score = 0;
  for (const token of tokens) {
    const best = Math.max(
      scoreText(token, entry.name),
      scoreText(token, entry.id) * 0.95,
      entry.aliases === '' ? 0 : scoreText(token, entry.aliases) * 0.8,
      entry.category.includes(token) ? 30 : 0,
      token.length > 2 && entry.description.includes(token) ? 12 : 0,
    );
    if (best === 0) return -1;
    score += best;
  }
  // What stands high in the tree of categories is what most people look for.
  const height = entry.category.includes('/') ? 0 : 6;
  return score / tokens.length + height - Math.min(8, entry.name.length * 0.06);
}

function passes(type: NodeType, filter: SearchFilter): boolean {
  const { category, takes, gives } = filter;
  if (category !== undefined && type.category !== category && !type.category.startsWith(`${category}/`))
    return false;
  if (takes !== undefined && !type.inputs.some((input) => takesType(takes, input.type, input.is_widget)))
    return false;
  return gives === undefined || type.outputs.some((output) => typesFit(output.type, gives));
}

/** Whether an input is one that a link of a type is drawn to; anything goes into no widget. */
export function takesType(given: string, wanted: string, isWidget: boolean): boolean {
  return typesFit(given, wanted) && !(isWidget && given === '*');
}

/** Types that name the wanted type itself come before those that take or give anything. */
function exactness(type: NodeType, { takes, gives }: SearchFilter): number {
  if (takes !== undefined) {
    const sockets = type.inputs.filter((input) => !input.is_widget);
    if (sockets.some((input) => input.type === takes && input.required)) return 10;
    return sockets.some((input) => input.type === takes)
      ? 6
      : type.inputs.some((input) => input.type === takes)
        ? 2
        : -10;
  }
  if (gives !== undefined) return type.outputs.some((output) => output.type === gives) ? 8 : -10;
  return 0;
}
