// What people do first, in Firefox: look about, open files, link, write, run, and go on after a reload.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { shipped } from '../harness/graph';
import { type Server, startServer } from '../harness/server';
import { launchFirefox, type Opened, openPage } from './browser';
import { FirefoxPage, fileWith } from './graph';

/** The largest seeds: beyond what a number of the browser holds exactly. */
const SEED = '18446744073709551615';
const OTHER = '18446744073709551613';
const LONG = { timeout: 60_000, interval: 200 };
const SOON = { timeout: 15_000 };

let server: Server;
let firefox: Browser;
let opened: Opened;
let graph: FirefoxPage;

beforeAll(async () => {
  // Where there is none, no server is left behind.
  firefox = await launchFirefox();
  server = await startServer();
});

afterAll(async () => {
  await firefox?.close();
  await server?.stop();
});

beforeEach(async () => {
  opened = await openPage(firefox, server.url);
  graph = new FirefoxPage(opened.page);
  await graph.role('heading', 'Begin with a workflow');
});

afterEach(async () => {
  await opened.context.close();
  expect(opened.account).toEqual([]);
});

/** Text to image with a seed, what to draw, and without the links to these inputs. */
function workflow(seed: string, { prompt = 'a fox', unlinked = [] as readonly string[] } = {}): string {
  const raw = JSON.parse(shipped('text_to_image'));
  const cut = new Set<number>();
  for (const node of raw.nodes) {
    if (node.type === 'KSampler') node.widgets_values[0] = 'SEED';
    if (node.id === 2) node.widgets_values[0] = prompt;
    for (const input of node.inputs ?? []) {
      if (input.link === null || !unlinked.includes(`${node.type} ${input.name}`)) continue;
      cut.add(input.link);
      input.link = null;
    }
  }
  for (const node of raw.nodes)
    for (const output of node.outputs ?? [])
      output.links = output.links?.filter((link: number) => !cut.has(link));
  raw.links = raw.links.filter(([link]: readonly [number]) => !cut.has(link));
  return JSON.stringify(raw).replace('"SEED"', seed);
}

async function openWorkflow(name: string, text: string): Promise<void> {
  await graph.open(fileWith(server.base, `${name}.json`, text));
  await graph.role('tab', name);
  await graph.see('[data-node="7"]');
}

/** What the graph is, as its own copy says. Leaves everything selected. */
async function copied(): Promise<string> {
  await graph.page.focus('[role="application"]');
  await graph.press('Control+a', 'Control+c');
  const clip = () => graph.page.evaluate(() => localStorage.getItem('skein.clip'));
  await expect.poll(clip, SOON).not.toBeNull();
  return (await clip()) ?? '';
}

const wires = async () => {
  const links = JSON.parse(await copied()).links as readonly (readonly number[])[];
  return links.map((link) => `${link[1]}>${link[3]}`);
};

async function click(selector: string): Promise<void> {
  const { x, y } = await graph.middle(selector);
  await graph.page.mouse.click(x, y);
}

/** Run, and wait for the picture in the node that saves it. */
async function run(): Promise<void> {
  await graph.press('Control+Enter');
  await graph.text('Done in ', LONG.timeout);
  const width = () =>
    graph.page.evaluate(() => document.querySelector<HTMLImageElement>('[data-node="7"] img')?.naturalWidth);
  await expect.poll(width, LONG).toBeGreaterThan(0);
}

/** Down a menu to the item that says this. */
async function goToItem(words: string): Promise<void> {
  for (let step = 0; step < 30; step += 1) {
    await graph.press('ArrowDown');
    // A menu moves the focus a moment later.
    await new Promise((done) => setTimeout(done, 30));
    const text = await graph.page.evaluate(() => {
      const item = document.activeElement;
      return item?.role?.startsWith('menuitem') === true ? item.textContent : '';
    });
    if (text?.includes(words) === true) return;
  }
  throw new Error(`no item says ${words}`);
}

/** Has the keyboard gone to the last menu that is open, one of so many? */
const isInMenu = (count: number) =>
  graph.page.evaluate((wanted) => {
    const menus = document.querySelectorAll('[role="menu"]');
    return menus.length === wanted && menus[wanted - 1]?.contains(document.activeElement) === true;
  }, count);

it('shows a workflow to begin with, every panel and the palette', async () => {
  await graph.press('Alt+n');
  await graph.role('tab', 'Untitled');
  const names = await graph.page.$$eval('nav button[aria-pressed]', (all) =>
    all.map((button) => button.getAttribute('aria-label') ?? ''),
  );
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    await click(`nav button[aria-label="${name}"]`);
    await graph.role('region', name);
    await click(`nav button[aria-label="${name}"]`);
  }
  await graph.press('Control+k');
  await graph.see('[role="dialog"] [role="combobox"]');
  await graph.type('keyboard shortcuts');
  await graph.press('Enter');
  await graph.role('dialog', 'Keyboard shortcuts');
});

