import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { sharedFiles } from '../../../test/corpora';
import { GraphDoc } from '../doc';
import { overlaps } from '../geometry';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../json';
import { fromApi } from './api';
import { ParseError, utf8, utf16 } from './bytes';
import { importBytes, importText } from './import';

const inflate = async (data: Uint8Array, most: number): Promise<Uint8Array> =>
  new Uint8Array(inflateSync(data, { maxOutputLength: most }));
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'utf-8'));
const workflow = JSON.stringify({ nodes: [{ id: 1, type: 'Füchs 🦊' }], links: [], version: 0.4 });

function chunk(kind: string, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(kind, 4, 'latin1');
  return new Uint8Array(Buffer.concat([head, data, Buffer.alloc(4)]));
}

function png(...chunks: Uint8Array[]): Uint8Array {
  const sign = Buffer.from('89504e470d0a1a0a', 'hex');
  return new Uint8Array(
    Buffer.concat([sign, chunk('IHDR', new Uint8Array(13)), ...chunks, chunk('IEND', new Uint8Array())]),
  );
}

function tiff(tags: readonly (readonly [number, number, Uint8Array])[], isLittle: boolean): Uint8Array {
  const table = Buffer.alloc(2 + tags.length * 12 + 4);
  const parts: Uint8Array[] = [];
  let at = 8 + table.length;
  const u16 = (value: number, place: number) =>
    isLittle ? table.writeUInt16LE(value, place) : table.writeUInt16BE(value, place);
  const u32 = (value: number, place: number) =>
    isLittle ? table.writeUInt32LE(value, place) : table.writeUInt32BE(value, place);
  u16(tags.length, 0);
  for (const [index, [tag, kind, data]] of tags.entries()) {
    const place = 2 + index * 12;
    u16(tag, place);
    u16(kind, place + 2);
    u32(data.length, place + 4);
    u32(at, place + 8);
    parts.push(data);
    at += data.length;
  }
  const head = isLittle ? Buffer.from('49492a0008000000', 'hex') : Buffer.from('4d4d002a00000008', 'hex');
  return new Uint8Array(Buffer.concat([head, table, ...parts]));
}

