// The first minute: one click makes a picture; the browser of templates says what each is for and what it needs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { shipped } from './harness/graph';
import { openPage } from './harness/page';
import type { Server } from './harness/server';

let server: Server;
let browser: Browser;

/** A pack whose example needs a model that nobody has. */
function addPack(base: string): void {
  const pack = join(base, 'custom_nodes', 'lone_pack');
  mkdirSync(join(pack, 'example_workflows'), { recursive: true });
  writeFileSync(join(pack, '__init__.py'), 'NODE_CLASS_MAPPINGS = {}\n');
  const workflow = {
    nodes: [
      {
        id: 1,
        type: 'CheckpointLoaderSimple',
        pos: [0, 0],
        size: [300, 100],
        widgets_values: ['nowhere.safetensors'],
      },
    ],
    links: [],
    extra: { info: { tags: ['landscapes'] } },
    version: 0.4,
  };
  writeFileSync(join(pack, 'example_workflows', 'far_away.json'), JSON.stringify(workflow));
}

withServer((house) => {
  ({ server, browser } = house);
}, addPack);

describe('the start page', () => {
  it('makes a picture with one click', async () => {
    const { page } = await openPage(browser, server.url);
    await page.getByRole('button', { name: 'Make a picture now' }).click();
    await page.getByText(/^Done in /).waitFor({ timeout: 60_000 });
    await page.locator('[data-node] img, [data-node] canvas').first().waitFor();
    const newest = async () => (await (await fetch(`${server.url}/api/v1/gallery`)).json()).items[0]?.name;
    await expect.poll(newest).toMatch(/^text_to_image_.*\.png$/);
  });
});

describe('what ships', () => {
  it.each(['Text to image', 'Image to image', 'Inpaint', 'Hires fix'])(
    '%s opens whole in a small window, near enough for its fields',
    async (name) => {
      const { page } = await openPage(browser, server.url);
      await page.getByRole('button', { name: 'Browse templates…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Templates' });
      await dialog
        .getByRole('button', { name: new RegExp(`^${name}`) })
        .first()
        .click();
      await page.getByRole('tab', { name }).waitFor();
      const nodes = page.locator('[data-node]');
      const { nodes: all } = JSON.parse(shipped(name.toLowerCase().replaceAll(' ', '_')));
      // Those have elements that are in sight, and near.
      await expect.poll(() => nodes.count()).toBe(all.length);
      const host = await page.getByRole('application').boundingBox();
      const right = (host?.x ?? 0) + (host?.width ?? 0);
      const bottom = (host?.y ?? 0) + (host?.height ?? 0);
      for (const node of await nodes.all()) {
        const box = await node.boundingBox();
        expect(box?.x ?? -1).toBeGreaterThanOrEqual(host?.x ?? 0);
        expect(box?.y ?? -1).toBeGreaterThanOrEqual(host?.y ?? 0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(right);
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(bottom);
      }
    },
  );
});

describe('the template browser', () => {
  it('shows what each is for and needs, and finds them by that', async () => {
    const { page } = await openPage(browser, server.url);
    await page.getByRole('button', { name: 'Browse templates…' }).click();
    const browserOf = page.getByRole('dialog', { name: 'Templates' });
    const cards = browserOf.getByRole('listitem').filter({ has: page.locator('img') });
    await browserOf
      .getByRole('button', { name: /Text to image.*postcards\.safetensors \(found\)/ })
      .first()
      .waitFor();
    await browserOf.getByRole('button', { name: /Far away.*nowhere\.safetensors \(missing\)/ }).waitFor();
    await browserOf.getByRole('combobox', { name: 'What for' }).selectOption({ label: 'Inpainting' });
    await expect.poll(() => cards.count()).toBe(1);
    await browserOf.getByRole('combobox', { name: 'What for' }).selectOption({ label: 'landscapes' });
    await browserOf.getByRole('button', { name: /^Far away/ }).waitFor();
    await browserOf.getByRole('combobox', { name: 'What for' }).selectOption('');
    await browserOf.getByRole('combobox', { name: 'Which' }).selectOption('ready');
    await expect.poll(() => browserOf.getByText('Far away').count()).toBe(0);
    await browserOf.getByRole('searchbox').fill('upscaling');
    await expect.poll(() => cards.count()).toBe(1);
    await browserOf.getByRole('button', { name: 'Open and run Hires fix' }).waitFor();
  });
});
