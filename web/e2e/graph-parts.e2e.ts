// The graph by keyboard, find, outline, minimap, subgraphs, link menus: on the real page with the real server.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { nested } from './fixtures/subgraphs';
import { eachOnOwnPage, LAPTOP } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { rested } from './harness/settle';
import { pick } from './harness/steps';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
}, LAPTOP);

async function open(text: string, name = 'mine'): Promise<void> {
  const files = [{ name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(text) }];
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  await (await chooser).setFiles(files);
  await page.getByRole('tab', { name }).waitFor();
  await graph.canvas.focus();
  await rested(page);
}

const spoken = () => graph.spoken();
const press = (keys: string) => page.keyboard.press(keys);

describe('the graph by keyboard', () => {
  it('goes from node to node, into one and back, and tells which', async () => {
    await open(textToImage());
    await press('ArrowRight');
    await expect.poll(spoken).toContain('1 of 7');
    const active = () => graph.canvas.getAttribute('aria-activedescendant');
    await expect.poll(active).toBe('graph-focused-node');
    await press('Tab');
    await expect.poll(spoken).toContain('2 of 7');
    await press('Shift+Tab');
    await expect.poll(spoken).toContain('1 of 7');
    await press('ArrowRight');
    await expect.poll(spoken).not.toContain('1 of 7');
    await press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('[data-node]') !== null);
    await press('Escape');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('role')))
      .toBe('application');
    await press('Escape');
    await expect.poll(active).toBeNull();
  });

  it('links by a list', async () => {
    await open(textToImage());
    await press('ArrowRight');
    await press('c');
    const menu = page.getByRole('menu', { name: 'Link a slot of this node' });
    await menu.waitFor();
    await menu.getByRole('menuitem').filter({ hasText: 'MODEL → MODEL' }).press('ArrowRight');
    await pick(page.getByRole('menuitem', { name: 'model (MODEL), linked' }).first(), 'Enter');
    await page.getByText(/^Linked /).waitFor({ state: 'attached' });
    await press('Control+ArrowRight');
    await press('Control+z');
  });
});

describe('finding one’s way', () => {
  it('finds nodes by what they hold', async () => {
    await open(textToImage());
    await press('Control+f');
    await page.keyboard.type('a fox');
    await page.getByRole('option', { name: /a fox/ }).waitFor();
    await press('Enter');
    await press('Escape');
    await expect.poll(spoken).toContain('number 2');
  });

  it('shows the outline as a tree, and the minimap', async () => {
    await open(textToImage());
    await press('o');
    const tree = page.getByRole('tree', { name: 'Outline' });
    await expect.poll(() => tree.getByRole('treeitem').count()).toBe(7);
    await tree.getByRole('treeitem').first().click();
    await expect.poll(spoken).toContain('1 of 7');
    await graph.canvas.focus();
    await press('Alt+m');
    await page.getByRole('img', { name: /Overview/ }).waitFor();
  });

  it('goes into a subgraph and out of it', async () => {
    await open(nested(7, { type: 'EmptyImage' }, true), 'nested');
    await press('ArrowRight');
    await press('Enter');
    await page.getByRole('navigation', { name: 'Where you are' }).waitFor();
    await page.locator('[data-node="1"]').waitFor();
    await press('Escape');
    await page.locator('[data-node="7"]').waitFor();
    await expect.poll(() => page.getByRole('navigation', { name: 'Where you are' }).count()).toBe(0);
  });

  it('goes into a wide subgraph where it begins, near enough for its fields', async () => {
    const file = JSON.parse(nested(7, { type: 'EmptyImage' }, true));
    file.definitions.subgraphs[0].outputNode.bounding[0] = 1900;
    await open(JSON.stringify(file), 'wide');
    await press('ArrowRight');
    await press('Enter');
    await page.getByRole('navigation', { name: 'Where you are' }).waitFor();
    await page.getByRole('button', { name: 'Zoom: 60 %' }).waitFor();
    await page.locator('[data-node="1"] [data-widget="width"] [role="spinbutton"]').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('64');
    await press('Enter');
    await expect
      .poll(() => page.locator('[data-node="1"] [data-widget="width"]').textContent())
      .toContain('64');
    // What comes in stands 300 units before the node, and is in sight.
    const [inner, host] = [await graph.byId(1).boundingBox(), await graph.canvas.boundingBox()];
    expect((inner?.x ?? 0) - (host?.x ?? 0)).toBeGreaterThan(300 * 0.6);
  });
});

it('gives an API file places', async () => {
  const prompt = {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
  };
  await open(JSON.stringify(prompt), 'prompt');
  const apart = async () => {
    const [one, two] = await Promise.all(['1', '2'].map((id) => graph.byId(id).boundingBox()));
    return (two?.x ?? 0) - (one?.x ?? 0);
  };
  await expect.poll(apart).toBeGreaterThan(100);
});
