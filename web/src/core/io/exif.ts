// Texts in EXIF, as JPEG and WebP carry it: Make, Model, ImageDescription and UserComment. ComfyUI writes
// `workflow:{...}` and `prompt:{...}` into the first two; A1111 its parameters into the last.

import { latin1, ParseError, Reader, startsWith, utf8, utf16 } from './bytes';

const NAMES: Readonly<Record<number, string>> = {
  270: 'ImageDescription',
  271: 'Make',
  272: 'Model',
  37510: 'UserComment',
};
const EXIF_POINTER = 34665;
const MOST_ENTRIES = 1000;
const MOST_BYTES = 64 * 2 ** 20;
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 9: 4, 10: 8 };

/** Texts by name of the tag. Throws ParseError where the structure is broken. */
export function exifTexts(bytes: Uint8Array): Map<string, string> {
  const data = startsWith(bytes, 'Exif\u0000\u0000') ? bytes.subarray(6) : bytes;
  const isLittle = startsWith(data, 'II');
  if (!isLittle && !startsWith(data, 'MM')) throw new ParseError('is no EXIF');
  const reader = new Reader(data, isLittle);
  reader.seek(2);
  if (reader.u16() !== 42) throw new ParseError('is no EXIF');
  const found = new Map<string, string>();
  const seen = new Set<number>();
  const waiting = [reader.u32()];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at) || seen.size > 8) continue;
    seen.add(at);
    readDirectory(reader, at, found, waiting);
  }
  return found;
}

function readDirectory(reader: Reader, at: number, found: Map<string, string>, waiting: number[]): void {
  reader.seek(at);
  const count = Math.min(reader.u16(), MOST_ENTRIES);
  for (let index = 0; index < count && reader.left >= 12; index += 1) {
    reader.seek(at + 2 + index * 12);
    const [tag, kind, amount] = [reader.u16(), reader.u16(), reader.u32()];
    const name = NAMES[tag];
    if (tag === EXIF_POINTER) waiting.push(reader.u32());
    if (name === undefined) continue;
    const size = (SIZES[kind] ?? 0) * amount;
    if (size <= 0 || size > MOST_BYTES) continue;
    if (size > 4) reader.seek(reader.u32());
    const value = reader.take(size);
    const text = tag === 37510 ? comment(value, reader.isLittle) : trimmed(utf8(value));
    if (text !== '' && !found.has(name)) found.set(name, text);
  }
}

function comment(value: Uint8Array, isLittle: boolean): string {
  const rest = value.subarray(8);
  if (startsWith(value, 'UNICODE')) {
    // Some write the other order of bytes than the file has: letters of our alphabets have a zero high byte.
    const highsFirst = rest.length > 1 && rest[0] === 0 && rest[1] !== 0;
    const lowsFirst = rest.length > 1 && rest[0] !== 0 && rest[1] === 0;
    return trimmed(utf16(rest, lowsFirst || (isLittle && !highsFirst)));
  }
  if (startsWith(value, 'ASCII')) return trimmed(latin1(rest));
  return trimmed(utf8(value.subarray(0, 8).every((byte) => byte === 0) ? rest : value));
}

function trimmed(text: string): string {
  const end = text.indexOf('\u0000');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
