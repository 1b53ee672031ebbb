// Texts in PNG files, as programs that make pictures of workflows write them.

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Signature, and the header with its length, name and sum. */
const HEAD = 8 + 25;

/** The table of CRC-32, as PNG counts. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}

/** JSON in ASCII alone, which every reader of such texts takes as it is meant. */
export function asciiJson(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A PNG with a text in it (`tEXt`), before its pixels.
 *
 * @param keyword 1 to 79 letters of ASCII.
 * @param text of ASCII alone.
 * Throws RangeError for what is no PNG.
 */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  if (png.length < HEAD || SIGNATURE.some((byte, index) => png[index] !== byte))
    throw new RangeError('this is no PNG');
  const content = Uint8Array.from(`tEXt${keyword}\0${text}`, (letter) => letter.charCodeAt(0));
  const whole = new Uint8Array(png.length + content.length + 8);
  const view = new DataView(whole.buffer);
  whole.set(png.subarray(0, HEAD));
  view.setUint32(HEAD, content.length - 4);
  whole.set(content, HEAD + 4);
  view.setUint32(HEAD + 4 + content.length, crc32(content));
  whole.set(png.subarray(HEAD), HEAD + 8 + content.length);
  return whole;
}
