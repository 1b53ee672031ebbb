// Pictures of nodes that are painted: there, small, asked for when they are in sight, and only then.

import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EnginePage, eachOnEngine } from '../harness/engine';

let page: Page;
let graph: EnginePage;
let asked: string[] = [];

eachOnEngine((begun) => {
  graph = begun.graph;
  page = graph.page;
});

/** A square of one colour that no theme has. */
const RED =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#f00"/></svg>';

beforeEach(async () => {
  asked = [];
  const png = Buffer.from(
    await page.evaluate(async (svg) => {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [64, 64];
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
    }, RED),
    'base64',
  );
  await page.route('**/picture-*', (route) => {
    const { pathname, search } = new URL(route.request().url());
    asked.push(`${pathname}${search}`);
    return pathname.includes('gone')
      ? route.fulfill({ status: 404 })
      : route.fulfill({ body: png, contentType: 'image/png' });
  });
  // Room for a picture below the widgets.
  await page.evaluate(() =>
    window.fixture.doc?.edit('size', '', (tx) => tx.patch('node', '7', { size: [300, 400] })),
  );
});

async function look(zoom: number, node = '7'): Promise<void> {
  await page.evaluate(
    ([to, id]) => {
      const { view } = window.fixture;
      const box = view.scene?.layout(id)?.box ?? { x: 0, y: 0, w: 0, h: 0 };
      view.view.zoom = to;
      view.view.centerOn({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
      view.moved();
    },
    [zoom, node] as const,
  );
  await graph.settle();
}

const show = (node: string, ...urls: string[]) =>
  page.evaluate(([id, all]) => window.fixture.showPictures(id, ...all), [node, urls] as const);

/** Whether the middle of the free room of a node is of the picture's colour. */
const isRed = (node = '7') =>
  page.evaluate((id) => {
    const { view } = window.fixture;
    const body = view.scene?.layout(id)?.body ?? { x: 0, y: 0, w: 0, h: 0 };
    const { x, y } = view.view.toScreen({ x: body.x + body.w / 2, y: body.y + body.h * 0.6 });
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.graph-base');
    const [red = 0, green = 0] = canvas?.getContext('2d')?.getImageData(x, y, 1, 1).data ?? [];
    return red > 240 && green < 20;
  }, node);

describe('pictures of painted nodes', () => {
  it.each([0.5, 0.3, 0.15])(
    'are there at %f, and nothing is painted for them once they are',
    async (zoom) => {
      await look(zoom);
      await show('7', '/picture-7');
      await expect.poll(() => isRed()).toBe(true);
      expect(asked).toEqual([`/picture-7?size=${zoom > 0.3 ? 256 : 128}`]);
      await expect.poll(() => graph.framesIn(300)).toBe(0);
    },
  );

  it('are not asked for where they are not seen: out of sight, too small, or with an element', async () => {
    await look(0.5, '1');
    await page.evaluate(() => {
      window.fixture.view.view.pan(4000, 0);
      window.fixture.view.moved();
    });
    await show('7', '/picture-7');
    await graph.settle();
    await look(0.1);
    await look(0.9);
    await page.locator('[data-node="7"]').waitFor();
    expect(asked).toEqual([]);
    await look(0.5);
    await expect.poll(() => isRed()).toBe(true);
    expect(asked).toHaveLength(1);
    // What is known is not asked for again.
    await look(0.9);
    await look(0.4);
    await expect.poll(() => isRed()).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('go with what they are of: collapsed nodes have none, and one that cannot be had is left out', async () => {
    await look(0.5);
    await show('7', '/picture-gone', '/picture-7');
    await expect.poll(() => asked.length).toBe(2);
    await show('7', '/picture-7');
    await expect.poll(() => isRed()).toBe(true);
    await page.evaluate(() =>
      window.fixture.doc?.edit('fold', '', (tx) => tx.patch('node', '7', { flags: { collapsed: true } })),
    );
    await expect.poll(() => isRed()).toBe(false);
    graph.forgive(/status of 404/);
  });

  it('are in the picture of the whole graph, also of nodes that have elements', async () => {
    await show('7', '/picture-7');
    await look(1);
    const found = await page.evaluate(async () => {
      const { view } = window.fixture;
      const blob = await view.snapshot(1);
      const bitmap = await createImageBitmap(blob ?? new Blob());
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      const context = canvas.getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const data = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
      let red = 0;
      for (let at = 0; at < data.length; at += 4)
        if ((data[at] ?? 0) > 240 && (data[at + 1] ?? 0) < 20) red += 1;
      const box = view.scene?.bounds() ?? { w: 0, h: 0 };
      return { red, wide: bitmap.width - box.w, high: bitmap.height - box.h };
    });
    expect(found.red).toBeGreaterThan(200 * 200);
    expect([found.wide, found.high]).toEqual([80, 80]);
  });
});
