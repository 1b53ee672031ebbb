// The graph by keyboard, find, outline, minimap, subgraphs, link menus: on the real page with the real server.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { launchBrowser, type Opened, openPage } from './harness/page';
import { type Server, startServer } from './harness/server';

let server: Server;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

beforeEach(async () => {
  await opened?.context.close();
  opened = await openPage(browser, server.url);
  page = opened.page;
  page.setDefaultTimeout(10_000);
  await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
});

async function open(text: string, name = 'mine'): Promise<void> {
  const files = [{ name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(text) }];
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  await (await chooser).setFiles(files);
  await page.getByRole('tab', { name }).waitFor();
  await page.getByRole('application').focus();
  await page.waitForTimeout(200);
}

/** What a screen reader is told of the node that has the keyboard. */
const spoken = async () => (await page.locator('#graph-focused-node').getAttribute('aria-label')) ?? '';
const press = (keys: string) => page.keyboard.press(keys);

describe('the graph by keyboard', () => {
  it('goes from node to node, into one and back, and tells which', async () => {
    await open(textToImage());
    await press('ArrowRight');
    expect(await spoken()).toContain('1 of 7');
    expect(await page.getByRole('application').getAttribute('aria-activedescendant')).toBe(
      'graph-focused-node',
    );
    const first = await spoken();
    await press('Tab');
    expect(await spoken()).toContain('2 of 7');
    await press('Shift+Tab');
    expect(await spoken()).toBe(first);
    await press('ArrowRight');
    expect(await spoken()).not.toBe(first);
    await press('Enter');
    await page.waitForFunction(() => document.activeElement?.closest('[data-node]') !== null);
    await press('Escape');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application');
    await press('Escape');
    expect(await page.getByRole('application').getAttribute('aria-activedescendant')).toBeNull();
    expect(opened.account.errors).toEqual([]);
  });

  it('links by a list', async () => {
    await open(textToImage());
    await press('ArrowRight');
    await press('c');
    const menu = page.getByRole('menu', { name: 'Link a slot of this node' });
    await menu.waitFor();
    await menu.getByRole('menuitem').filter({ hasText: 'MODEL → MODEL' }).press('ArrowRight');
    await page.getByRole('menuitem', { name: 'model (MODEL), linked' }).first().press('Enter');
    await page.getByText(/^Linked /).waitFor({ state: 'attached' });
    await press('Control+ArrowRight');
    await press('Control+z');
    expect(opened.account.errors).toEqual([]);
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
    expect(await spoken()).toContain('number 2');
    expect(opened.account.errors).toEqual([]);
  });

  it('shows the outline as a tree, and the minimap', async () => {
    await open(textToImage());
    await press('o');
    const tree = page.getByRole('tree', { name: 'Outline' });
    await expect.poll(() => tree.getByRole('treeitem').count()).toBe(7);
    await tree.getByRole('treeitem').first().click();
    expect(await spoken()).toContain('1 of 7');
    await page.getByRole('application').focus();
    await press('Alt+m');
    await page.getByRole('img', { name: /Overview/ }).waitFor();
    expect(opened.account.errors).toEqual([]);
  });

  it('goes into a subgraph and out of it', async () => {
    await open(SUBGRAPH, 'nested');
    await press('ArrowRight');
    await press('Enter');
    await page.getByRole('navigation', { name: 'Where you are' }).waitFor();
    await page.locator('[data-node="1"]').waitFor();
    await press('Escape');
    await page.locator('[data-node="7"]').waitFor();
    expect(await page.getByRole('navigation', { name: 'Where you are' }).count()).toBe(0);
    expect(opened.account.errors).toEqual([]);
  });
});

it('gives an API file places', async () => {
  const prompt = {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['1', 1] } },
  };
  await open(JSON.stringify(prompt), 'prompt');
  const [one, two] = await Promise.all(
    ['1', '2'].map((id) => page.locator(`[data-node="${id}"]`).boundingBox()),
  );
  expect((two?.x ?? 0) - (one?.x ?? 0)).toBeGreaterThan(100);
});

const ID = '11111111-2222-3333-4444-555555555555';
const row = (id: number, type: string, inputs: object[], outputs: object[]) => ({
  ...{
    id,
    type,
    pos: [0, 0],
    size: [240, 80],
    flags: {},
    order: 0,
    mode: 0,
    inputs,
    outputs,
    properties: {},
  },
});
const SUBGRAPH = JSON.stringify({
  ...{ last_node_id: 7, last_link_id: 0, links: [], groups: [], config: {}, extra: {}, version: 0.4 },
  nodes: [row(7, ID, [], [{ name: 'IMAGE', type: 'IMAGE', links: [] }])],
  definitions: {
    subgraphs: [
      {
        ...{ id: ID, version: 1, name: 'Soften', groups: [], extra: {}, inputs: [], widgets: [] },
        state: { lastNodeId: 1, lastLinkId: 1, lastGroupId: 0, lastRerouteId: 0 },
        inputNode: { id: -10, bounding: [-200, 0, 120, 60] },
        outputNode: { id: -20, bounding: [400, 0, 120, 60] },
        outputs: [{ id: 'o', name: 'IMAGE', type: 'IMAGE', linkIds: [1] }],
        nodes: [row(1, 'EmptyImage', [], [{ name: 'IMAGE', type: 'IMAGE', links: [1] }])],
        links: [{ id: 1, origin_id: 1, origin_slot: 0, target_id: -20, target_slot: 0, type: 'IMAGE' }],
      },
    ],
  },
});
