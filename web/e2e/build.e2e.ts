// Text to image from an empty graph to the picture: once by keys alone, once by the pointer.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, type Saved, wires } from './harness/graph';
import { acted, rested } from './harness/settle';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

/** The links of text to image by the types of their ends. */
function linksOf(saved: Saved): string[] {
  const types = new Map(saved.nodes.map((node) => [String(node.id), node.type]));
  return wires(saved)
    .map((wire) =>
      wire
        .split('>')
        .map((id) => types.get(id))
        .join(' > '),
    )
    .sort();
}

const WIRED = [
  'CLIPTextEncode > KSampler',
  'CLIPTextEncode > KSampler',
  'CheckpointLoaderSimple > CLIPTextEncode',
  'CheckpointLoaderSimple > CLIPTextEncode',
  'CheckpointLoaderSimple > KSampler',
  'CheckpointLoaderSimple > VAEDecode',
  'EmptyLatentImage > KSampler',
  'KSampler > VAEDecode',
  'VAEDecode > SaveImage',
];

/** Go down a menu by the arrow keys to the item that says this. */
async function goToItem(words: string): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    await graph.press('ArrowDown');
    const text = await page.evaluate(async () => {
      // A menu moves the focus by a timer of its own, which was set before this one.
      await new Promise((done) => setTimeout(done, 0));
      const item = document.activeElement;
      return item?.role?.startsWith('menuitem') === true ? (item.textContent ?? '') : '';
    });
    if (text.includes(words)) return;
  }
  throw new Error(`no item says ${words}`);
}

/** A menu is there once it has the keyboard. */
async function menuOpens(name: string): Promise<void> {
  await page.getByRole('menu', { name }).waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('[role="menu"]') !== null);
}

/** And what was chosen in it is done. */
async function menuGoes(): Promise<void> {
  await page.getByRole('menu').first().waitFor({ state: 'detached' });
  await acted(page);
}

/** C, a slot, and what is to be linked to it: a node that is there, or a new one by its name. */
async function link(slot: string, other: { readonly to?: string; readonly made?: string }): Promise<void> {
  await graph.press('c');
  await menuOpens('Link a slot of this node');
  await goToItem(slot);
  await graph.press('ArrowRight');
  await page.waitForFunction(() => {
    const [, inner] = document.querySelectorAll('[role="menu"]');
    return inner?.contains(document.activeElement) === true;
  });
  // The first item has the keyboard already.
  await graph.press('ArrowUp');
  await goToItem(other.to ?? 'A new node…');
  await graph.press('Enter');
  if (other.made !== undefined) await find(other.made);
  else await menuGoes();
}

async function find(name: string): Promise<void> {
  const search = page.getByRole('dialog', { name: 'Add a node' });
  await search.waitFor();
  await page.keyboard.type(name);
  await graph.press('Enter');
  await search.waitFor({ state: 'detached' });
  await acted(page);
}

/** L, a link of this node, and along it. */
async function follow(words: string): Promise<void> {
  await graph.press('l');
  await menuOpens('Links of this node');
  await goToItem(words);
  await graph.press('ArrowRight');
  await page.getByRole('menuitem', { name: /^Go to/ }).waitFor();
  await graph.press('Enter');
  await menuGoes();
}

async function into(): Promise<void> {
  await graph.press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('[data-node]') !== null);
}

it('builds, wires and runs text to image by keys alone', async () => {
  await graph.press('Alt+n');
  await page.getByRole('tab', { name: /Untitled/ }).waitFor();
  await graph.press('Shift+A');
  await find('load checkpoint');
  await expect.poll(() => graph.spoken()).toContain('Load Checkpoint, number 1');
  await link('CLIP → CLIP', { made: 'clip text encode' });
  await into();
  await page.keyboard.type('a red circle on a blue background');
  await graph.press('Escape');
  await expect.poll(() => graph.spoken()).toContain('number 2');
  await link('CONDITIONING → CONDITIONING', { made: 'ksampler' });
  await link('negative ← CONDITIONING', { made: 'clip text encode' });
  await link('clip ← CLIP', { to: 'Load Checkpoint #1 › CLIP' });
  await page.getByText(/^Linked Load Checkpoint #1 to .*clip/).waitFor({ state: 'attached' });
  await follow('KSampler');
  await link('latent_image ← LATENT', { made: 'empty latent image' });
  await into();
  for (const value of ['128', '128']) {
    await page.keyboard.type(value);
    await graph.press('Enter', 'Tab');
  }
  await graph.press('Escape');
  await follow('KSampler');
  await expect.poll(() => graph.spoken()).toContain('KSampler');
  await link('model ← MODEL', { to: 'Load Checkpoint #1 › MODEL' });
  await link('LATENT → LATENT', { made: 'vae decode' });
  await link('vae ← VAE', { to: 'Load Checkpoint #1 › VAE' });
  await link('IMAGE → IMAGE', { made: 'save image' });
  // Nothing lies on anything else, and keys move and resize it.
  await rested(page);
  const boxes = await page
    .locator('[data-node]')
    .evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().toJSON() as DOMRect));
  expect(boxes).toHaveLength(7);
  for (const [index, one] of boxes.entries())
    for (const other of boxes.slice(index + 1))
      expect(
        one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
      ).toBe(false);
  await graph.press('Control+ArrowDown', 'Control+Shift+ArrowRight');
  await graph.press('Control+Enter');
  await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
  await page.getByRole('log').getByText('Run finished').waitFor({ state: 'attached' });
  await expect.poll(async () => linksOf(await graph.copied())).toEqual(WIRED);
  const latent = (await graph.copied()).nodes.find((node) => node.type === 'EmptyLatentImage');
  expect(latent?.widgets_values?.slice(0, 2)).toEqual([128, 128]);
  await graph.node('SaveImage').locator('img').waitFor();
});

