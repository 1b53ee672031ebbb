// Finding node types by a few letters: every word of the query must be found, names count more than categories, what is
// used often comes first.

import type { NodeType } from './catalog';
import { typesFit } from './typecheck';
import { usualness } from './usual';

/** A query as the words that all must be found. */
export function tokensOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/[\s_\-/.,:]+/)
    .filter((token) => token !== '');
}

const BREAKS = new Set([...' \t\n_-/.,:()[]|\\'].map((character) => character.charCodeAt(0)));

/** Whether a word ends before a place or begins at it; the ends of a text do both. */
function isBreak(text: string, at: number): boolean {
  return at < 0 || at >= text.length || BREAKS.has(text.charCodeAt(at));
}

/**
 * How well a word of a query is found in a text (both lower case): 0 if not at all, 45 within a word, more where a word
 * begins, 100 if they are the same.
 */
function wholeScore(token: string, text: string): number {
  const at = text.indexOf(token);
  if (at < 0) return 0;
  if (at === 0) return text.length === token.length ? 100 : isBreak(text, token.length) ? 90 : 82;
  let best = 45;
  let place = at;
  for (let turn = 0; turn < 6 && place >= 0; turn += 1) {
    if (isBreak(text, place - 1)) {
      if (isBreak(text, place + token.length)) return 80;
      best = 70;
    }
    place = text.indexOf(token, place + 1);
  }
  return best;
}

/** The better of what the word itself and its scattered letters give. */
export function scoreText(token: string, text: string): number {
  return Math.max(wholeScore(token, text), scatteredScore(token, text));
}

const MOST_SCATTERED = 40;

/** The letters in their order with others between them; the closer together, the better. */
function scatteredScore(token: string, text: string): number {
  if (token.length < 2) return 0;
  let [first, last, starts] = [-1, -1, 0];
  for (const letter of token) {
    const at = text.indexOf(letter, last + 1);
    if (at < 0) return 0;
    if (first < 0) first = at;
    if (isBreak(text, at - 1)) starts += 1;
    last = at;
  }
  if (starts === token.length) return MOST_SCATTERED;
  const spread = last - first + 1;
  return spread > token.length * 3 ? 0 : Math.max(4, 26 * (token.length / spread));
}

/** `KSamplerAdvanced` as `ksampleradvanced k sampler advanced`. */
function wordsOf(name: string): string {
  const split = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  const lower = name.toLowerCase();
  return split === name ? lower : `${lower} ${split.toLowerCase()}`;
}

/** A text to look into, with the letters that are in it at all. */
interface Text {
  readonly text: string;
  readonly letters: number;
}

interface Entry {
  readonly type: NodeType;
  readonly name: Text;
  readonly id: Text;
  readonly aliases: Text;
  readonly category: string;
  readonly description: string;
  /** Of all of it. */
  readonly letters: number;
}

/** A word of a query. */
type Token = Text;

export interface SearchFilter {
  /** A category, with those below it. */
  readonly category?: string;
  /** Only types that take this. */
  readonly takes?: string;
  /** Only types that give this. */
  readonly gives?: string;
}

export class NodeSearch {
  /** By name, which decides between those that are found equally well. */
  readonly #entries: readonly Entry[];
  /** The letters of each, side by side: most entries are passed over by them alone, with every key. */
  readonly #letters: Int32Array;

  constructor(types: Iterable<NodeType>) {
    this.#entries = [...types].map(entryOf).sort((a, b) => compare(a.type.display_name, b.type.display_name));
    this.#letters = Int32Array.from(this.#entries, ({ letters }) => letters);
  }

  /** The best types for a query; for an empty one, those used most, then the usual ones, then by name. */
  find(query: string, filter: SearchFilter, uses: ReadonlyMap<string, number>, most = 100): NodeType[] {
    const tokens = tokensOf(query).map(textOf);
    const letters = tokens.reduce((bits, token) => bits | token.letters, 0);
    const found: Found[] = [];
    for (let at = 0; at < this.#entries.length; at += 1) {
      if (((this.#letters[at] ?? 0) & letters) !== letters) continue;
      const entry = this.#entries[at];
      if (entry === undefined || !passes(entry.type, filter)) continue;
      const score = scoreEntry(entry, tokens);
      if (score < 0) continue;
      const used = uses.get(entry.type.type) ?? 0;
      const liking = Math.min(12, Math.log2(1 + used) * 3);
      const usual = tokens.length === 0 ? usualness(entry.type.type) : 0;
      const doubt = (entry.type.deprecated ? 25 : 0) + (entry.type.experimental ? 3 : 0);
      found.push({
        type: entry.type,
        score: score + liking + usual - doubt + exactness(entry.type, filter),
      });
    }
    return bestOf(found, most).map(({ type }) => type);
  }
}

interface Found {
  readonly type: NodeType;
  readonly score: number;
}

/** The best, best first; of those that are equal, the first first. Only they are sorted: a letter finds thousands. */
function bestOf(found: readonly Found[], most: number): Found[] {
  const least = Float64Array.from(found, ({ score }) => score).sort()[found.length - most] ?? -Infinity;
  return found
    .filter(({ score }) => score >= least)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
}

function entryOf(type: NodeType): Entry {
  const name = textOf(wordsOf(type.display_name));
  const id = textOf(wordsOf(type.type));
  const aliases = textOf(type.search_aliases.join(' | ').toLowerCase());
  const category = type.category.toLowerCase();
  const description = type.description.toLowerCase();
  const letters = name.letters | id.letters | aliases.letters | lettersOf(category + description);
  return { type, name, id, aliases, category, description, letters };
}

function textOf(text: string): Text {
  return { text, letters: lettersOf(text) };
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

const ID_WEIGHT = 0.95;
const ALIAS_WEIGHT = 0.8;

/** -1 if a word is found nowhere. */
function scoreEntry(entry: Entry, tokens: readonly Token[]): number {
  if (tokens.length === 0) return 0;
  let score = 0;
  for (const token of tokens) {
    const best = scoreToken(entry, token);
    if (best === 0) return -1;
    score += best;
  }
  // What stands high in the tree of categories is what most people look for.
  const height = entry.category.includes('/') ? 0 : 6;
  return score / tokens.length + height - Math.min(8, entry.name.text.length * 0.06);
}

function scoreToken({ name, id, aliases, category, description }: Entry, token: Token): number {
  const { text } = token;
  const whole = Math.max(
    wholeIn(token, name),
    wholeIn(token, id) * ID_WEIGHT,
    wholeIn(token, aliases) * ALIAS_WEIGHT,
    category.includes(text) ? 30 : 0,
    text.length > 2 && description.includes(text) ? 12 : 0,
  );
  const byName = withScattered(whole, token, name, 1);
  const byId = withScattered(byName, token, id, ID_WEIGHT);
  return withScattered(byId, token, aliases, ALIAS_WEIGHT);
}

function canHold({ letters }: Text, token: Token): boolean {
  return (letters & token.letters) === token.letters;
}

function wholeIn(token: Token, place: Text): number {
  return canHold(place, token) ? wholeScore(token.text, place.text) : 0;
}

/** Looked for only where it can be more than what was found. */
function withScattered(best: number, token: Token, place: Text, weight: number): number {
  if (best >= MOST_SCATTERED * weight || !canHold(place, token)) return best;
  return Math.max(best, scatteredScore(token.text, place.text) * weight);
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
