// Lists to choose from: filtering, folders, and what is nearest to a value that is not in the list.

import type { Json } from './json';
import { scoreText, tokensOf } from './search';

export interface Choice {
  readonly value: Json;
  readonly text: string;
}

export type ChoiceRow =
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly depth: number;
      readonly isOpen: boolean;
      readonly count: number;
    }
  | { readonly kind: 'choice'; readonly choice: Choice; readonly name: string; readonly depth: number };

export function choicesFrom(values: readonly Json[]): Choice[] {
  return values.map((value) => ({
    value,
    text: typeof value === 'object' ? JSON.stringify(value) : String(value),
  }));
}

/** The choices that a filter leaves, the best first. */
export function filterChoices(choices: readonly Choice[], query: string): Choice[] {
  const tokens = tokensOf(query);
  if (tokens.length === 0) return [...choices];
  const scored: { choice: Choice; score: number; place: number }[] = [];
  for (const [place, choice] of choices.entries()) {
    const text = choice.text.toLowerCase();
    let score = 0;
    for (const token of tokens) {
      const one = scoreText(token, text);
      if (one === 0) {
        score = 0;
        break;
      }
      score += one;
    }
    if (score > 0) scored.push({ choice, score, place });
  }
  scored.sort((a, b) => b.score - a.score || a.place - b.place);
  return scored.map(({ choice }) => choice);
}

/** As a tree of folders, of which some are open; without folders, as a plain list. */
export function choiceRows(choices: readonly Choice[], isOpen: (folder: string) => boolean): ChoiceRow[] {
  const root: Folder = { folders: new Map(), choices: [], count: 0 };
  for (const choice of choices) {
    const parts = choice.text.split(/[\\/]/);
    let folder = root;
    for (const part of parts.slice(0, -1)) {
      let next = folder.folders.get(part);
      if (next === undefined) {
        next = { folders: new Map(), choices: [], count: 0 };
        folder.folders.set(part, next);
      }
      next.count += 1;
      folder = next;
    }
    folder.choices.push({ choice, name: parts.at(-1) ?? choice.text });
  }
  const rows: ChoiceRow[] = [];
  addFolder(rows, root, '', 0, isOpen);
  return rows;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly choices: { readonly choice: Choice; readonly name: string }[];
  count: number;
}

function addFolder(
  rows: ChoiceRow[],
  folder: Folder,
  path: string,
  depth: number,
  isOpen: (path: string) => boolean,
): void {
  for (const [name, child] of folder.folders) {
    const own = path === '' ? name : `${path}/${name}`;
    const open = isOpen(own);
    rows.push({ kind: 'folder', path: own, name, depth, isOpen: open, count: child.count });
    if (open) addFolder(rows, child, own, depth + 1, isOpen);
  }
  for (const { choice, name } of folder.choices) rows.push({ kind: 'choice', choice, name, depth });
}

/** The folder of a choice; '' if it is in none. */
export function folderOf(text: string): string {
  return text.split(/[\\/]/).slice(0, -1).join('/');
}

/** The choices most like a value that is not among them, the nearest first. */
export function nearestChoices(value: string, choices: readonly Choice[], most = 3): Choice[] {
  const wanted = baseOf(value);
  const pairs = pairsOf(wanted);
  return choices
    .map((choice) => {
      const base = baseOf(choice.text);
      return { choice, score: base === wanted ? 2 : likeness(pairs, pairsOf(base)) };
    })
    .filter(({ score }) => score > 0.3)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ choice }) => choice);
}

function baseOf(text: string): string {
  const name = text.split(/[\\/]/).at(-1) ?? text;
  return name.replace(/\.(safetensors|ckpt|pt|pth|bin|gguf|png|jpe?g|webp)$/i, '').toLowerCase();
}

function pairsOf(text: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 0; at < text.length - 1; at += 1) {
    const pair = text.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

function likeness(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let [shared, total] = [0, 0];
  for (const [pair, count] of one) {
    shared += Math.min(count, other.get(pair) ?? 0);
    total += count;
  }
  for (const count of other.values()) total += count;
  return total === 0 ? 0 : (2 * shared) / total;
}

/** What files of early 2023 put before the names of samplers. */
const OLD_SAMPLER = 'sample_';

/** Long lists are looked into for every field that is drawn. */
const texts = new WeakMap<readonly Json[], ReadonlySet<string>>();

function textsOf(choices: readonly Json[]): ReadonlySet<string> {
  const known = texts.get(choices);
  if (known !== undefined) return known;
  const made = new Set(choices.filter((choice) => typeof choice !== 'object').map(slashed));
  texts.set(choices, made);
  return made;
}

const slashed = (value: Json) => String(value).replaceAll('\\', '/');

/**
 * Whether a value means one of the choices for certain, by the same rules as the server (engine/graph/values.py): also as
 * a text, with slashes of another system, or by an old name. A file in another folder is a guess, and not meant here.
 */
export function meansChoice(value: Json, choices: readonly Json[]): boolean {
  if (typeof value === 'object') return choices.includes(value);
  const known = textsOf(choices);
  const text = slashed(value);
  return known.has(text) || (text.startsWith(OLD_SAMPLER) && known.has(text.slice(OLD_SAMPLER.length)));
}
