// Where WebP and JPEG keep their EXIF.

import { ParseError, Reader, startsWith } from './bytes';

const MOST_PARTS = 10_000;

export function isWebp(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8);
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** The EXIF part of a WebP; null if it has none. */
export function webpExif(bytes: Uint8Array): Uint8Array | null {
  if (!isWebp(bytes)) throw new ParseError('is no WebP');
  const reader = new Reader(bytes, true);
  reader.seek(12);
  for (let count = 0; count < MOST_PARTS && reader.left >= 8; count += 1) {
    const kind = reader.ascii(4);
    const length = reader.u32();
    if (length > reader.left) return null;
    const data = reader.take(length);
    if (kind === 'EXIF') return data;
    if (length % 2 === 1 && reader.left > 0) reader.take(1);
  }
  return null;
}

/** The EXIF part of a JPEG; null if it has none. */
export function jpegExif(bytes: Uint8Array): Uint8Array | null {
  if (!isJpeg(bytes)) throw new ParseError('is no JPEG');
  const reader = new Reader(bytes);
  reader.seek(2);
  for (let count = 0; count < MOST_PARTS && reader.left >= 4; count += 1) {
    if (reader.u8() !== 0xff) return null;
    let mark = reader.u8();
    while (mark === 0xff && reader.left > 0) mark = reader.u8();
    // The picture itself begins: nothing comes after it that we want.
    if (mark === 0xda || mark === 0xd9) return null;
    const length = reader.u16();
    if (length < 2 || length - 2 > reader.left) return null;
    const data = reader.take(length - 2);
    if (mark === 0xe1 && startsWith(data, 'Exif\u0000\u0000')) return data;
  }
  return null;
}
