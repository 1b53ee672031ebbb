// Something for every screen to show: saved files with versions, runs that ended, pictures.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { textToImage } from '../fixtures/files';
import { fileOf, type Row, row } from '../fixtures/rows';
import type { Server } from './server';

const PNG_RUN = {
  '1': { class_type: 'EmptyImage', inputs: { width: 320, height: 200, batch_size: 1, color: 0x3366aa } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a long name of a picture' } },
};

/** The small model's work: a picture as people have them. */
const PICTURE = readFileSync(fileURLToPath(new URL('../../../workflows/text_to_image.jpg', import.meta.url)));

const image = (link: number | null, name = 'image') => ({ name, type: 'IMAGE', link });
const images = (...links: number[]) => ({ name: 'IMAGE', type: 'IMAGE', links });

const LOADER: Row = {
  ...{ id: 1, type: 'LoadImage', pos: [0, 0], size: [300, 320], values: ['tour.jpg', 'image'] },
  outputs: [images(), { name: 'MASK', type: 'MASK', links: null }],
};

const SUB = '11111111-2222-3333-4444-555555555555';
const PORT = { id: 'aaaaaaaa-0000-0000-0000-000000000001', name: 'image', type: 'IMAGE', linkIds: [1] };
const SOFTEN = {
  ...{ id: SUB, version: 1, name: 'Soften', groups: [], extra: {}, widgets: [], outputs: [] },
  inputs: [PORT, { ...PORT, id: 'aaaaaaaa-0000-0000-0000-000000000002', name: 'other', linkIds: [] }],
  state: { lastNodeId: 1, lastLinkId: 1, lastGroupId: 0, lastRerouteId: 0 },
  inputNode: { id: -10, bounding: [-300, 0, 120, 80] },
  outputNode: { id: -20, bounding: [500, 0, 120, 60] },
  nodes: [
    row({
      ...{ id: 1, type: 'ImageInvert', pos: [0, 0], size: [240, 80], inputs: [image(1)] },
      outputs: [images()],
    }),
  ],
  links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: 'IMAGE' }],
};

/** Saved files by name, each for stops of the tour. */
export const SAVED = {
  picture: fileOf([LOADER]),
  contested: fileOf([{ id: 1, type: 'EmptyImage', pos: [0, 0], size: [260, 130], values: [64, 64, 1, 0] }]),
  graph: fileOf(
    [
      // Of the same number and type as in the runs: their values can be loaded.
      { id: 1, type: 'EmptyImage', pos: [0, 0], size: [260, 130], values: [64, 64, 1, 0] },
      { ...LOADER, id: 2, pos: [0, 220], size: [260, 320], outputs: [images(1)] },
      {
        ...{ id: 4, type: 'KSampler', pos: [360, 0], size: [300, 262] },
        values: [1, 'fixed', 20, 8, 'euler', 'normal', 1],
      },
      { id: 5, type: 'PreviewImage', pos: [720, 420], size: [210, 120], inputs: [image(1, 'images')] },
    ],
    [[1, 2, 0, 5, 0, 'IMAGE']],
    { groups: [{ id: 1, title: 'A group', bounding: [340, -80, 340, 360], color: '#3f789e' }] },
  ),
  compared: fileOf(
    [
      ...[0xaa3333, 0x3333aa].map((colour, index): Row => {
        const [id, y] = [index + 1, index * 200];
        const values = [320, 200, 2 - index, colour];
        return { id, type: 'EmptyImage', pos: [0, y], size: [260, 130], values, outputs: [images(id)] };
      }),
      {
        ...{ id: 3, type: 'ImageCompare', pos: [360, 0], size: [400, 340] },
        inputs: [image(1, 'image_a'), image(2, 'image_b')],
      },
    ],
    [
      [1, 1, 0, 3, 0, 'IMAGE'],
      [2, 2, 0, 3, 1, 'IMAGE'],
    ],
  ),
  soften: fileOf([{ id: 1, type: SUB, pos: [0, 0], size: [240, 80], inputs: [image(null)] }], [], {
    definitions: { subgraphs: [SOFTEN] },
  }),
  broken: fileOf([
    {
      ...{ id: 1, type: 'CheckpointLoaderSimple', pos: [0, 0], size: [300, 100] },
      ...{ values: ['sd/postcard.safetensors'], outputs: [] },
      more: {
        properties: {
          models: [
            { name: 'postcard.safetensors', url: 'https://example.org/postcard', directory: 'checkpoints' },
          ],
        },
      },
    },
    {
      ...{ id: 2, type: 'Sharpen+Pro', pos: [400, 0], size: [260, 100], inputs: [image(null)] },
      ...{ outputs: [images()], values: [0.5] },
      more: { properties: { cnr_id: 'essential-pack', ver: '1.1.0' } },
    },
    {
      ...{ id: 3, type: 'KSampler', pos: [0, 240], size: [300, 262] },
      values: [1, 'fixed', 7.5, 'dpmpp_2m', 'karras', 1],
    },
  ]),
};

/** Something for every panel to show: saved files with versions, runs that ended, pictures. */
export async function furnish(server: Server): Promise<void> {
  const send = async (method: string, path: string, body: string) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${server.url}/api/v1${path}`, { method, headers, body });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  };
  const text = textToImage();
  for (const name of ['fox.json', 'portraits/red/a name that is rather long for a panel.json'])
    await send('PUT', `/workflows/files/${encodeURIComponent(name)}`, text);
  await send('PUT', '/workflows/files/fox.json', text.replace('a fox', 'two foxes'));
  await send('POST', '/workflows/files/fox.json/mark', '{"favourite":true}');
  await send('PUT', '/workflows/files/deleted.json', text);
  await send('DELETE', '/workflows/files/deleted.json', '');
  const form = new FormData();
  form.append('image', new Blob([PICTURE], { type: 'image/jpeg' }), 'tour.jpg');
  await fetch(`${server.url}/upload/image`, { method: 'POST', body: form });
  for (const [name, content] of Object.entries(SAVED))
    await send('PUT', `/workflows/files/${name}.json`, JSON.stringify(content));
  for (const color of [0x3366aa, 0xaa6633, 0x66aa33]) {
    const prompt = { ...PNG_RUN, '1': { ...PNG_RUN['1'], inputs: { ...PNG_RUN['1'].inputs, color } } };
    await send('POST', '/jobs?wait=60', JSON.stringify({ workflow: prompt }));
  }
}
