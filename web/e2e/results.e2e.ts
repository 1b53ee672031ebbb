// What comes of results: on nodes two pictures over each other, with an edge that the pointer and keys move; in the gallery
// pictures that are copied, and runs that are run again with another seed.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { SAVED } from './harness/furnish';
import { GraphPage, type Saved } from './harness/graph';
import { openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { rested } from './harness/settle';
import { beginning, openPanel, pick } from './harness/steps';

let server: Server;
let browser: Browser;

const LONG = { timeout: 40_000 };

withServer((house) => {
  ({ server, browser } = house);
});

/** How red and how blue a point of the page is. */
async function colourAt(page: Page, x: number, y: number): Promise<'red' | 'blue' | 'other'> {
  const png = (await page.screenshot({ clip: { x, y, width: 1, height: 1 } })).toString('base64');
  const [r, , b] = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context?.drawImage(picture, 0, 0);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
  }, png);
  if ((r ?? 0) > 120 && (b ?? 0) < 90) return 'red';
  return (b ?? 0) > 120 && (r ?? 0) < 90 ? 'blue' : 'other';
}

it('pictures are compared on the node, by pointer and by keys', async () => {
  const { page } = await openPage(browser, server.url);
  const graph = new GraphPage(page);
  await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
  await graph.open('compared', JSON.stringify(SAVED.compared));
  await page.keyboard.press('Control+Enter');
  const edge = graph.byId(3).getByRole('slider', { name: 'Edge between A and B' });
  await edge.waitFor();
  await page.getByRole('img', { name: 'A: picture 1' }).waitFor();
  await rested(page);
  const box = await edge.boundingBox();
  if (box === null) throw new Error('the edge is not on the screen');
  const at = (share: number) => colourAt(page, box.x + box.width * share, box.y + box.height / 2);
  await expect.poll(() => at(0.3)).toBe('red');
  await expect.poll(() => at(0.7)).toBe('blue');

  // The keyboard: into the node, along the edge, and out again.
  await graph.canvas.focus();
  await graph.title(3).click();
  await graph.press('Enter');
  await expect.poll(() => edge.evaluate((each) => each === document.activeElement)).toBe(true);
  await graph.press('End');
  await expect.poll(() => at(0.95)).toBe('red');
  await graph.press('PageDown', 'ArrowLeft');
  await expect.poll(() => edge.getAttribute('aria-valuetext')).toBe('A 90 %');
  await graph.press('Escape');
  await expect.poll(() => graph.canvas.evaluate((each) => each === document.activeElement)).toBe(true);

  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => at(0.3)).toBe('blue');
  // Two pictures on one side, one on the other.
  await graph.byId(3).getByRole('button', { name: 'Pair 1 of 2' }).click();
  await page.getByRole('img', { name: 'A: picture 2' }).waitFor();
});

/** A workflow that saves a picture under a name of its own. */
function saving(prefix: string): string {
  const inputs = [{ name: 'images', type: 'IMAGE', link: 1 }];
  const save = { id: 9, type: 'SaveImage', pos: [360, 0], size: [300, 300], flags: {}, mode: 0 };
  const nodes = [SAVED.compared.nodes[0], { ...save, inputs, outputs: [], widgets_values: [prefix] }];
  return JSON.stringify({ ...SAVED.compared, nodes, links: [[1, 1, 0, 9, 0, 'IMAGE']] });
}

it('a picture stays on its node while the next run begins, and where that fails', async () => {
  const { page } = await openPage(browser, server.url);
  const graph = new GraphPage(page);
  await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
  await graph.open('kept', saving('kept'));
  await page.keyboard.press('Control+Enter');
  const picture = graph.byId(9).getByRole('img', { name: 'Result 1', exact: true });
  await picture.waitFor(LONG);
  const address = await picture.getAttribute('src');
  await graph.byId(9).locator('[data-widget="filename_prefix"]').getByRole('textbox').fill('../outside');
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-node="9"][data-mark="failed"]').waitFor(LONG);
  await expect.poll(() => picture.getAttribute('src')).toBe(address);
});

/** Choose from the menu of a picture in the gallery. */
async function pickFor(page: Page, file: RegExp, item: string): Promise<void> {
  const { panel, close } = await openPanel(page, 'Gallery');
  await panel.getByRole('button', { name: file }).first().click({ button: 'right' });
  await pick(page.getByRole('menuitem', { name: item }));
  await close();
}

describe('Copy picture', () => {
  /** The picture on the clipboard: its types, its size and its first pixel. */
  const copied = (page: Page) =>
    page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      if (item === undefined || !item.types.includes('image/png')) return null;
      const bitmap = await createImageBitmap(await item.getType('image/png'));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const [r = 0, g = 0, b = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
      return { types: item.types, size: [bitmap.width, bitmap.height], isBlue: b > 200 && r < 60 && g < 60 };
    });

  /** A blue picture in the output directory, in a format of the browser's. */
  async function blue(page: Page, name: string, type: string, width: number, height: number): Promise<void> {
    const bytes = await page.evaluate(
      async ([format, w, h]) => {
        const canvas = new OffscreenCanvas(w, h);
        const context = canvas.getContext('2d');
        if (context !== null) context.fillStyle = 'rgb(0, 0, 255)';
        context?.fillRect(0, 0, w, h);
        return [...new Uint8Array(await (await canvas.convertToBlob({ type: format })).arrayBuffer())];
      },
      [type, width, height] as const,
    );
    writeFileSync(join(server.base, 'output', name), Buffer.from(bytes));
  }

  it.each([
    { name: 'sky.png', type: 'image/png', width: 40, height: 30 },
    // Clipboards take PNG alone.
    { name: 'sea.jpg', type: 'image/jpeg', width: 32, height: 48 },
  ])('puts $type on the clipboard as PNG, as large as it is', async ({ name, type, width, height }) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    const { page } = await openPage(browser, server.url, { permissions });
    await page.evaluate(() => navigator.clipboard.writeText('something else'));
    await blue(page, name, type, width, height);
    await pickFor(page, new RegExp(`^${name}`), 'Copy picture');
    await page.getByText('Picture copied').waitFor();
    expect(await copied(page)).toEqual({ types: ['image/png'], size: [width, height], isBlue: true });
  });
});

