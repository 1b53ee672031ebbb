// The gallery with ten thousand files: found, looked through by keys, marked, deleted and brought back, chosen from; and
// where a picture comes from.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflow } from './fixtures/files';
import { askGallery, fillGallery } from './fixtures/gallery';
import { picture } from './fixtures/pictures';
import { withServer } from './harness/bench';
import { forgiveErrors, openPage } from './harness/page';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';
import { pick } from './harness/steps';

const COUNT = 10_000;
const PATIENCE = 300_000;
/** Of cells on the page, however many files there are. */
const MOST_CELLS = 300;

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

beforeAll(() => fillGallery(server, COUNT), PATIENCE);

const ask = (q: string) => askGallery(server, q);
const total = async (q = '') => (await ask(q)).total;

async function openGallery(page: Page) {
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Gallery', exact: true });
  await panel.locator('[data-key]').first().waitFor();
  return panel;
}

describe('the gallery of 10,000 files', () => {
  it('is searched, filtered and scrolled', async () => {
    const opened = await openPage(browser, server.url);
    const { page } = opened;
    const panel = await openGallery(page);
    await panel.getByText('10,000 files', { exact: true }).waitFor();
    expect(await panel.locator('[data-key]').count()).toBeLessThan(MOST_CELLS);
    await panel.locator('[data-key]').first().focus();
    await page.keyboard.press('End');
    await panel.getByRole('button', { name: /^f_00000\.png/ }).waitFor();
    expect(await panel.locator('[data-key]').count()).toBeLessThan(MOST_CELLS);
    await page.keyboard.press('Home');
    await panel.getByRole('button', { name: /^f_09999\.png/ }).waitFor();

    const search = panel.getByRole('searchbox');
    await search.fill('model:tiny "red fox" folder:"set 0"');
    await panel.getByText('834 files', { exact: true }).waitFor();
    await search.fill('colour:red');
    await panel.getByRole('alert').getByText("There is no 'colour' to search for").waitFor();
    await search.fill('nothing at all');
    await panel.getByText('Nothing fits the search').waitFor();
    await panel.getByRole('button', { name: 'Show all' }).click();
    await panel.getByText('10,000 files', { exact: true }).waitFor();

    await panel.getByRole('button', { name: 'Filters' }).click();
    const filters = panel.getByRole('complementary', { name: 'Filters' });
    await filters.getByRole('button', { name: /^sd15\.safetensors/ }).click();
    await expect.poll(() => search.inputValue()).toBe('model:="sd15.safetensors"');
    await filters.getByRole('button', { name: /^set 1/ }).click();
    await expect.poll(() => search.inputValue()).toBe('model:="sd15.safetensors" folder:"set 1"');
    await panel.getByText(`${await total('model:sd15 folder:"set 1"')} files`, { exact: true }).waitFor();
    await filters.getByRole('button', { name: /^sd15\.safetensors/ }).click();
    await panel.getByText('2,500 files', { exact: true }).waitFor();
    forgiveErrors(opened, /status of 400/);
  });

  it('is culled by keys, marked many at a time, deleted from and given back', async () => {
    const { page } = await openPage(browser, server.url);
    const panel = await openGallery(page);
    const cell = (number: number) => panel.getByRole('button', { name: new RegExp(`^f_0${number}\\.png`) });
    await cell(9999).click();
    await page.keyboard.press('4');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('s');
    await expect.poll(() => total('rating:4')).toBe(1);
    await expect
      .poll(async () => (await ask('rejected')).items.map(({ name }) => name))
      .toEqual(['set 2/f_09998.png']);
    await expect
      .poll(async () => (await ask('star')).items.map(({ name }) => name))
      .toEqual(['set 1/f_09997.png']);
    await page.keyboard.press('Enter');
    const lightbox = page.getByRole('dialog', { name: 'f_09997.png' });
    await lightbox.waitFor();
    await page.keyboard.press('2');
    await expect.poll(() => total('star rating:2')).toBe(1);
    await page.keyboard.press('z');
    await lightbox.getByRole('button', { name: '100 %', pressed: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'f_09996.png' }).waitFor();
    await page.keyboard.press('Escape');
    // Where one was, keys go on.
    await expect.poll(() => cell(9996).evaluate((each) => each === document.activeElement)).toBe(true);
    await page.keyboard.press('5');
    await expect
      .poll(async () => (await ask('rating:5')).items.map(({ name }) => name))
      .toEqual(['set 0/f_09996.png']);

    await panel.getByRole('searchbox').fill('folder:"set 0" model:other');
    await panel.getByText('833 files', { exact: true }).waitFor();
    await panel.locator('[data-key]').first().focus();
    await page.keyboard.press('Control+a');
    await panel.getByText('833 of 833', { exact: true }).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('textbox', { name: 'Tags' }).fill('sky, old');
    await page.getByRole('button', { name: 'Set tags' }).click();
    await expect.poll(() => total('tag:sky tag:old')).toBe(833);
    await panel.locator('[data-key]').first().focus();
    await page.keyboard.press('Escape');
    await panel.locator('[data-key]').nth(0).click();
    await panel
      .locator('[data-key]')
      .nth(2)
      .click({ modifiers: ['Shift'] });
    await panel.getByText('3 of 833', { exact: true }).waitFor();
    const zip = page.waitForEvent('download');
    await panel.getByRole('button', { name: 'Download 3 files as one archive' }).click();
    expect((await zip).suggestedFilename()).toBe('skein.zip');
    await page.keyboard.press('Delete');
    const question = page.getByRole('dialog', { name: 'Delete 3 files?' });
    await question.getByText('after 30 days').waitFor();
    await question.getByRole('button', { name: 'Delete 3 files' }).click();
    await panel.getByText('830 files', { exact: true }).waitFor();
    await expect.poll(() => readdirSync(join(server.base, 'output', 'set 0')).length).toBe(2497);
    await page.getByRole('button', { name: 'Bring back' }).click();
    await panel.getByText('833 files', { exact: true }).waitFor();
    await expect.poll(() => total('tag:sky tag:old')).toBe(833);
  });

  it('shows what comes while it is open, and moves nothing that is looked at', async () => {
    const { page } = await openPage(browser, server.url);
    const panel = await openGallery(page);
    const output = join(server.base, 'output');
    writeFileSync(join(output, 'fresh 1.png'), picture(64, 64));
    await panel.getByRole('button', { name: /^fresh 1\.png/ }).waitFor({ timeout: 20_000 });
    const seen = panel.getByRole('button', { name: /^f_09900\.png/ });
    await panel.getByRole('region', { name: 'Files' }).hover();
    await expect
      .poll(
        async () => {
          await page.mouse.wheel(0, 400);
          return seen.isVisible();
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    await seen.click();
    await rested(page);
    const top = async () => Math.round(((await seen.boundingBox())?.y ?? 0) / 10);
    const before = await top();
    for (let number = 2; number < 12; number += 1)
      writeFileSync(join(output, `fresh ${number}.png`), picture(64, 64));
    await panel.getByText(/of 10,011$/).waitFor({ timeout: 20_000 });
    await expect.poll(top).toBe(before);
    await panel.getByRole('button', { name: /^f_09900\.png.*selected$/ }).waitFor();
  });

  it('gives a picture to an image input, chosen or dragged', async () => {
    const { page } = await openPage(browser, server.url);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a file…' }).first().click();
    const node = { id: 1, type: 'LoadImage', pos: [0, 0], size: [300, 320], values: ['', 'image'] } as const;
    await (await chooser).setFiles({
      name: 'load.json',
      mimeType: 'application/json',
      buffer: Buffer.from(workflow([node], [])),
    });
    await page
      .getByRole('button', { name: /^Choose a picture from the gallery/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /Choose/ });
    await dialog.getByRole('searchbox').fill('path:"set 3/f_00003.png"');
    await dialog.getByText('One file', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: /^f_00003\.png/ }).click();
    await dialog.getByRole('button', { name: 'Take it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('set 3/f_00003.png [output]').first().waitFor();

    // The same by hand: onto the node, and beside it, which makes another one.
    const panel = await openGallery(page);
    await panel.getByRole('searchbox').fill('path:"set 3/f_00007.png"');
    await panel.getByRole('button', { name: /^f_00007\.png/ }).waitFor();
    const nodes = page.locator('[data-node]');
    await panel.locator('[data-key]').dragTo(nodes.first(), { targetPosition: { x: 20, y: 12 } });
    await page.getByText('set 3/f_00007.png [output]').first().waitFor();
    await expect.poll(() => page.getByText('set 3/f_00003.png [output]').count()).toBe(0);
    await panel
      .locator('[data-key]')
      .dragTo(page.getByRole('application'), { targetPosition: { x: 60, y: 500 } });
    await expect.poll(() => nodes.count()).toBe(2);
  });
});

interface Run {
  readonly outputs: readonly { readonly assets: readonly { readonly filename: string }[] }[];
}

async function run(inputs: Record<string, unknown>, prefix: string, image?: string): Promise<string> {
  const source =
    image === undefined
      ? { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0, ...inputs } }
      : { class_type: 'LoadImage', inputs: { image, ...inputs } };
  const prompt = {
    1: source,
    2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
    3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: prefix } },
  };
  const response = await fetch(`${server.url}/api/v1/jobs?wait=90`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ workflow: prompt }),
  });
  const job = (await response.json()) as Run;
  const name = job.outputs.flatMap(({ assets }) => assets)[0]?.filename ?? '';
  await expect.poll(() => total(`path:"${name}"`), { timeout: 20_000 }).toBe(1);
  return name;
}

