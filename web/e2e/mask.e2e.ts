// upload-paste-mask: a picture is uploaded and pasted into a node, masked in the editor, and what runs sees the mask.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { look } from './harness/look';
import type { Opened } from './harness/page';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';
import { pick } from './harness/steps';

const GRAPH = {
  version: 0.4,
  last_node_id: 3,
  last_link_id: 2,
  nodes: [
    {
      ...{ id: 1, type: 'LoadImage', pos: [40, 60], size: [320, 360], flags: {}, order: 0, mode: 0 },
      ...{ inputs: [], properties: {}, widgets_values: ['', 'image'] },
      outputs: [
        { name: 'IMAGE', type: 'IMAGE', links: [] },
        { name: 'MASK', type: 'MASK', links: [1] },
      ],
    },
    {
      ...{ id: 2, type: 'MaskToImage', pos: [420, 60], size: [200, 40], flags: {}, order: 1, mode: 0 },
      ...{ properties: {}, inputs: [{ name: 'mask', type: 'MASK', link: 1 }] },
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [2] }],
    },
    {
      ...{ id: 3, type: 'SaveImage', pos: [680, 60], size: [300, 300], flags: {}, order: 2, mode: 0 },
      ...{ properties: {}, inputs: [{ name: 'images', type: 'IMAGE', link: 2 }], outputs: [] },
      widgets_values: ['mask'],
    },
  ],
  links: [
    [1, 1, 1, 2, 0, 'MASK'],
    [2, 2, 0, 3, 0, 'IMAGE'],
  ],
  groups: [],
  config: {},
  extra: {},
};

let server: Server;
let opened: Opened;
let page: Page;
let graph: GraphPage;

eachOnOwnPage(
  (bench) => {
    ({ server, opened, page, graph } = bench);
  },
  { viewport: { width: 1280, height: 800 }, hasTouch: true },
);

beforeEach(async () => {
  await graph.empty();
  await graph.paste(JSON.stringify(GRAPH));
  await graph.press('.');
});

const node = (type: string) => graph.node(type);
const editor = () => page.getByRole('dialog', { name: /^Mask of/ });
const stage = () => editor().getByRole('application');
const picked = () => node('LoadImage').locator('[data-widget="image"]').getByRole('combobox');

/** A picture of one colour, made by the browser. */
async function picture(width: number, height: number, colour: string): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([w, h, fill]) => {
      const canvas = document.createElement('canvas');
      canvas.width = w;
      canvas.height = h;
      const context = canvas.getContext('2d');
      if (context === null) return '';
      context.fillStyle = fill;
      context.fillRect(0, 0, w, h);
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    },
    [width, height, colour] as const,
  );
  return Buffer.from(base64, 'base64');
}

async function upload(name: string, buffer: Buffer): Promise<void> {
  await node('LoadImage')
    .locator('input[type="file"]')
    .setInputFiles({ name, mimeType: 'image/png', buffer });
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('[data-widget="image"] [role="combobox"]')?.textContent?.includes(wanted),
    name,
  );
}

async function openEditor(): Promise<void> {
  await node('LoadImage').getByRole('button', { name: 'Edit the mask' }).click();
  await stage().waitFor();
  await rested(page);
}

/** Draw on the stage, from and to shares of its size. */
async function draw(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const box = await stage().boundingBox();
  if (box === null) throw new Error('no stage');
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 8 });
  await page.mouse.up();
}

/** The transparency of a picture on the server at some pixels, as the page's browser decodes it. */
function alphaOf(file: string, points: readonly (readonly [number, number])[]): number[] {
  const { width, pixels } = readPng(readFileSync(file));
  return points.map(([x, y]) => pixels[(y * width + x) * 4 + 3] ?? -1);
}

