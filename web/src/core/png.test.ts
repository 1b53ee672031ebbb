import { deflateSync, crc32 as zlibCrc } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asciiJson, crc32, withText } from './png';

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), content]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  ...[chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.from([0, 7]))), chunk('IEND', Buffer.alloc(0))],
]);

/** Name and content of each chunk; every sum is right. */
function chunksOf(png: Uint8Array): [string, string][] {
  const data = Buffer.from(png);
  const found: [string, string][] = [];
  for (let at = 8; at < data.length; ) {
    const size = data.readUInt32BE(at);
    const body = data.subarray(at + 4, at + 8 + size);
    expect(data.readUInt32BE(at + 8 + size)).toBe(crc32(body));
    found.push([body.toString('latin1', 0, 4), body.toString('latin1', 4)]);
    at += size + 12;
  }
  return found;
}

describe('texts in PNG files', () => {
  it('stand between the header and the pixels, which stay as they are', () => {
    const json = asciiJson(JSON.stringify({ title: 'Füchse 🦊 \u007f' }));
    const chunks = chunksOf(withText(PNG, 'workflow', json));
    expect(chunks.map(([name]) => name)).toEqual(['IHDR', 'tEXt', 'IDAT', 'IEND']);
    const [keyword, text] = chunks[1]?.[1].split('\0') ?? [];
    expect(keyword).toBe('workflow');
    expect(JSON.parse(text ?? '')).toEqual({ title: 'Füchse 🦊 \u007f' });
    expect([...chunks].toSpliced(1, 1)).toEqual(chunksOf(PNG));
  });

  it('are summed as everybody does', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(PNG)).toBe(zlibCrc?.(PNG) ?? crc32(PNG));
  });

  it('go into nothing else', () => {
    expect(() => withText(new Uint8Array(4), 'a', 'b')).toThrow(RangeError);
    expect(() => withText(new Uint8Array(100), 'a', 'b')).toThrow(RangeError);
  });
});
