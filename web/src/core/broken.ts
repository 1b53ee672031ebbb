// Where a text that is no JSON breaks: what browsers say of it differs, and is of the text as it was handed to them.

/** A text is no JSON, from this place on. */
export class BrokenJson extends SyntaxError {
  /** From 1. */
  readonly line: number;
  /** From 1, in letters. */
  readonly column: number;
  /** What stands there, up to the end of the line at most; empty at the end of a line. */
  readonly found: string;
  /** The text ends before its JSON does; the place is its end. */
  readonly isCut: boolean;

  constructor({ line, column, found, isCut }: Place) {
    super(`No JSON at line ${line}, column ${column}`);
    this.line = line;
    this.column = column;
    this.found = found;
    this.isCut = isCut;
  }
}

type Place = Pick<BrokenJson, 'line' | 'column' | 'found' | 'isCut'>;

type State = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'rest';
interface Read {
  readonly end: number;
  readonly isWhole: boolean;
}

const MOST_SHOWN = 20;
const SPACE = /[ \t\n\r]*/y;
const WORD = /[-+.\w]*/y;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** What a number may be cut off to. */
const NUMBER_CUT = /^-?((0|[1-9]\d*)(\.\d*)?([eE][+-]?)?)?$/;
/** The last three stand in what Python writes, and are read. */
const WORDS = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'];
const ESCAPE = /\\(["\\/bfnrt]|u[\da-fA-F]{4})/y;
const ESCAPE_CUT = /\\(u[\da-fA-F]{0,3})?$/y;

/** Where it breaks; null if nothing is found. */
export function findBreak(text: string): BrokenJson | null {
  const open: string[] = [];
  let state: State = 'value';
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at).length;
    const letter = text.charAt(at);
    if (state === 'rest' && open.length === 0) return at === text.length ? null : brokenAt(text, at);
    if (at === text.length) return brokenAt(text, at);
    if (letter === open.at(-1) && (state === 'rest' || state.startsWith('first'))) {
      open.pop();
      state = 'rest';
      at += 1;
    } else if (state === 'rest' || state === 'colon') {
      if (letter !== (state === 'rest' ? ',' : ':')) return brokenAt(text, at);
      state = state === 'rest' && open.at(-1) === '}' ? 'key' : 'value';
      at += 1;
    } else if (letter === '"') {
      const { end, isWhole } = readString(text, at);
      if (!isWhole) return brokenAt(text, end);
      at = end;
      state = state.endsWith('key') ? 'colon' : 'rest';
    } else if (state.endsWith('key')) {
      return brokenAt(text, at);
    } else if (letter === '{' || letter === '[') {
      open.push(letter === '{' ? '}' : ']');
      state = letter === '{' ? 'first key' : 'first value';
      at += 1;
    } else {
      const { end, isWhole } = readWord(text, at);
      if (!isWhole) return brokenAt(text, end);
      at = end;
      state = 'rest';
    }
  }
}

/** Its end, or where it breaks. */
function readString(text: string, start: number): Read {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 34) return { end: at + 1, isWhole: true };
    // Letters that are no part of texts as they are, the end of a line among them; `NaN`: the end of all.
    if (code < 32 || Number.isNaN(code)) return { end: at, isWhole: false };
    const length = code === 92 ? matchAt(ESCAPE, text, at).length : 1;
    if (length === 0) return { end: matchAt(ESCAPE_CUT, text, at) === '' ? at : text.length, isWhole: false };
    at += length;
  }
}

function readWord(text: string, start: number): Read {
  const word = matchAt(WORD, text, start);
  const end = start + word.length;
  if (NUMBER.test(word) || WORDS.includes(word)) return { end, isWhole: true };
  const isPart = NUMBER_CUT.test(word) || WORDS.some((whole) => whole.startsWith(word));
  return { end: isPart && end === text.length ? end : start, isWhole: false };
}

function matchAt(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}

function brokenAt(text: string, place: number): BrokenJson {
  const isCut = place === text.length;
  const at = isCut ? text.trimEnd().length : place;
  let [line, start] = [1, 0];
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  const [found = ''] = text.slice(place, place + MOST_SHOWN).split(/[\r\n]/, 1);
  return new BrokenJson({ line, column: [...text.slice(start, at)].length + 1, found, isCut });
}