it('opens a file, links by dragging and by keys, takes text, runs, and shows the picture', async () => {
  await openWorkflow('cut', workflow('1', { unlinked: ['VAEDecode vae', 'SaveImage images'] }));
  expect(await wires()).not.toContain('6>7');
  await graph.drag(
    await graph.middle('[data-node="6"] [data-output="IMAGE"] > span'),
    await graph.middle('[data-node="7"] [data-input="images"] > span'),
  );
  await expect.poll(wires, SOON).toContain('6>7');

  await click('[data-node="6"] h3');
  await graph.press('c');
  await graph.role('menu', 'Link a slot of this node');
  await expect.poll(() => isInMenu(1), SOON).toBe(true);
  await goToItem('vae ← VAE');
  await graph.press('ArrowRight');
  await expect.poll(() => isInMenu(2), SOON).toBe(true);
  await graph.press('ArrowUp');
  await goToItem('Load Checkpoint #1 › VAE');
  await graph.press('Enter');
  await graph.gone('[role="menu"]');
  await expect.poll(wires, SOON).toContain('1>6');
  await graph.press('Control+z');
  await expect.poll(wires, SOON).not.toContain('1>6');
  await graph.press('Control+Shift+z');
  await expect.poll(wires, SOON).toContain('1>6');

  await click('[data-node="2"] textarea');
  await graph.press('Control+a');
  // Keys that are shortcuts outside of fields, of ours and of the browser's.
  await graph.type("a fox's (red:1.2) den / c l q ? é");
  const prompt = () => graph.page.$eval('[data-node="2"] textarea', (field) => field.value);
  await expect.poll(prompt, SOON).toBe("a fox's (red:1.2) den / c l q ? é");
  await run();
});

it('pans by dragging nothing and zooms by the wheel around the pointer', async () => {
  await openWorkflow('looked at', workflow('1'));
  const node = () => graph.box('[data-node="5"]');
  const before = await node();
  const ground = { x: 900, y: 1000 };
  await graph.drag(ground, { x: ground.x + 60, y: ground.y - 40 });
  await expect
    .poll(async () => {
      const { x, y } = await node();
      return [Math.round(x - before.x), Math.round(y - before.y)];
    }, SOON)
    .toEqual([60, -40]);
  await graph.page.mouse.move(ground.x, ground.y);
  await graph.page.mouse.wheel({ deltaY: -120 });
  await expect.poll(async () => (await node()).width, SOON).toBeGreaterThan(before.width * 1.05);
  await graph.page.mouse.wheel({ deltaY: 120 });
  await expect.poll(async () => Math.round((await node()).width), SOON).toBe(Math.round(before.width));
});

it('takes neither what is selected in a field for a copy of nodes nor the middle button for pasting', async () => {
  await openWorkflow('middle', workflow('1', { prompt: '{"1": {"class_type": "VAEDecode", "inputs": {}}}' }));
  await click('[data-node="2"] textarea');
  await graph.press('Control+a');
  const before = await graph.box('[data-node="5"]');
  const { mouse } = graph.page;
  await mouse.move(900, 1000);
  await mouse.down({ button: 'middle' });
  await mouse.move(960, 960, { steps: 4 });
  await mouse.up({ button: 'middle' });
  await expect.poll(async () => Math.round((await graph.box('[data-node="5"]')).x - before.x), SOON).toBe(60);
  expect(JSON.parse(await copied()).nodes.length).toBe(7);
});

it('marks brackets where they stand, also beside a scrollbar', async () => {
  const words = 'and more and more '.repeat(30);
  await openWorkflow('long', workflow('1', { prompt: `${words} (red)` }));
  await click('[data-node="2"] textarea');
  await graph.press('Control+End', 'ArrowLeft');
  await graph.page.waitForSelector('[data-node="2"] mark');
  const [text, over, whole] = await graph.page.$eval('[data-node="2"] textarea', (field) => {
    const marks = field.parentElement?.querySelector('[aria-hidden]');
    return [field.clientWidth, marks?.clientWidth, field.offsetWidth - 2 * field.clientLeft];
  });
  expect(over).toBe(text);
  expect(text).toBeLessThan(whole ?? 0);
});

it('keeps the largest seeds from the file to the picture, and opens that again', async () => {
  await openWorkflow('seeded', workflow(SEED));
  await expect.poll(() => graph.value(5, 'seed'), SOON).toBe(SEED);
  expect(await copied()).toContain(SEED);
  await click('[data-node="5"] [data-widget="seed"] [role="spinbutton"]');
  await graph.press('Control+a');
  await graph.type(OTHER);
  await graph.press('Enter');
  await expect.poll(() => graph.value(5, 'seed'), SOON).toBe(OTHER);
  await run();
  const output = join(server.base, 'output');
  const pictures = readdirSync(output).filter((name) => name.endsWith('.png'));
  const made = pictures
    .map((name) => join(output, name))
    .filter((path) => readFileSync(path).includes(OTHER));
  expect(made.length).toBe(1);

  // On a page that knows nothing of it.
  const fresh = await openPage(firefox, server.url);
  graph = new FirefoxPage(fresh.page);
  await graph.role('heading', 'Begin with a workflow');
  await graph.open(made[0] ?? '');
  await graph.see('[data-node="7"]');
  await expect.poll(() => graph.value(5, 'seed'), SOON).toBe(OTHER);
  await fresh.context.close();
  expect(fresh.account).toEqual([]);
});

it('opens what is dropped, copies and pastes by keys, and has all of it after a reload', async () => {
  await graph.drop('dropped.json', workflow(SEED));
  await graph.role('tab', 'dropped');
  await graph.see('[data-node="7"]');
  await copied();
  await graph.press('Control+v');
  const count = async () => JSON.parse(await copied()).nodes.length;
  await expect.poll(count, SOON).toBe(14);
  await graph.role('tab', 'dropped, Not saved');
  await graph.page.reload();
  await graph.role('tab', 'dropped, Not saved');
  await graph.see('[data-node="7"]');
  await expect.poll(count, SOON).toBe(14);
  await expect.poll(() => graph.value(5, 'seed'), SOON).toBe(SEED);
});