interface Job {
  readonly id: string;
  readonly state: string;
  readonly record: { readonly seeds: Readonly<Record<string, number>> } | null;
}

const get = async (path: string) => (await fetch(`${server.url}/api/v1${path}`)).json();
const jobs = async (): Promise<readonly Job[]> => (await get('/jobs')).jobs;

it('a run that has nothing to compute leaves a picture with the run that made it', async () => {
  const { page } = await openPage(browser, server.url);
  await openTemplate(page, 'Text to image');
  const before = new Set((await jobs()).map(({ id }) => id));
  // The newest first.
  const own = async () => (await jobs()).filter(({ id }) => !before.has(id));
  const states = async () => (await own()).map(({ state }) => state);
  await page.keyboard.press('Control+Enter');
  await expect.poll(states, LONG).toEqual(['succeeded']);
  const [first] = (await own()) as [Job];
  const [{ filename }] = (await get(`/assets?job_id=${first.id}`)).assets;
  await pickFor(page, beginning(filename), 'Run exactly again');
  await page.getByText('The same picture again, pixel by pixel').waitFor(LONG);
  await expect.poll(states).toEqual(['succeeded', 'succeeded']);
  const [again] = (await own()) as [Job, Job];
  expect(again.id).not.toBe(first.id);

  const { panel } = await openPanel(page, 'Gallery');
  await panel.getByRole('button', { name: beginning(filename) }).dblclick();
  await isOf(page, filename, first, again);
});

it('both runs that list a picture among their results lead to the one that made it', async () => {
  const { page } = await openPage(browser, server.url);
  const graph = new GraphPage(page);
  await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
  await graph.open('twice', saving('twice'));
  const before = new Set((await jobs()).map(({ id }) => id));
  const own = async () => (await jobs()).filter(({ id }) => !before.has(id));
  for (const count of [1, 2]) {
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+Enter');
    const succeeded = async () => (await own()).filter(({ state }) => state === 'succeeded').length;
    await expect.poll(succeeded, LONG).toBe(count);
  }
  const [again, first] = (await own()) as [Job, Job];
  const { panel } = await openPanel(page, 'Results');
  const shown = panel.getByRole('button', { name: /twice_00001_/ });
  await expect.poll(() => shown.count()).toBe(2);
  for (const place of [0, 1]) {
    await shown.nth(place).click();
    await isOf(page, 'twice_00001_.png', first, again);
  }
});

/** The details of the picture that is looked at name the first of two runs, both of which list it as made by that. */
async function isOf(page: Page, filename: string, first: Job, again: Job): Promise<void> {
  const details = page
    .getByRole('dialog', { name: filename })
    .getByRole('complementary', { name: 'Details' });
  await details.getByText(first.id.slice(0, 8), { exact: true }).waitFor(LONG);
  expect(await details.getByText(again.id.slice(0, 8)).count()).toBe(0);
  const made = async ({ id }: Job) => (await get(`/jobs/${id}`)).outputs[0].assets;
  const [asset] = await made(first);
  expect(asset.job_id).toBe(first.id);
  expect(await made(again)).toEqual(await made(first));
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
}

describe('With another seed', () => {
  type Prompt = Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;

  const promptOf = async (id: string): Promise<Prompt> => (await get(`/jobs/${id}/workflow`)).prompt;

  it('runs the same again but for the seed, which its workflow holds, too', async () => {
    const { page } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    const before = new Set((await jobs()).map(({ id }) => id));
    const own = async () => (await jobs()).filter(({ id }) => !before.has(id));
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await own()).map(({ state }) => state), LONG).toEqual(['succeeded']);
    const [first] = (await own()) as [Job];
    const prompt = await promptOf(first.id);
    await pickFor(page, /^text_to_image_/, 'With another seed');
    await page.getByText('Runs again, with another seed').waitFor();
    const again = async () => (await own()).find(({ id }) => id !== first.id);
    await expect.poll(async () => (await again())?.state, LONG).toBe('succeeded');
    const next = await promptOf((await again())?.id ?? '');

    const [place] = Object.keys(((await get(`/jobs/${first.id}`)) as Job).record?.seeds ?? {});
    const [id = '', name = ''] = place?.split('.') ?? [];
    const seed = next[id]?.inputs[name];
    expect(typeof seed).toBe('number');
    expect(seed).not.toEqual(prompt[id]?.inputs[name]);
    const same = {
      ...next,
      [id]: { ...next[id], inputs: { ...next[id]?.inputs, [name]: prompt[id]?.inputs[name] } },
    };
    expect(same).toEqual(prompt);

    // Who opens it has the seed that ran.
    const { workflow } = await get(`/jobs/${(await again())?.id}/workflow`);
    const sampler = (workflow as Saved).nodes.find((node) => String(node.id) === id);
    expect(sampler?.widgets_values?.[0]).toEqual(seed);
  });
});
