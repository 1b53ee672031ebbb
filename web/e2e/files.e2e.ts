// Workflow files: folders, favourites, the trash, versions, exports; and the library of model files.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { forgiveErrors, keepAccount, openPage } from './harness/page';
import type { Server } from './harness/server';
import { byPalette, pick } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

const TEXT_TO_IMAGE = readFileSync(new URL('../../workflows/text_to_image.json', import.meta.url), 'utf-8');
const FILES = '/api/v1/workflows/files';

async function ask(method: string, path: string, body?: string): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
}

const store = (name: string, text = TEXT_TO_IMAGE) =>
  ask('PUT', `${FILES}/${encodeURIComponent(name)}`, text);

async function listed(): Promise<{ files: string[]; folders: string[]; favourites: string[] }> {
  const { files, folders, favourites } = await (await ask('GET', FILES)).json();
  return { files: files.map((file: { name: string }) => file.name), folders, favourites };
}

beforeEach(async () => {
  for (const name of (await listed()).files) await ask('DELETE', `${FILES}/${encodeURIComponent(name)}`);
  for (const name of (await listed()).folders)
    await ask('DELETE', `/api/v1/workflows/folders/${encodeURIComponent(name)}`);
  await ask('DELETE', '/api/v1/workflows/trash');
});

async function openPanel(name: string): Promise<Page> {
  // Wide, so that nodes beside the panel are near enough to be elements.
  const { page } = await openPage(browser, server.url, { viewport: { width: 1920, height: 1080 } });
  await page.getByRole('button', { name, exact: true }).click();
  return page;
}

const row = (page: Page, name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) });

async function answer(page: Page, text: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox').fill(text);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

describe('the workflows panel', () => {
  it('makes folders, and moves files by dragging and by their menu; open tabs follow', async () => {
    await store('one.json');
    await store('two.json');
    const page = await openPanel('Workflows');
    await row(page, 'one').click();
    await page.getByRole('tab', { name: 'one' }).waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await pick(page.getByRole('menuitem', { name: 'New folder…' }));
    await answer(page, 'people');
    await row(page, 'people').waitFor();
    await row(page, 'one').dragTo(row(page, 'people'));
    await expect.poll(async () => (await listed()).files).toContain('people/one.json');
    await expect
      .poll(() => page.getByRole('tab', { name: 'one' }).getAttribute('title'))
      .toBe('people/one.json');
    await row(page, 'two').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Move to' }).hover();
    await pick(page.getByRole('menuitem', { name: 'people' }));
    await expect.poll(async () => (await listed()).files).toEqual(['people/one.json', 'people/two.json']);
    await row(page, 'people').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Rename' }));
    await answer(page, 'faces/old');
    await expect
      .poll(async () => (await listed()).files)
      .toEqual(['faces/old/one.json', 'faces/old/two.json']);
    await expect
      .poll(() => page.getByRole('tab', { name: 'one' }).getAttribute('title'))
      .toBe('faces/old/one.json');
  });

  it('is walked, renamed in and deleted from by keys alone', async () => {
    await store('a.json');
    await store('folder/b.json');
    const page = await openPanel('Workflows');
    await row(page, 'folder').focus();
    await page.keyboard.press('ArrowLeft');
    await row(page, 'b').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => row(page, 'b').evaluate((item) => item === document.activeElement)).toBe(true);
    await page.keyboard.press('F2');
    await answer(page, 'folder/c');
    await row(page, 'c').focus();
    await page.keyboard.press('Delete');
    await row(page, 'c').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Take back' }).click();
    await row(page, 'c').waitFor();
    await row(page, 'a').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'a' }).waitFor();
    await row(page, 'c').dragTo(page.getByRole('application'));
    await page.getByRole('tab', { name: 'c' }).waitFor();
    // A tab is renamed with its file.
    await page.getByRole('tab', { name: 'c' }).dblclick();
    await answer(page, 'folder/d');
    await page.getByRole('tab', { name: 'd' }).waitFor();
    await expect.poll(async () => (await listed()).files).toEqual(['a.json', 'folder/d.json']);
  });

  it('keeps favourites at the top, on the server, and copies files', async () => {
    await store('zebra.json');
    await store('ant.json');
    const page = await openPanel('Workflows');
    await row(page, 'zebra').click({ button: 'right' });
    await pick(page.getByRole('menuitemcheckbox', { name: 'Favourite' }));
    await row(page, 'Favourites').waitFor();
    await expect.poll(async () => (await listed()).favourites).toEqual(['zebra.json']);
    const names = () => page.getByRole('treeitem').evaluateAll((rows) => rows.map((each) => each.ariaLabel));
    await expect
      .poll(names)
      .toEqual(['Favourites 1 workflow, folder', 'zebra, Favourite', 'ant', 'zebra, Favourite']);
    await row(page, 'ant').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Duplicate' }));
    await row(page, 'ant copy').waitFor();
    await page.getByRole('searchbox', { name: 'Filter workflows' }).fill('copy');
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(1);
  });

  it('gives back from the trash what was deleted, with its versions, or deletes it for good', async () => {
    await store('kept.json', '{"nodes":[],"links":[],"version":0.4}');
    await store('kept.json');
    await store('gone.json');
    const page = await openPanel('Workflows');
    for (const name of ['kept', 'gone']) {
      await row(page, name).focus();
      await page.keyboard.press('Delete');
      await row(page, name).waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await pick(page.getByRole('menuitem', { name: 'Trash…' }));
    await page.getByRole('button', { name: 'Take back kept' }).click();
    await expect.poll(async () => (await listed()).files).toEqual(['kept.json']);
    const { versions } = await (await ask('GET', `${FILES}/kept.json/versions`)).json();
    expect(versions.length).toBe(2);
    await page.getByRole('button', { name: 'Delete for good: gone' }).click();
    await page.getByRole('dialog').last().getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Nothing was deleted').waitFor();
    const { files } = await (await ask('GET', '/api/v1/workflows/trash')).json();
    expect(files).toEqual([]);
  });
});

