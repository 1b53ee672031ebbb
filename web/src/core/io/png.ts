// Texts in a PNG: tEXt, zTXt and iTXt chunks, by key. Chunks of any other kind are stepped over.

import { type Inflate, latin1, MOST_TEXT, ParseError, Reader, startsWith, utf8 } from './bytes';

const SIGN = '\u0089PNG\r\n\u001a\n';
const MOST_CHUNKS = 100_000;

export function isPng(bytes: Uint8Array): boolean {
  return startsWith(bytes, SIGN);
}

/** The first text of each key. A file that ends too early gives what stood before. */
export async function pngTexts(bytes: Uint8Array, inflate: Inflate): Promise<Map<string, string>> {
  if (!isPng(bytes)) throw new ParseError('is no PNG');
  const reader = new Reader(bytes);
  reader.seek(8);
  const found = new Map<string, string>();
  for (let count = 0; count < MOST_CHUNKS && reader.left >= 12; count += 1) {
    const length = reader.u32();
    const kind = reader.ascii(4);
    if (length > reader.left) break;
    const data = reader.take(length);
    reader.seek(Math.min(reader.at + 4, reader.length));
    if (kind === 'IEND') break;
    if (kind !== 'tEXt' && kind !== 'zTXt' && kind !== 'iTXt') continue;
    const text = await readText(kind, data, inflate);
    if (text !== null && !found.has(text[0])) found.set(...text);
  }
  return found;
}

async function readText(kind: string, data: Uint8Array, inflate: Inflate): Promise<[string, string] | null> {
  const end = data.indexOf(0);
  if (end < 1 || end > 79) return null;
  const key = latin1(data.subarray(0, end));
  if (kind === 'tEXt') {
    const rest = data.subarray(end + 1);
    // Programs write UTF-8 here, whatever the standard says; plain ASCII is both.
    return [key, utf8(rest)];
  }
  if (kind === 'zTXt') {
    const opened = await open(data.subarray(end + 2), inflate);
    return opened === null ? null : [key, utf8(opened)];
  }
  const isPacked = data[end + 1] === 1;
  const language = data.indexOf(0, end + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  if (translated < 0) return null;
  const rest = data.subarray(translated + 1);
  const opened = isPacked ? await open(rest, inflate) : rest;
  return opened === null ? null : [key, utf8(opened)];
}

async function open(data: Uint8Array, inflate: Inflate): Promise<Uint8Array | null> {
  try {
    return await inflate(data, MOST_TEXT);
  } catch {
    return null;
  }
}