it('builds, wires and runs text to image by the pointer', async () => {
  await graph.empty();
  const box = await graph.canvas.boundingBox();
  const at = (x: number, y: number) => ({ x: (box?.x ?? 0) + x, y: (box?.y ?? 0) + y });
  const add = async (x: number, y: number, name: string) => {
    const spot = at(x, y);
    await page.mouse.dblclick(spot.x, spot.y);
    await find(name);
  };
  await add(60, 300, 'load checkpoint');
  await add(420, 120, 'clip text encode');
  await add(420, 420, 'clip text encode');
  await add(420, 700, 'empty latent image');
  await add(900, 200, 'ksampler');
  await add(1260, 200, 'vae decode');
  await add(1260, 400, 'save image');
  const node = (type: string, place = 0) => graph.node(type).nth(place);
  const wire = (from: [string, string], to: [string, string], place = 0) =>
    graph.drag(
      graph.output(node(from[0], from[0] === 'CLIPTextEncode' ? place : 0), from[1]),
      graph.input(node(to[0], to[0] === 'CLIPTextEncode' ? place : 0), to[1]),
    );
  for (const place of [0, 1])
    await wire(['CheckpointLoaderSimple', 'CLIP'], ['CLIPTextEncode', 'clip'], place);
  await wire(['CheckpointLoaderSimple', 'MODEL'], ['KSampler', 'model']);
  await wire(['CLIPTextEncode', 'CONDITIONING'], ['KSampler', 'positive'], 0);
  await wire(['CLIPTextEncode', 'CONDITIONING'], ['KSampler', 'negative'], 1);
  await wire(['EmptyLatentImage', 'LATENT'], ['KSampler', 'latent_image']);
  await wire(['KSampler', 'LATENT'], ['VAEDecode', 'samples']);
  await wire(['CheckpointLoaderSimple', 'VAE'], ['VAEDecode', 'vae']);
  await wire(['VAEDecode', 'IMAGE'], ['SaveImage', 'images']);
  await node('CLIPTextEncode').locator('textarea').fill('a red circle on a blue background');
  for (const name of ['width', 'height']) {
    await node('EmptyLatentImage').locator(`[data-widget="${name}"]`).getByRole('spinbutton').click();
    await graph.press('Control+a');
    await page.keyboard.type('128');
    await graph.press('Enter');
  }
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
  await expect.poll(async () => linksOf(await graph.copied())).toEqual(WIRED);
  await graph.node('SaveImage').locator('img').waitFor();
});

it('the canvas is one stop of Tab: past all fields of its nodes, but for the node that was entered', async () => {
  await graph.open('mine', textToImage());
  const isOnCanvas = () => graph.canvas.evaluate((each) => each === document.activeElement);
  const nodeWithKeys = () =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-node]')?.dataset['node'] ?? null);
  await graph.byId(5).getByRole('spinbutton').first().waitFor();
  await graph.canvas.focus();
  await graph.press('Escape', 'Tab');
  await expect.poll(isOnCanvas).toBe(false);
  expect(await nodeWithKeys()).toBeNull();
  await graph.press('Shift+Tab');
  await expect.poll(isOnCanvas).toBe(true);
  // Into the node with four numbers, through all that it has, and out of it to the canvas.
  await graph.title(5).click();
  await graph.press('Enter');
  await expect.poll(nodeWithKeys).toBe('5');
  let stops = 0;
  while ((await nodeWithKeys()) === '5' && stops < 40) {
    await graph.press('Tab');
    stops += 1;
  }
  expect(stops).toBeGreaterThan(3);
  await expect.poll(isOnCanvas).toBe(true);
});