describe('saving', () => {
  it('tells at the field why a name cannot be, and keeps what was typed', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page
      .getByRole('button', { name: /^Text to image/ })
      .first()
      .click();
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Save as…' });
    await dialog.getByRole('textbox').fill('../evil');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: '../evil.json' }).waitFor();
    await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe('../evil');
    await dialog.getByRole('textbox').fill('good');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'good', exact: true }).waitFor();
    forgiveErrors({ account: keepAccount(context) }, /status of 4(00|04)/);
  });

  it('of a file that somebody has deleted says so, and saves it again', async () => {
    await store('kept.json');
    const page = await openPanel('Workflows');
    await row(page, 'kept').dblclick();
    await page.getByRole('tab', { name: 'kept' }).waitFor();
    await page.locator('[data-node][data-type="EmptyLatentImage"] h3').click();
    await page.keyboard.press('Delete');
    await page.getByRole('tab', { name: /^kept, / }).waitFor();
    await ask('DELETE', `${FILES}/kept.json`);
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'kept.json is not there any more' });
    await dialog.getByRole('button', { name: 'Save it again' }).click();
    await page.getByRole('tab', { name: 'kept', exact: true }).waitFor();
    await expect.poll(async () => (await listed()).files).toEqual(['kept.json']);
    forgiveErrors({ account: keepAccount(page.context()) }, /status of 412/);
  });
});

