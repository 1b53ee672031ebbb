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

/** Lists are opened again and again: what was made of one is kept with it. Nobody writes into either. */
const made = new WeakMap<readonly Json[], readonly Choice[]>();

export function choicesFrom(values: readonly Json[]): readonly Choice[] {
  const known = made.get(values);
  if (known !== undefined) return known;
  const choices = values.map((value) => ({
    value,
    text: typeof value === 'object' ? JSON.stringify(value) : String(value),
  }));
  made.set(values, choices);
  return choices;
}

/** The choices that a filter leaves, the best first. */
export function filterChoices(choices: readonly Choice[], query: string): readonly Choice[] {
  const tokens = tokensOf(query);
  if (tokens.length === 0) return choices;
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
  const rows: ChoiceRow[] = [];
  addFolder(rows, treeOf(choices), '', 0, isOpen);
  return rows;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly choices: { readonly choice: Choice; readonly name: string }[];
  /** Of choices in it and below. */
  count: number;
}

const trees = new WeakMap<readonly Choice[], Folder>();

function treeOf(choices: readonly Choice[]): Folder {
  const known = trees.get(choices);
  if (known !== undefined) return known;
  const root: Folder = { folders: new Map(), choices: [], count: 0 };
  // Choices of one folder mostly follow each other: the way to it is looked for once.
  let [last, way]: [string, readonly Folder[]] = ['', []];
  for (const choice of choices) {
    const end = endOfFolder(choice.text);
    const path = choice.text.slice(0, end);
    if (path !== last) [last, way] = [path, wayTo(root, path)];
    for (const folder of way) folder.count += 1;
    (way.at(-1) ?? root).choices.push({ choice, name: choice.text.slice(end) });
  }
  trees.set(choices, root);
  return root;
}

/** Where the last name of a path begins. */
function endOfFolder(text: string): number {
  return Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1;
}

/** The folders of `a/b/`, outermost first; those that are not there yet are made. */
function wayTo(root: Folder, path: string): Folder[] {
  const way: Folder[] = [];
  for (const part of path.split(/[\\/]/).slice(0, -1)) {
    const { folders } = way.at(-1) ?? root;
    const folder = folders.get(part) ?? { folders: new Map(), choices: [], count: 0 };
    folders.set(part, folder);
    way.push(folder);
  }
  return way;
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
  return text.slice(0, Math.max(0, endOfFolder(text) - 1)).replaceAll('\\', '/');
}

/** Less likeness than this is none. */
const LEAST_LIKENESS = 0.3;

/** The choices most like a value that is not among them, the nearest first. */
export function nearestChoices(value: string, choices: readonly Choice[], most = 3): Choice[] {
  const wanted = baseOf(value);
  const likeness = likenessTo(wanted);
  const near: { readonly choice: Choice; readonly score: number }[] = [];
  for (const choice of choices) {
    const base = baseOf(choice.text);
    const score = base === wanted ? 2 : likeness(base);
    if (score > LEAST_LIKENESS) near.push({ choice, score });
  }
  return near
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ choice }) => choice);
}

const ENDINGS = new Set('safetensors ckpt pt pth bin gguf png jpg jpeg webp'.split(' '));

/** The name alone, without folders and what kind of file it is. */
function baseOf(text: string): string {
  const name = text.slice(endOfFolder(text)).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot >= 0 && ENDINGS.has(name.slice(dot + 1)) ? name.slice(0, dot) : name;
}

/** How much of two texts is the same, by their pairs of letters: 0 to 1. Lists are long: no pairs are kept of the other. */
function likenessTo(one: string): (other: string) => number {
  const left = new Map<number, number>();
  const pair = (text: string, at: number) => text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);
  for (let at = 0; at < one.length - 1; at += 1) left.set(pair(one, at), (left.get(pair(one, at)) ?? 0) + 1);
  const total = Math.max(0, one.length - 1);
  return (other) => {
    const all = total + Math.max(0, other.length - 1);
    const taken: number[] = [];
    for (let at = 0; at < other.length - 1; at += 1) {
      const code = pair(other, at);
      const count = left.get(code) ?? 0;
      if (count === 0) continue;
      left.set(code, count - 1);
      taken.push(code);
    }
    for (const code of taken) left.set(code, (left.get(code) ?? 0) + 1);
    return all === 0 ? 0 : (2 * taken.length) / all;
  };
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