/** An RGBA PNG of 8 bits. */
function readPng(data: Buffer): { width: number; height: number; pixels: Buffer } {
  const [width, height, kind] = [data.readUInt32BE(16), data.readUInt32BE(20), data[25]];
  if (kind !== 6) throw new Error(`PNG of kind ${kind}`);
  const parts: Buffer[] = [];
  for (let at = 8; at < data.length; ) {
    const length = data.readUInt32BE(at);
    if (data.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(data.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const pixels = Buffer.alloc(width * height * 4);
  const row = width * 4;
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x += 1) {
      const left = x >= 4 ? (pixels[y * row + x - 4] ?? 0) : 0;
      const up = y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0;
      const corner = x >= 4 && y > 0 ? (pixels[(y - 1) * row + x - 4] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[y * row + x] = ((raw[y * (row + 1) + 1 + x] ?? 0) + guess) & 255;
    }
  }
  return { width, height, pixels };
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

describe('upload, paste, mask', () => {
  it('a picture is uploaded, masked, saved as one step, and opened again with its mask', async () => {
    await upload('fox.png', await picture(400, 300, '#c0ffee'));
    await openEditor();
    // The picture fills the height: a stroke along its middle.
    await draw([0.4, 0.5], [0.6, 0.5]);
    await editor().getByRole('button', { name: 'Save mask' }).click();
    await editor().waitFor({ state: 'detached' });
    await expect.poll(() => picked().textContent()).toContain('clipspace/fox-masked.png [input]');
    await expect.poll(() => picked().getAttribute('aria-invalid')).toBe('false');
    const file = join(server.base, 'input', 'clipspace', 'fox-masked.png');
    expect(
      alphaOf(file, [
        [200, 150],
        [10, 10],
        [390, 290],
      ]),
    ).toEqual([0, 255, 255]);
    // What was there keeps its colours under the mask, and the file that it came from is untouched.
    const { pixels, width } = readPng(readFileSync(file));
    expect([...pixels.subarray((150 * width + 200) * 4, (150 * width + 200) * 4 + 3)]).toEqual([
      0xc0, 0xff, 0xee,
    ]);
    expect(readFileSync(join(server.base, 'input', 'fox.png'))).toEqual(await picture(400, 300, '#c0ffee'));

    await openEditor();
    await page.keyboard.press('i');
    await editor().getByRole('button', { name: 'Save mask' }).click();
    await editor().waitFor({ state: 'detached' });
    await expect.poll(() => picked().textContent()).toContain('fox-masked (1).png');
    const inverted = join(server.base, 'input', 'clipspace', 'fox-masked (1).png');
    expect(
      alphaOf(inverted, [
        [200, 150],
        [10, 10],
      ]),
    ).toEqual([255, 0]);

    await graph.canvas.focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => picked().textContent()).toContain('clipspace/fox-masked.png [input]');
    await page.keyboard.press('Control+z');
    await expect.poll(() => picked().textContent()).toContain('fox.png');
  });

  it('the mask is what LoadImage gives', async () => {
    await upload('dog.png', await picture(64, 64, '#336699'));
    await openEditor();
    await page.keyboard.press('i');
    await editor().getByRole('button', { name: 'Save mask' }).click();
    await editor().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Enter');
    const result = node('SaveImage').getByRole('img');
    await result.waitFor();
    const white = await result.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      return [...(context?.getImageData(10, 10, 1, 1).data ?? [])];
    });
    expect(white.slice(0, 3).every((value) => value > 250)).toBe(true);
  });

  it('keys: size, tool, undo, redo; Escape asks where something was painted', async () => {
    await upload('keys.png', await picture(300, 300, '#808080'));
    await openEditor();
    const size = editor().getByLabel('Size');
    const before = await size.getAttribute('aria-valuetext');
    await stage().focus();
    await page.keyboard.press(']');
    await expect.poll(() => size.getAttribute('aria-valuetext')).not.toBe(before);
    await page.keyboard.press('[');
    const undo = editor().getByRole('button', { name: 'Undo stroke' });
    const redo = editor().getByRole('button', { name: 'Redo stroke' });
    await expect.poll(() => undo.isDisabled()).toBe(true);
    // By keys alone: the brush goes down, moves, and is lifted.
    await page.keyboard.press('Enter');
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => undo.isDisabled()).toBe(false);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => [await undo.isDisabled(), await redo.isDisabled()]).toEqual([true, false]);
    await page.keyboard.press('Control+y');
    await expect.poll(() => undo.isDisabled()).toBe(false);
    await page.keyboard.press('x');
    await expect
      .poll(() => editor().getByRole('button', { name: 'Eraser' }).getAttribute('aria-pressed'))
      .toBe('true');
    await page.keyboard.press('x');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await stage().focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Escape');
    await editor().waitFor({ state: 'detached' });
    await expect.poll(() => picked().textContent()).toContain('keys.png');
  });

  it('a picture is pasted on the canvas, and its node offers the editor in its menu and as a command', async () => {
    await node('LoadImage').locator('header').click();
    const buffer = await picture(90, 60, '#123456');
    await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      await navigator.clipboard.write([
        new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) }),
      ]);
    }, buffer.toString('base64'));
    await graph.canvas.focus();
    await page.keyboard.press('Control+v');
    await page.waitForFunction(() =>
      document.querySelector('[data-widget="image"] [role="combobox"]')?.textContent?.includes('pasted-'),
    );
    await page.keyboard.press('Alt+e');
    await stage().waitFor();
    await page.keyboard.press('Escape');
    await editor().waitFor({ state: 'detached' });
    await node('LoadImage').locator('header').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Edit the mask' }));
    await stage().waitFor();
  });

  it('a picture of the gallery goes in as it is, and is masked there', async () => {
    const workflow = {
      '1': { class_type: 'EmptyImage', inputs: { width: 80, height: 60, batch_size: 1, color: 0x8844cc } },
      '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'made' } },
    };
    await page.evaluate(async (body) => {
      const headers = { 'Content-Type': 'application/json' };
      await fetch('/api/v1/jobs?wait=60', { method: 'POST', headers, body });
    }, JSON.stringify({ workflow }));
    await node('LoadImage')
      .getByRole('button', { name: 'Choose a picture from the gallery for image' })
      .click();
    const gallery = page.getByRole('dialog', { name: 'Choose a picture' });
    await gallery
      .getByRole('button', { name: /made_00001_/ })
      .first()
      .click();
    await gallery.getByRole('button', { name: 'Take it' }).click();
    await gallery.waitFor({ state: 'detached' });
    await expect.poll(() => picked().textContent()).toContain('made_00001_.png [output]');
    await expect.poll(() => picked().getAttribute('aria-invalid')).toBe('false');
    await openEditor();
    await page.keyboard.press('i');
    await editor().getByRole('button', { name: 'Save mask' }).click();
    await editor().waitFor({ state: 'detached' });
    await expect.poll(() => picked().textContent()).toContain('clipspace/made_00001_-masked.png [input]');
  });

  it('a finger paints, two fingers move and enlarge, a pen presses lightly or hard', async () => {
    await upload('hand.png', await picture(400, 400, '#404040'));
    await openEditor();
    const cdp = await opened.context.newCDPSession(page);
    const box = await stage().boundingBox();
    if (box === null) throw new Error('no stage');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: (readonly [number, number])[]) =>
      cdp.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at.map(([dx, dy], id) => ({ x: x + dx, y: y + dy, id })),
      });
    const undo = editor().getByRole('button', { name: 'Undo stroke' });
    const scale = async () =>
      Number.parseInt((await editor().locator('output').last().textContent()) ?? '', 10);
    const before = await scale();
    await touch('touchStart', [-40, 0]);
    await touch('touchStart', [-40, 0], [40, 0]);
    await touch('touchMove', [-80, 0], [80, 0]);
    await touch('touchEnd');
    await expect.poll(scale).toBeGreaterThan(before * 1.5);
    await acted(page);
    expect(await undo.isDisabled()).toBe(true);
    await touch('touchStart', [-40, 60]);
    await touch('touchMove', [40, 60]);
    await touch('touchEnd');
    await expect.poll(() => undo.isDisabled()).toBe(false);
    await undo.click();
    await editor().getByRole('button', { name: 'Whole picture' }).click();

    const pen = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', dx: number, force: number) =>
      cdp.send('Input.dispatchMouseEvent', {
        ...{ type, x: x + dx, y, force, pointerType: 'pen' },
        ...(type === 'mouseMoved' ? { button: 'left', buttons: 1 } : { button: 'left', clickCount: 1 }),
      });
    await editor().getByLabel('Size').fill('10');
    await pen('mousePressed', -30, 0.2);
    for (const dx of [-20, -10, 0, 10, 20, 30]) await pen('mouseMoved', dx, 0.2);
    await pen('mouseReleased', 30, 0.2);
    await editor().getByRole('button', { name: 'Save mask' }).click();
    await editor().waitFor({ state: 'detached' });
    const file = join(server.base, 'input', 'clipspace', 'hand-masked.png');
    // The brush is 100 wide; a fifth of the pressure makes it 20.
    expect(
      alphaOf(file, [
        [200, 200],
        [200, 206],
        [200, 220],
      ]),
    ).toEqual([0, 0, 255]);
  });

  it.each([
    [1280, 800],
    [390, 844],
    [320, 640],
  ])('nothing of the editor is cut off, covered or too small in %i x %i', async (width, height) => {
    await upload('look.png', await picture(300, 200, '#2255aa'));
    await openEditor();
    await page.setViewportSize({ width, height });
    await rested(page);
    expect(await look(page)).toEqual([]);
  });
});
