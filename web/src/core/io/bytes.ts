// Reading bytes that may be anything: every read is within bounds or a ParseError, nothing else is ever thrown.

export class ParseError extends Error {
  override readonly name = 'ParseError';
}

/** How a deflated stream is opened; the page has one, tests have another. Rejects or throws on bad data. */
export type Inflate = (data: Uint8Array, most: number) => Promise<Uint8Array>;

/** Texts of one file at most this large, opened. */
export const MOST_TEXT = 64 * 2 ** 20;

export class Reader {
  readonly #bytes: Uint8Array;
  at = 0;
  /** Whether numbers begin with their low byte. */
  isLittle: boolean;

  constructor(bytes: Uint8Array, isLittle = false) {
    this.#bytes = bytes;
    this.isLittle = isLittle;
  }

  get length(): number {
    return this.#bytes.length;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  seek(at: number): void {
    if (!(at >= 0 && at <= this.#bytes.length)) throw new ParseError('points outside the file');
    this.at = at;
  }

  take(count: number): Uint8Array {
    if (!(count >= 0) || count > this.left) throw new ParseError('ends too early');
    const part = this.#bytes.subarray(this.at, this.at + count);
    this.at += count;
    return part;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u16(): number {
    const [one, two] = [this.u8(), this.u8()];
    return this.isLittle ? one + two * 256 : one * 256 + two;
  }

  u32(): number {
    const [one, two] = [this.u16(), this.u16()];
    return this.isLittle ? one + two * 65536 : one * 65536 + two;
  }

  ascii(count: number): string {
    return latin1(this.take(count));
  }
}

export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** UTF-8; what is none becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const more =
      first < 0x80
        ? 0
        : first >= 0xf0 && first < 0xf5
          ? 3
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xc2 && first < 0xe0
              ? 1
              : -1;
    let code = more === 0 ? first : more === 1 ? first & 0x1f : more === 2 ? first & 0x0f : first & 0x07;
    let isGood = more >= 0;
    for (let step = 1; step <= more && isGood; step += 1) {
      const next = bytes[at + step] ?? 0;
      if ((next & 0xc0) !== 0x80) isGood = false;
      else code = code * 64 + (next & 0x3f);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) isGood = false;
    codes.push(isGood ? code : 0xfffd);
    at += isGood ? more + 1 : 1;
    if (codes.length >= 4096) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  return parts.join('') + String.fromCodePoint(...codes);
}

export function utf16(bytes: Uint8Array, isLittle: boolean): string {
  const parts: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 8192) {
    const end = Math.min(bytes.length - 1, at + 8192);
    const units: number[] = [];
    for (let place = at; place < end; place += 2) {
      const [one, two] = [bytes[place] ?? 0, bytes[place + 1] ?? 0];
      units.push(isLittle ? one + two * 256 : one * 256 + two);
    }
    parts.push(String.fromCharCode(...units));
  }
  return parts.join('');
}

export function startsWith(bytes: Uint8Array, sign: string, at = 0): boolean {
  return [...sign].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
}