describe('versions', () => {
  it('are compared with the canvas, jumped into, named, and opened as new tabs', async () => {
    const first = JSON.parse(TEXT_TO_IMAGE);
    for (const node of first.nodes) if (node.id === 5) node.widgets_values[2] = 7;
    await store('work.json', JSON.stringify(first));
    await store('work.json');
    const page = await openPanel('Workflows');
    await row(page, 'work').click();
    await page.waitForSelector('[data-node="5"]');
    await row(page, 'work').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Versions…' }));
    await page.getByRole('button', { name: 'Name this version…' }).last().click();
    await answerLast(page, 'with seven steps');
    await page.getByRole('button', { name: /Compare this version: with seven steps/ }).click();
    const cells = page.getByRole('row').filter({ hasText: 'steps' }).getByRole('cell');
    await expect.poll(() => cells.allTextContents()).toEqual(['7', '20']);
    await page.getByRole('button', { name: /Show KSampler/ }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // What was jumped to is selected: deleting it takes it from the canvas.
    await page.getByRole('application').focus();
    await page.keyboard.press('Delete');
    await page.locator('[data-node="5"]').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+z');
    await row(page, 'work').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Versions…' }));
    await page.getByRole('button', { name: 'Open', exact: true }).last().click();
    await page.getByRole('tab', { name: 'work (with seven steps), Not saved' }).waitFor();
    expect(await (await ask('GET', `${FILES}/work.json`)).text()).toBe(TEXT_TO_IMAGE);
  });
});

async function answerLast(page: Page, text: string): Promise<void> {
  const dialog = page.getByRole('dialog').last();
  await dialog.getByRole('textbox').fill(text);
  await page.keyboard.press('Enter');
  await page.getByText(text).first().waitFor();
}

describe('exports', () => {
  it('are the file itself, the API format, and a script', async () => {
    await store('work.json');
    const page = await openPanel('Workflows');
    await row(page, 'work').click();
    await page.waitForSelector('[data-node="5"]');
    const texts: string[] = [];
    for (const name of ['Export (canvas format)', 'Export (API format)', 'Export (Python script)']) {
      const [download] = await Promise.all([page.waitForEvent('download'), byPalette(page, name)]);
      const path = join(server.base, download.suggestedFilename());
      await download.saveAs(path);
      texts.push(readFileSync(path, 'utf-8'));
    }
    expect(JSON.parse(texts[0] ?? '')).toEqual(JSON.parse(TEXT_TO_IMAGE));
    expect(
      Object.values(JSON.parse(texts[1] ?? '')).map((node) => (node as { class_type: string }).class_type),
    ).toContain('KSampler');
    expect(texts[2]).toContain("ksampler = add(\n    '5', 'KSampler'");
    // It needs nothing but Python to have this server run it, and fetches the picture.
    const python = process.env['SKEIN_PYTHON'] ?? 'python';
    const script = join(server.base, 'work.py');
    const args = ['--server', server.url, '--output-directory', join(server.base, 'fetched')];
    const said = execFileSync(python, [script, ...args, '--set', '5.steps=2'], { encoding: 'utf-8' });
    expect(readFileSync(said.trim()).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('the model library', () => {
  it('says what a file is, and puts it on the canvas by a button and by dragging', async () => {
    await store('work.json');
    const page = await openPanel('Workflows');
    await row(page, 'work').click();
    await page.waitForSelector('[data-node="5"]');
    await page.getByRole('application').focus();
    await page.keyboard.press('m');
    const file = page.getByRole('treeitem', { name: 'postcards.safetensors' });
    await file.click();
    const details = page.getByRole('region', { name: 'About postcards.safetensors' });
    await details.getByText('Skein Postcards').first().waitFor();
    await details.getByRole('img').waitFor();
    await details.getByRole('button', { name: 'Add a node that loads it' }).click();
    await expect.poll(() => page.locator('[data-node="8"]').textContent()).toContain('postcards.safetensors');
    await file.dragTo(page.getByRole('application'), { targetPosition: { x: 200, y: 60 } });
    await expect.poll(() => page.locator('[data-node="9"]').textContent()).toContain('postcards.safetensors');
    await page.getByRole('searchbox', { name: 'Filter models' }).fill('nothing has this name');
    await page.getByText('No model has this in its name.').waitFor();
  });
});
