// Pictures as they are shown: compared by an edge that ends with them, written anew under the same name, and in the picture
// of the whole graph.

import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { t } from '../src/i18n/t';
import { addPack } from './fixtures/packs';
import { picture as onePicture } from './fixtures/pictures';
import { fileOf, type Row } from './fixtures/rows';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import type { Server } from './harness/server';
import { rested } from './harness/settle';
import { byPalette, openPanel } from './harness/steps';

const LONG = { timeout: 40_000 };

let server: Server;
let page: Page;
let graph: GraphPage;

eachOnOwnPage(
  (bench) => {
    ({ server, page, graph } = bench);
  },
  { prepare: (base) => addPack(base, 'trials') },
);

vi.setConfig({ testTimeout: 120_000 });

const file = (nodes: readonly Row[], links: readonly unknown[] = []) => JSON.stringify(fileOf(nodes, links));

const RED = 0xcc2222;
/** A picture of one colour, and where it goes. */
const picture = (id: number, y: number, [width, height]: readonly [number, number], colour = RED): Row => ({
  ...{ id, type: 'EmptyImage', pos: [0, y], size: [260, 130], values: [width, height, 1, colour] },
  outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [id] }],
});
const image = (name: string, link: number) => ({ name, type: 'IMAGE', link });

const done = () =>
  page
    .getByText(/^Done in /)
    .first()
    .waitFor(LONG);

/** How bright a picture is, as the page shows it. */
const shadeOf = (shown: Locator) =>
  shown.evaluate(async (element) => {
    const bitmap = await createImageBitmap(element as HTMLImageElement);
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0, 1, 1);
    return context?.getImageData(0, 0, 1, 1).data[0] ?? -1;
  });

async function rectOf(of: Locator) {
  const rect = await of.boundingBox();
  if (rect === null) throw new Error(`not on the screen: ${of}`);
  return rect;
}

it.each([
  { name: 'wide ones', a: [320, 80], b: [320, 80], ratio: 4 },
  { name: 'high ones', a: [80, 320], b: [80, 320], ratio: 0.25 },
  // As large as both together: 4 wide by 1 high, and 1 by 1.
  { name: 'a wide and a square one', a: [320, 80], b: [128, 128], ratio: null },
] as const)('the edge between two pictures ends where they end: $name', async ({ a, b, ratio }) => {
  await graph.open(
    'compared',
    file(
      [
        picture(1, 0, a),
        picture(2, 200, b, 0x2222cc),
        {
          ...{ id: 3, type: 'ImageCompare', pos: [360, 0], size: [400, 400] },
          inputs: [image('image_a', 1), image('image_b', 2)],
        },
      ],
      [
        [1, 1, 0, 3, 0, 'IMAGE'],
        [2, 2, 0, 3, 1, 'IMAGE'],
      ],
    ),
  );
  await graph.press('Control+Enter');
  await done();
  const pair = graph.byId(3).locator('[data-pair]');
  const edge = graph.byId(3).locator('[data-edge]');
  const stage = () => rectOf(pair.locator('..'));
  await expect
    .poll(async () => {
      const [frame, room] = [await rectOf(pair), await stage()];
      if (ratio !== null) return Math.abs(frame.width / frame.height / ratio - 1) < 0.03;
      return Math.abs(frame.width - room.width) < 1 && frame.height > room.height - 1;
    })
    .toBe(true);
  const [line, frame, room] = [await rectOf(edge), await rectOf(pair), await stage()];
  expect([line.y - frame.y, line.height - frame.height].every((each) => Math.abs(each) < 1)).toBe(true);
  expect(frame.y).toBeGreaterThanOrEqual(room.y - 1);
  expect(frame.height).toBeLessThanOrEqual(room.height + 1);
  await pair.getByRole('slider').press('End');
  await expect.poll(async () => Math.abs((await rectOf(edge)).x - (frame.x + frame.width))).toBeLessThan(3);
});