function webp(exif: Uint8Array): Uint8Array {
  const part = (kind: string, data: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.write(kind, 0, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const body = Buffer.concat([Buffer.from('WEBP'), part('VP8 ', new Uint8Array(11)), part('EXIF', exif)]);
  const head = Buffer.alloc(8);
  head.write('RIFF');
  head.writeUInt32LE(body.length, 4);
  return new Uint8Array(Buffer.concat([head, body]));
}

function jpeg(exif: Uint8Array): Uint8Array {
  const data = Buffer.concat([Buffer.from('Exif\0\0'), exif]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(data.length + 2, 4);
  return new Uint8Array(Buffer.concat([head, data, Buffer.from([0xff, 0xda, 0, 0])]));
}

const text = (kind: 'tEXt' | 'zTXt' | 'iTXt', key: string, value: string): Uint8Array => {
  const body =
    kind === 'tEXt'
      ? [Buffer.from(`${key}\0`), Buffer.from(value)]
      : kind === 'zTXt'
        ? [Buffer.from(`${key}\0\0`), deflateSync(Buffer.from(value))]
        : [Buffer.from(`${key}\0\x01\0\0\0`), deflateSync(Buffer.from(value))];
  return chunk(kind, new Uint8Array(Buffer.concat(body)));
};

const FILES: Record<string, Uint8Array> = {
  tEXt: png(text('tEXt', 'prompt', '{}'), text('tEXt', 'workflow', workflow)),
  zTXt: png(text('zTXt', 'workflow', workflow)),
  iTXt: png(text('iTXt', 'workflow', workflow)),
  webp: webp(
    tiff(
      [
        [271, 2, bytesOf(`workflow:${workflow}\0`)],
        [272, 2, bytesOf('prompt:{}\0')],
      ],
      true,
    ),
  ),
  jpeg: jpeg(tiff([[271, 2, bytesOf(`workflow:${workflow}\0`)]], false)),
  json: bytesOf(workflow),
};

describe('files that carry workflows', { timeout: 60_000 }, () => {
  it.each(Object.entries(FILES))('%s', async (_name, bytes) => {
    expect(await importBytes(bytes, inflate)).toEqual({ kind: 'canvas', document: JSON.parse(workflow) });
  });

  it('reads what A1111 says, in PNG, EXIF and as text', async () => {
    const words = 'a fox\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1';
    expect(await importBytes(png(text('tEXt', 'parameters', words)), inflate)).toEqual({
      kind: 'parameters',
      text: words,
    });
    const little = Buffer.from(words, 'utf16le');
    const comment = new Uint8Array(Buffer.concat([Buffer.from('UNICODE\0'), little]));
    expect(await importBytes(webp(tiff([[37510, 7, comment]], true)), inflate)).toEqual({
      kind: 'parameters',
      text: words,
    });
    const big = new Uint8Array(Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from(little).swap16()]));
    expect(await importBytes(jpeg(tiff([[37510, 7, big]], true)), inflate)).toEqual({
      kind: 'parameters',
      text: words,
    });
    expect(importText(words).kind).toBe('parameters');
  });

  it('opens wrappers, and tells formats apart', () => {
    const api = { '1': { class_type: 'A', inputs: {} } };
    expect(importText(JSON.stringify(api)).kind).toBe('api');
    expect(
      importText(
        JSON.stringify({ prompt: api, extra_data: { extra_pnginfo: { workflow: JSON.parse(workflow) } } }),
      ).kind,
    ).toBe('api');
    expect(importText(JSON.stringify({ workflow })).kind).toBe('canvas');
    expect(importText(`\uFEFF${workflow}`).kind).toBe('canvas');
    expect(() => importText('{"a":1}')).toThrow(ParseError);
    expect(() => importText('hello')).toThrow(ParseError);
    for (const { name, text: file } of sharedFiles('ui').slice(0, 80))
      expect(importText(file).kind, name).toBe('canvas');
  });

  it('throws nothing but ParseError, whatever 10,000 mutations make of files', async () => {
    let state = 11;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    const files = Object.values(FILES);
    let refused = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const source = files[round % files.length] ?? new Uint8Array();
      const length = random(4) === 0 ? random(source.length) : source.length;
      const bytes = source.slice(0, length);
      for (let count = random(6) + 1; count > 0; count -= 1)
        if (bytes.length > 0) bytes[random(bytes.length)] = random(3) === 0 ? 255 : random(256);
      try {
        await importBytes(bytes, inflate);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('believes no length', async () => {
    const huge = png();
    const lie = Buffer.from(huge);
    lie.writeUInt32BE(0xffffffff, 8);
    await expect(importBytes(new Uint8Array(lie), inflate)).rejects.toThrow(ParseError);
    const bomb = png(text('zTXt', 'workflow', ' '.repeat(70 * 2 ** 20)));
    await expect(importBytes(bomb, inflate)).rejects.toThrow(ParseError);
  });

  it('decodes texts as the platform does', () => {
    const sample = 'aé漢🦊\u0000z';
    expect(utf8(bytesOf(sample))).toBe(sample);
    expect(utf16(new Uint8Array(Buffer.from(sample, 'utf16le')), true)).toBe(sample);
    expect(utf8(new Uint8Array([0xff, 0x61, 0xc3]))).toBe('\uFFFDa\uFFFD');
  });
});

describe('API files', { timeout: 30_000 }, () => {
  const types = catalog(
    nodeType('Load', [input('name', 'COMBO', { choices: ['a'] })], ['MODEL', 'CLIP']),
    nodeType(
      'Sample',
      [input('model', 'MODEL'), input('seed', 'INT', { seed_control: true }), input('steps', 'INT')],
      ['LATENT'],
    ),
  );

  it('get slots, values, links and places', () => {
    const document = fromApi(
      parseJson(
        '{"3":{"class_type":"Load","inputs":{"name":"a"}},"5:1":{"class_type":"Sample","inputs":{"model":["3",0],"seed":18446744073709551615,"steps":["9",0]},"_meta":{"title":"Mine"}},"9":{"class_type":"Other","inputs":{"x":1,"l":[1,2,3]}}}',
      ) as JsonObject,
      types,
    );
    const doc = new GraphDoc(document);
    const [load, sample, other] = ['3', '10', '9'].map((id) => doc.graph('').nodes.get(id) ?? {});
    expect(load?.['widgets_values']).toEqual(['a']);
    expect(sample).toMatchObject({
      id: 10,
      title: 'Mine',
      widgets_values: [18446744073709551615n, 'fixed', expect.anything()],
    });
    expect(sample?.['inputs']).toEqual([
      { name: 'model', type: 'MODEL', link: 1 },
      { name: 'steps', type: 'INT', link: 2, widget: { name: 'steps' } },
    ]);
    expect(other).toMatchObject({ widgets_values: { x: 1, l: [1, 2, 3] }, outputs: [{ links: [2] }] });
    const x = (node: JsonObject | undefined) => (node?.['pos'] as number[] | undefined)?.[0] ?? 0;
    expect(x(sample)).toBeGreaterThan(x(load));
  });

  it('are laid out without overlap, whoever shared them, and can be saved', () => {
    for (const { name, text: file } of sharedFiles('api')) {
      const raw = parseJson(file);
      if (!isObject(raw)) continue;
      const document = fromApi(raw, types);
      const doc = new GraphDoc(document);
      expect(stringifyJson(doc.save()), name).toBe(stringifyJson(document));
      const boxes = [...doc.graph('').nodes.values()].map((node) => {
        const [[x = 0, y = 0], [w = 0, h = 0]] = [node['pos'] as number[], node['size'] as number[]];
        return { x, y: y - 30, w, h: h + 30 };
      });
      for (const [index, one] of boxes.entries())
        for (const two of boxes.slice(index + 1)) expect(overlaps(one, two), name).toBe(false);
    }
  });
});