describe('where pictures come from', () => {
  it('leads from a picture to its run and its parents, to its children, and two are compared', async () => {
    const parent = await run({ color: 0x204060 }, 'parent');
    const child = await run({}, 'child', `${parent} [output]`);
    const other = await run({ color: 0x206040 }, 'parent');
    const { page } = await openPage(browser, server.url);
    const panel = await openGallery(page);
    await panel.getByRole('button', { name: new RegExp(`^${child}`) }).dblclick();
    const lightbox = page.getByRole('dialog', { name: child });
    const lineage = lightbox.getByRole('region', { name: 'Where it comes from' });
    await lineage.getByText(/^Run /).waitFor();
    await lineage.getByText('into image of LoadImage #1').waitFor();
    await lineage.getByRole('button', { name: `Where ${parent} comes from` }).click();
    await expect.poll(() => lineage.getByText(/^Run /).count()).toBe(2);
    await lineage.getByRole('button', { name: parent, exact: true }).click();
    const above = page.getByRole('dialog', { name: parent });
    await above.getByText('One picture made from it').waitFor();
    await above.getByRole('button', { name: child, exact: true }).click();
    await page
      .getByRole('dialog', { name: child })
      .getByRole('region', { name: 'Where it comes from' })
      .getByText(/^Run /)
      .click();
    await page.getByRole('tab', { name: 'child' }).waitFor();

    await panel.getByRole('button', { name: new RegExp(`^${parent}`) }).click();
    await panel.getByRole('button', { name: new RegExp(`^${other}`) }).click({ modifiers: ['Control'] });
    await panel.getByRole('button', { name: 'Compare', exact: true }).click();
    const comparison = page.getByRole('dialog', { name: `${parent} and ${other}` });
    await comparison.getByRole('row', { name: /color/ }).waitFor();
    await comparison.getByText(/of the pixels differ/).waitFor();
    // Each way to look at them; and how long each node took, in both runs.
    const images = comparison.getByRole('region', { name: 'The pictures' });
    const edge = images.getByRole('slider', { name: 'Edge between A and B' });
    await edge.focus();
    await acted(page);
    const before = await edge.inputValue();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => edge.inputValue()).not.toBe(before);
    await comparison.getByRole('button', { name: 'Side by side' }).click();
    await images.getByRole('img', { name: `A: ${parent}` }).waitFor();
    await images.getByRole('img', { name: `B: ${other}` }).waitFor();
    await comparison.getByRole('button', { name: 'Difference' }).click();
    await images.getByRole('img', { name: 'Difference' }).waitFor();
    await expect.poll(() => edge.count()).toBe(0);
    await comparison.getByRole('button', { name: 'Flicker' }).click();
    await images.getByRole('button', { name: 'Stop' }).click();
    const shown = () => images.locator('img:visible').getAttribute('alt');
    await acted(page);
    const first = await shown();
    await images.getByRole('button', { name: 'The other' }).click();
    await expect.poll(shown).not.toBe(first);
    const times = comparison.getByRole('table').last();
    for (const name of [/^All/, /^EmptyImage\s*#1/, /^Invert Image\s*#2/, /^Save Image\s*#3/])
      await expect.poll(() => times.getByRole('row', { name }).getByRole('cell').count()).toBe(2);
    await page.keyboard.press('Escape');
    expect(existsSync(join(server.base, 'output', child))).toBe(true);
  });

  it('opens a workflow once, loads only values after a look at them, and becomes an input', async () => {
    const first = await run({ color: 0x112233 }, 'values');
    const second = await run({ color: 0x445566, width: 128 }, 'values');
    // Wide, so that nodes beside the panel are near enough to be elements.
    const { page } = await openPage(browser, server.url, {
      viewport: { width: 1920, height: 1080 },
    });
    const panel = await openGallery(page);
    const choose = async (name: string, item: string) => {
      await panel.getByRole('button', { name: new RegExp(`^${name}`) }).click({ button: 'right' });
      await pick(page.getByRole('menuitem', { name: item, exact: true }));
    };
    await choose(first, 'Open workflow');
    const tab = page.getByRole('tab', { name: /^values, Imported from the API format/ });
    await tab.waitFor();
    await choose(first, 'Open workflow');
    await page.getByText('values is open already').waitFor();
    expect(await page.getByRole('tab').count()).toBe(1);
    await page.getByRole('button', { name: 'Open a copy' }).click();
    await page.getByRole('tab', { name: /^values \(2\)/ }).waitFor();
    await page.keyboard.press('Alt+w');
    await page.getByRole('button', { name: 'Don’t save' }).click();
    await expect.poll(() => page.getByRole('tab').count()).toBe(1);

    const source = page.locator('[data-node][data-type="EmptyImage"]');
    const value = (name: string) =>
      source.locator(`[data-widget="${name}"]`).getByRole('spinbutton').getAttribute('aria-valuetext');
    await expect.poll(() => value('width')).toBe('64');
    await choose(second, 'Load values');
    const question = page.getByRole('dialog', { name: 'Load 2 values into values?' });
    await question.getByText('EmptyImage · width').waitFor();
    await expect.poll(() => question.textContent()).toMatch(/width64128.*color#112233#445566/);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await acted(page);
    expect(await value('width')).toBe('64');
    await choose(second, 'Load values');
    await question.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByText('2 values loaded').waitFor();
    await expect.poll(() => value('width')).toBe('128');
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => value('width')).toBe('64');
    await choose(first, 'Load values');
    await page.getByText('Nothing to load').waitFor();

    await choose(second, 'Use as input');
    const loader = page.locator('[data-node][data-type="LoadImage"]');
    await loader.getByText(`${second} [output]`).first().waitFor();
    await choose(first, 'Use as input');
    // Into the node that is selected, which loads pictures.
    await loader.getByText(`${first} [output]`).first().waitFor();
    expect(await loader.count()).toBe(1);
  });

  it('is shown large under the pointer, downloaded, and handed to other programs when it is dragged', async () => {
    const name = await run({ color: 0x777777 }, 'handed');
    const { page } = await openPage(browser, server.url);
    const panel = await openGallery(page);
    const cell = panel.getByRole('button', { name: new RegExp(`^${name}`) });
    await cell.hover();
    const large = page.locator('[aria-hidden="true"] > img[src*="/content"]');
    await large.waitFor();
    const wider = async () => {
      const [small, box] = [await cell.boundingBox(), await large.boundingBox()];
      return (box?.width ?? 0) - (small?.width ?? 0);
    };
    await expect.poll(wider).toBeGreaterThan(0);
    await page.mouse.move(900, 400);
    await large.waitFor({ state: 'detached' });
    const handed = await cell.evaluate((element) => {
      const data = new DataTransfer();
      element.dispatchEvent(new DragEvent('dragstart', { dataTransfer: data, bubbles: true }));
      return { file: data.getData('DownloadURL'), list: data.getData('text/uri-list') };
    });
    const [kind, file, ...address] = handed.file.split(':');
    expect([kind, file]).toEqual(['image/png', name]);
    expect(handed.list).toBe(address.join(':'));
    const bytes = Buffer.from(await (await fetch(handed.list)).arrayBuffer());
    expect(bytes.equals(readFileSync(join(server.base, 'output', name)))).toBe(true);
    const download = page.waitForEvent('download');
    await cell.click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Download', exact: true }));
    expect((await download).suggestedFilename()).toBe(name);
  });

  it('names the version of the workflow file that ran', async () => {
    const sides = { flags: {}, mode: 0, properties: {} };
    const text = JSON.stringify({
      ...{ last_node_id: 2, last_link_id: 1, groups: [], config: {}, extra: {}, version: 0.4 },
      nodes: [
        {
          ...{ id: 1, type: 'EmptyImage', pos: [0, 0], size: [300, 160], order: 0, inputs: [], ...sides },
          outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }],
          widgets_values: [64, 64, 1, 255],
        },
        {
          ...{ id: 2, type: 'SaveImage', pos: [400, 0], size: [300, 270], order: 1, outputs: [], ...sides },
          inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
          widgets_values: ['tint'],
        },
      ],
      links: [[1, 1, 0, 2, 0, 'IMAGE']],
    });
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${server.url}/api/v1/workflows/files/tint.json`, { method: 'PUT', headers, body: text });
    const { page } = await openPage(browser, server.url);
    await page.getByRole('navigation').getByRole('button', { name: 'Workflows', exact: true }).click();
    const files = page.getByRole('region', { name: 'Workflows', exact: true });
    await files.getByText('tint', { exact: true }).first().click();
    await page.getByRole('tab', { name: /^tint/ }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const panel = await openGallery(page);
    const made = panel.getByRole('button', { name: /^tint_00001_/ });
    await made.waitFor({ timeout: 40_000 });
    await made.dblclick();
    const lineage = page.getByRole('dialog').getByRole('region', { name: 'Where it comes from' });
    await lineage.getByText(/newest version/).waitFor();
    await lineage.getByRole('button', { name: /^tint/ }).click();
    await page.getByRole('tab', { name: /^tint \(2\)/ }).waitFor();

    // The node that made it has the picture's menu, too.
    await page.getByRole('tab', { name: /^tint/ }).first().click();
    const node = page.locator('[data-node][data-type="SaveImage"]');
    await node.locator('img').first().waitFor();
    await node.click({ button: 'right', position: { x: 60, y: 10 } });
    await page.getByRole('menuitem', { name: 'Picture' }).press('ArrowRight');
    await pick(page.getByRole('menuitem', { name: 'Show where it comes from' }), 'Enter');
    const shown = page.getByRole('dialog', { name: /^tint_00001_/ });
    await shown.getByRole('button', { name: 'Rate 4 of 5' }).click();
    await expect.poll(() => total('name:tint_ rating:4')).toBe(1);
  });
});