it('a file that a run writes over is shown as it is now, near and from afar', async () => {
  const path = join(server.base, 'output', 'poster.png');
  await graph.open(
    'poster',
    file([{ id: 1, type: 'TrialPoster', pos: [0, 0], size: [300, 320], values: [path, 10] }]),
  );
  const asked: URL[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/view') asked.push(url);
  });
  const shown = graph.byId(1).locator('img');
  const shade = () => shadeOf(shown);
  await graph.press('Control+Enter');
  await shown.waitFor(LONG);
  await expect.poll(shade).toBeLessThan(30);
  await page.mouse.move(960, 540);
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, 100);
  const small = (version: string | null) =>
    asked.filter(
      (url) => Number(url.searchParams.get('size')) <= 256 && url.searchParams.get('v') === version,
    );
  await expect.poll(() => small(null).length, { timeout: 20_000 }).toBe(1);
  // Another picture under its name, while it is painted from afar.
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, -100);
  await graph.byId(1).locator('[data-widget="shade"]').getByRole('spinbutton').click();
  await graph.press('Control+a');
  await page.keyboard.type('200');
  await graph.press('Enter');
  await page.mouse.move(960, 540);
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, 100);
  await graph.canvas.focus();
  await graph.press('Control+Enter');
  await expect.poll(() => small('1').length, { timeout: 40_000 }).toBe(1);
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, -100);
  await shown.waitFor();
  await expect.poll(shade).toBeGreaterThan(180);
});

it('a file that another program writes over is shown as it is now once the user is back, on nodes and in the gallery', async () => {
  const folders = ['input', 'output'].map((name) => join(server.base, name));
  const [input = '', output = ''] = folders.map((folder) => join(folder, 'swatch.png'));
  /** As programs do it that write into the file itself: its folder tells nothing of that. */
  const write = (path: string, grey: number) => {
    const bytes = onePicture(64, 64, '', grey);
    const file = openSync(path, existsSync(path) ? 'r+' : 'w');
    ftruncateSync(file, 0);
    writeSync(file, bytes);
    closeSync(file);
  };
  for (const [index, path] of [input, output].entries()) {
    write(path, 10);
    const long = Date.now() / 1000 - 3600;
    utimesSync(path, long, long);
    utimesSync(folders[index] ?? '', long, long);
  }
  await page.reload();
  const isKnown = page.waitForResponse((response) => response.url().endsWith('/api/v1/files/versions'));
  await graph.open(
    'swatches',
    file([{ id: 1, type: 'LoadImage', pos: [0, 0], size: [300, 320], values: ['swatch.png', 'image'] }]),
  );
  const onNode = graph.byId(1).locator('img').last();
  await expect.poll(() => shadeOf(onNode)).toBeLessThan(30);
  const { panel } = await openPanel(page, 'Gallery');
  const inGallery = panel.getByRole('button', { name: /^swatch\.png/ }).locator('img');
  await expect.poll(() => shadeOf(inGallery)).toBeLessThan(30);
  await isKnown;
  await rested(page);
  for (const path of [input, output]) write(path, 220);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect.poll(() => shadeOf(onNode)).toBeGreaterThan(180);
  await expect.poll(() => shadeOf(inGallery)).toBeGreaterThan(180);
});

it('the picture of the graph holds what hangs below its lowest node, and is sharp', async () => {
  await graph.open(
    'hanging',
    file(
      [
        picture(1, 0, [320, 240]),
        { id: 2, type: 'PreviewImage', pos: [360, 100], size: [300, 26], inputs: [image('images', 1)] },
      ],
      [[1, 1, 0, 2, 0, 'IMAGE']],
    ),
  );
  await graph.press('Control+Enter');
  await done();
  await graph.byId(2).locator('img').waitFor(LONG);
  const sizes: number[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/view') sizes.push(Number(url.searchParams.get('size')));
  });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    byPalette(page, t('snapshot.export')),
  ]);
  expect(sizes).toEqual([512]);
  const png = readFileSync(await download.path());
  const pictures = process.env['SKEIN_PICTURES'];
  if (pictures !== undefined) await download.saveAs(join(pictures, 'exported with what hangs.png'));
  /** Rows with the picture's colour in them, and how high all of it is. */
  const { rows, height } = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const data = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
    let count = 0;
    for (let y = 0; y < bitmap.height; y += 1)
      for (let x = 0; x < bitmap.width; x += 1) {
        const at = (y * bitmap.width + x) * 4;
        const isRed = (data[at] ?? 0) > 180 && (data[at + 1] ?? 0) < 70 && (data[at + 2] ?? 0) < 70;
        if (isRed) {
          count += 1;
          break;
        }
      }
    return { rows: count, height: bitmap.height };
  }, png.toString('base64'));
  // 300 units wide, so 225 high; below it the margin.
  expect(rows).toBeGreaterThan(215);
  expect(height).toBeGreaterThan(100 + 26 + 225);
});
