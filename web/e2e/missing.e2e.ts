// A workflow that names files and node types that are not there, and holds values that do not fit: all of it is listed,
// can be put right, and is taken back by one undo each.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { forgiveErrors, openPage } from './harness/page';
import type { Server } from './harness/server';
import { pick } from './harness/steps';

const PLAIN = fileURLToPath(new URL('../../workflows/text_to_image.json', import.meta.url));

let server: Server;
let browser: Browser;
let folder: string;

withServer((house) => {
  ({ server, browser } = house);
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-missing-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Row {
  id: number;
  type: string;
  pos: number[];
  inputs: { type: string; link: number | null }[];
  outputs: object[];
  properties: Record<string, unknown>;
  widgets_values: unknown[];
}

/** The plain workflow with another file's name in two loaders, a sampler of fewer values, and a node of some pack. */
function broken(): string {
  const raw = JSON.parse(readFileSync(PLAIN, 'utf-8')) as {
    nodes: Row[];
    links: unknown[][];
    last_link_id: number;
  };
  const of = (type: string): Row => {
    const found = raw.nodes.find((node) => node.type === type);
    if (found === undefined) throw new Error(`there is no ${type}`);
    return found;
  };
  const loader = of('CheckpointLoaderSimple');
  loader.widgets_values = ['sd/postcard.safetensors'];
  loader.properties['models'] = [
    { name: 'postcard.safetensors', url: 'https://example.org/postcard', directory: 'checkpoints' },
  ];
  raw.nodes.push({ ...loader, id: 90, pos: [-600, -600], outputs: [] });
  const sampler = of('KSampler');
  sampler.widgets_values = [1, 'fixed', 7.5, 'dpmpp_2m', 'karras', 1];
  const save = of('SaveImage');
  const link = raw.links.find((row) => row[3] === save.id) ?? [];
  const next = raw.last_link_id + 1;
  raw.last_link_id = next;
  raw.nodes.push({
    ...{ id: 92, type: 'Sharpen+Pro', pos: [save.pos[0] ?? 0, (save.pos[1] ?? 0) + 400] },
    inputs: [{ type: 'IMAGE', link: Number(link[0]), ...{ name: 'image' } }],
    outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [next] }],
    properties: { cnr_id: 'essential-pack', ver: '1.1.0' },
    widgets_values: [0.5],
  });
  [link[3], link[4]] = [92, 0];
  raw.links.push([next, 92, 0, save.id, 0, 'IMAGE']);
  for (const input of save.inputs) if (input.type === 'IMAGE') input.link = next;
  const path = join(folder, 'broken.json');
  writeFileSync(path, JSON.stringify(raw));
  return path;
}

async function openFile(page: Page, path: string): Promise<void> {
  await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file…' }).first().click();
  await (await chooser).setFiles(path);
  await page.getByRole('tab', { name: /broken/ }).waitFor();
}

describe('what is missing', () => {
  it('is listed, put right in a click each, and the workflow then runs', async () => {
    const { page, account } = await openPage(browser, server.url);
    await openFile(page, broken());
    const banner = page.getByRole('status', { name: 'What is missing' });
    await banner
      .getByText('Missing: 1 model file and 1 node type. The values of 1 node do not fit.')
      .waitFor();

    // Refused, with the list.
    await page.keyboard.press('Control+Enter');
    await page.getByText('A node type is not there: Sharpen+Pro').waitFor();
    const list = page.getByRole('region', { name: 'Problems' });
    await banner.getByRole('button', { name: 'Show' }).waitFor({ state: 'detached' });

    const types = list.getByRole('region', { name: 'Node types that are not there' });
    await types.getByText('from the pack essential-pack 1.1.0').waitFor();
    await types.getByRole('button', { name: 'Sharpen+Pro #92' }).click();
    await page.locator('[data-node="92"]').waitFor();
    await types.getByRole('button', { name: 'Bypass all' }).click();
    await types.waitFor({ state: 'detached' });

    const files = list.getByRole('region', { name: 'Files that are not there' });
    await files.getByText('belongs in models/checkpoints/sd').waitFor();
    await expect
      .poll(() => files.getByRole('link').getAttribute('href'))
      .toBe('https://example.org/postcard');
    await files.getByRole('button', { name: 'Use postcards.safetensors for all 2' }).click();
    await files.waitFor({ state: 'detached' });
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+z');
    await files.getByText('Load Checkpoint › ckpt_name').nth(1).waitFor();
    await page.keyboard.press('Control+Shift+z');
    await files.waitFor({ state: 'detached' });

    await list.getByRole('button', { name: 'Repair…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Values that do not fit' });
    const row = dialog.getByRole('row', { name: /^sampler_name/ });
    await expect.poll(() => row.getByRole('cell').allInnerTexts()).toEqual(['karras', 'dpmpp_2m']);
    await dialog.getByRole('button', { name: 'Repair one node' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor({ timeout: 60_000 });
    // The refusal, which was meant.
    forgiveErrors({ account }, /status of 400/);
  });

  it('says which nodes cannot be bypassed, and lets another type take their place', async () => {
    const { page } = await openPage(browser, server.url);
    const path = broken();
    const raw = JSON.parse(readFileSync(path, 'utf-8')) as { nodes: Row[] };
    for (const node of raw.nodes) if (node.id === 92) Object.assign(node, { inputs: [] });
    writeFileSync(path, JSON.stringify(raw));
    await openFile(page, path);
    await page.getByRole('status', { name: 'What is missing' }).getByRole('button', { name: 'Show' }).click();
    const types = page.getByRole('region', { name: 'Node types that are not there' });
    await types.getByText('Sharpen+Pro #92 cannot be bypassed: Save Image › images needs IMAGE').waitFor();
    expect(await types.getByRole('button', { name: /Bypass/ }).count()).toBe(0);
    await types.getByRole('button', { name: 'Replace…' }).click();
    await pick(page.getByRole('menuitem', { name: 'Search for another…' }));
    await page
      .getByRole('combobox', { name: /Search|node/i })
      .last()
      .fill('Invert Image');
    await page.keyboard.press('Enter');
    await types.waitFor({ state: 'detached' });
  });
});
