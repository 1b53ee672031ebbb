// What a file holds: a canvas document, an API prompt, the parameters of another program, or nothing of the kind.

import { asArray, asObject, type Json, type JsonObject, parseJson } from '../json';
import { isApiPrompt } from './api';
import { type Inflate, ParseError, utf8 } from './bytes';
import { exifTexts } from './exif';
import { isPng, pngTexts } from './png';
import { isJpeg, isWebp, jpegExif, webpExif } from './webp';

export type Imported =
  | { readonly kind: 'canvas'; readonly document: JsonObject }
  | { readonly kind: 'api'; readonly prompt: JsonObject }
  /** Words of A1111 and its kin; the server makes a workflow of them. */
  | { readonly kind: 'parameters'; readonly text: string };

const WRAPPERS = ['workflow', 'prompt', 'graph', 'data', 'extra_pnginfo', 'extra_data'];
const DEEPEST = 4;

/** Look into a file, whatever it is called. Throws ParseError, and nothing else. */
export async function importBytes(bytes: Uint8Array, inflate: Inflate): Promise<Imported> {
  if (isPng(bytes)) return fromTexts(await pngTexts(bytes, inflate));
  if (isWebp(bytes)) return fromExif(webpExif(bytes));
  if (isJpeg(bytes)) return fromExif(jpegExif(bytes));
  return importText(utf8(bytes));
}

export function importText(text: string): Imported {
  const clean = text.replace(/^\uFEFF/, '').trim();
  if (!clean.startsWith('{')) {
    if (isParameters(clean)) return { kind: 'parameters', text: clean };
    throw new ParseError('is no workflow');
  }
  const found = importJson(parse(clean));
  if (found === null) throw new ParseError('is no workflow');
  return found;
}

/** A workflow in JSON, also in one of the wrappers that programs put around it; null if there is none. */
export function importJson(value: Json, depth = 0): Imported | null {
  const record = asObject(value);
  if (record === null) {
    return typeof value === 'string' && depth > 0 && value.trimStart().startsWith('{') && depth < DEEPEST
      ? importJson(parse(value), depth + 1)
      : null;
  }
  if (asArray(record['nodes']) !== null) return { kind: 'canvas', document: record };
  if (isApiPrompt(record)) return { kind: 'api', prompt: record };
  if (depth >= DEEPEST) return null;
  for (const key of WRAPPERS) {
    const inner = record[key];
    const found = inner === undefined ? null : importJson(inner, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw new ParseError('is no JSON');
  }
}

function fromTexts(texts: ReadonlyMap<string, string>): Imported {
  for (const key of ['workflow', 'prompt']) {
    const found = attempt(texts.get(key));
    if (found !== null) return found;
  }
  const parameters = texts.get('parameters');
  if (parameters !== undefined && parameters.trim() !== '') return { kind: 'parameters', text: parameters };
  throw new ParseError('holds no workflow');
}

/** Tags hold `workflow:{...}`, `prompt:{...}`, or JSON, or words. */
function fromExif(data: Uint8Array | null): Imported {
  if (data === null) throw new ParseError('holds no workflow');
  const texts = new Map<string, string>();
  for (const [name, text] of exifTexts(data)) {
    const split = /^(workflow|prompt)\s*:\s*(?=\{)/i.exec(text);
    if (split !== null) texts.set((split[1] ?? '').toLowerCase(), text.slice(split[0].length));
    else if (text.startsWith('{') && !texts.has('workflow')) texts.set('workflow', text);
    else if (name === 'UserComment') texts.set('parameters', text);
  }
  return fromTexts(texts);
}

function attempt(text: string | undefined): Imported | null {
  if (text === undefined || !text.trimStart().startsWith('{')) return null;
  try {
    return importJson(parse(text.trim()));
  } catch {
    return null;
  }
}

export function isParameters(text: string): boolean {
  return /^Steps: \d+.*\b(Sampler|Seed|CFG scale): /m.test(text);
}
