// Prompt text: weights like `(red fox:1.2)`, and brackets that belong together.

export interface Edited {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WEIGHTED = /^\((.*):(-?\d*\.?\d+)\)$/s;
const WORD_END = /[\s,.;:()[\]{}<>|"]/;

/** Change the weight of what is selected, or of the word at the caret. */
export function changeWeight(text: string, start: number, end: number, by: number): Edited {
  let [from, to] = start === end ? wordAt(text, start) : trimmed(text, start, end);
  if (from === to) return { text, start, end };
  const around = enclosing(text, from, to);
  if (around !== null) [from, to] = around;
  const inner = text.slice(from, to);
  const found = WEIGHTED.exec(inner);
  const words = found?.[1] ?? inner;
  const weight = Math.round(((found === null ? 1 : Number(found[2])) + by) * 100) / 100;
  const next = Math.abs(weight - 1) < 0.001 ? words : `(${words}:${weight.toFixed(2).replace(/0$/, '')})`;
  const shift = next === words ? 0 : 1;
  return {
    text: text.slice(0, from) + next + text.slice(to),
    start: from + shift,
    end: from + shift + words.length,
  };
}

function wordAt(text: string, at: number): [number, number] {
  let [from, to] = [at, at];
  while (from > 0 && !WORD_END.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && !WORD_END.test(text[to] ?? '')) to += 1;
  return [from, to];
}

function trimmed(text: string, start: number, end: number): [number, number] {
  let [from, to] = [start, end];
  while (from < to && /\s/.test(text[from] ?? '')) from += 1;
  while (to > from && /\s/.test(text[to - 1] ?? '')) to -= 1;
  return [from, to];
}

/** The `(…:1.2)` whose words are exactly, or include, what is selected. */
function enclosing(text: string, from: number, to: number): [number, number] | null {
  if (WEIGHTED.test(text.slice(from, to))) return null;
  const open = text.lastIndexOf('(', from);
  if (open < 0) return null;
  const pair = bracketPair(text, open);
  if (pair === null || pair.other < to || pair.other < 0) return null;
  const whole = text.slice(open, pair.other + 1);
  const found = WEIGHTED.exec(whole);
  return found !== null && from > open && to <= open + 1 + (found[1]?.length ?? 0)
    ? [open, pair.other + 1]
    : null;
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };

/** The bracket at a place and its other half (-1 if there is none); null if no bracket is there. */
export function bracketPair(
  text: string,
  at: number,
): { readonly at: number; readonly other: number } | null {
  const character = text[at] ?? '';
  const [closer, opener] = [PAIRS[character], OPENERS[character]];
  if (closer === undefined && opener === undefined) return null;
  if (text[at - 1] === '\\') return null;
  const step = closer !== undefined ? 1 : -1;
  const mate = closer ?? opener;
  let depth = 0;
  for (let place = at; place >= 0 && place < text.length; place += step) {
    if (text[place - 1] === '\\') continue;
    if (text[place] === character) depth += 1;
    else if (text[place] === mate) depth -= 1;
    if (depth === 0) return { at, other: place };
  }
  return { at, other: -1 };
}

/** The bracket before or after the caret with its other half. */
export function bracketsAt(
  text: string,
  caret: number,
): { readonly at: number; readonly other: number } | null {
  return bracketPair(text, caret - 1) ?? bracketPair(text, caret);
}
