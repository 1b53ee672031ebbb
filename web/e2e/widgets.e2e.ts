// widgets-all-kinds and seed-modes: every kind of widget is shown, edited, undone, saved and run; seeds do before a run
// what they are told to.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { addPack } from './fixtures/packs';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { keptTabs } from './harness/kept';
import { acted, rested } from './harness/settle';
import { pick } from './harness/steps';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
type Value = string | number | boolean | readonly string[];

let page: Page;
let graph: GraphPage;

eachOnOwnPage(
  (bench) => {
    ({ page, graph } = bench);
  },
  {
    viewport: { width: 1280, height: 1000 },
    prepare: (base) => {
      addPack(base, 'kinds');
      mkdirSync(join(base, 'input'), { recursive: true });
      for (const name of ['second.png', 'dot.png']) writeFileSync(join(base, 'input', name), PIXEL);
    },
  },
);

beforeEach(() => graph.empty());

const node = () => graph.node('WidgetKinds').first();
const widget = (name: string): Locator => node().locator(`[data-widget="${name}"]`);

async function addKinds(): Promise<void> {
  await page.mouse.move(640, 120);
  await graph.canvas.focus();
  await page.keyboard.press('Space');
  await page.keyboard.type('widget kinds');
  await page.getByRole('dialog', { name: 'Add a node' }).getByText('Widget Kinds').first().waitFor();
  await page.keyboard.press('Enter');
  await node().waitFor();
  await graph.canvas.focus();
  await page.keyboard.press('.');
  await rested(page);
}

/** The values as the file has them, by way of the clipboard. */
async function saved(): Promise<readonly Value[]> {
  await node()
    .locator('header')
    .click({ position: { x: 120, y: 10 } });
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await graph.canvas.focus();
  await page.keyboard.press('Control+c');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const found = JSON.parse(text) as { nodes: { widgets_values: Value[] }[] };
  return found.nodes[0]?.widgets_values ?? [];
}

/** What the node says that it was given in a run. */
async function given(): Promise<Record<string, Value>> {
  await page.keyboard.press('Control+Enter');
  const said = node().locator('pre');
  await said.waitFor();
  return JSON.parse((await said.textContent()) ?? '{}') as Record<string, Value>;
}

async function type(field: Locator, text: string): Promise<void> {
  await field.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** How each kind is edited, and what it holds then. */
const EDITS: readonly (readonly [name: string, edit: (own: Locator) => Promise<void>, value: Value])[] = [
  [
    'number',
    async (own) => {
      await own.getByRole('spinbutton').focus();
      await page.keyboard.press('ArrowUp');
    },
    6,
  ],
  ['real', (own) => type(own.getByRole('spinbutton'), '2+0.25'), 2.25],
  [
    'slider',
    async (own) => {
      await own.getByRole('slider').focus();
      await page.keyboard.press('End');
    },
    100,
  ],
  [
    'knob',
    async (own) => {
      await own.getByRole('slider').focus();
      await page.keyboard.press('ArrowUp');
    },
    0.51,
  ],
  ['flag', (own) => own.getByRole('switch').click(), true],
  [
    'choice',
    async (own) => {
      await own.getByRole('combobox').focus();
      await page.keyboard.press('ArrowDown');
    },
    'b',
  ],
  [
    'many',
    async (own) => {
      await own.getByRole('button').first().click();
      await page.getByLabel('green').check();
      await page.keyboard.press('Escape');
    },
    ['green'],
  ],
  [
    'served',
    async (own) => {
      await own.getByRole('button', { name: 'Ask again for the choices of served' }).click();
      await own.getByText('dot.png').waitFor();
    },
    'dot.png',
  ],
  ['seed', (own) => type(own.getByRole('spinbutton'), '18446744073709551615'), '18446744073709551615'],
  [
    'line',
    async (own) => {
      await own.getByRole('textbox').fill('a fox');
    },
    'a fox',
  ],
  ['text', (own) => own.getByRole('textbox').fill('two\nlines'), 'two\nlines'],
  ['prompt', (own) => own.getByRole('textbox').fill('a (red:1.2) fox'), 'a (red:1.2) fox'],
  [
    'note',
    async (own) => {
      await own.getByText('Double-click to write.').dblclick();
      await page.keyboard.type('**bold**');
      await graph.canvas.focus();
    },
    '**bold**',
  ],
  [
    'colour',
    async (own) => {
      await own.getByRole('textbox', { name: 'colour', exact: true }).fill('#00ff00');
    },
    0x00ff00,
  ],
  [
    'image',
    async (own) => {
      await own.getByRole('combobox').click();
      await page.getByRole('option', { name: 'second.png' }).click();
    },
    'second.png',
  ],
];

describe('widgets of every kind', () => {
  it('are shown, edited, saved, run, and undone one by one', async () => {
    await addKinds();
    await expect.poll(() => node().locator('[data-widget]').count()).toBe(EDITS.length);
    const first = await saved();
    for (const [name, edit] of EDITS) {
      await edit(widget(name));
      await graph.canvas.focus();
    }
    await node()
      .getByRole('button', { name: /^1 more/ })
      .click();
    await widget('rare').getByRole('switch').click();
    await widget('seed')
      .getByRole('button', { name: /Before each run/ })
      .click();
    await pick(page.getByRole('menuitemcheckbox', { name: 'Keep it' }));
    const values = EDITS.filter(([each]) => each !== 'seed').map(([, , value]) => value);
    await expect.poll(saved).toEqual(expect.arrayContaining([...values, 'fixed', 'kept']));
    await expect.poll(() => widget('note').locator('strong').textContent()).toBe('bold');

    const run = await given();
    expect(run).toMatchObject({
      ...Object.fromEntries(
        EDITS.filter(([each]) => each !== 'seed').map(([name, , value]) => [name, value]),
      ),
      ...{ rare: true, secret: 'kept' },
    });

    // The control, the switch, the fold, and each edit: one step each.
    await graph.canvas.focus();
    for (let step = 0; step < EDITS.length + 3; step += 1) await page.keyboard.press('Control+z');
    await expect.poll(saved).toEqual(first);
    await graph.canvas.focus();
    await page.keyboard.press('Control+z');
    await node().waitFor({ state: 'detached' });
  });

  it('say what is wrong with a value, and keep it', async () => {
    await addKinds();
    const values = [...(await saved())];
    values[values.indexOf('a')] = 'gone';
    const text = JSON.stringify({
      ...{ version: 0.4, links: [], groups: [] },
      nodes: [{ id: 1, type: 'WidgetKinds', pos: [0, 0], size: [400, 700], widgets_values: values }],
    });
    await graph.canvas.focus();
    await page.keyboard.press('Delete');
    await node().waitFor({ state: 'detached' });
    await page.evaluate((words) => navigator.clipboard.writeText(words), text);
    await page.keyboard.press('Control+v');
    await node().waitFor();
    await graph.canvas.focus();
    await page.keyboard.press('.');
    await rested(page);
    const choice = widget('choice').getByRole('combobox');
    await expect.poll(() => choice.getAttribute('aria-invalid')).toBe('true');
    await choice.click();
    await page.getByRole('alert').getByText('“gone” is not on this server').waitFor();
    await page.keyboard.press('Escape');
    await acted(page);
    expect(await saved()).toContain('gone');
  });

  it('a list has the keyboard, stands by its field within the window, and goes where nobody needs it', async () => {
    await addKinds();
    const choice = widget('choice').getByRole('combobox');
    const list = page.getByRole('dialog', { name: 'choice' });
    const boxes = async () => {
      const [field, sheet] = [await choice.boundingBox(), await list.boundingBox()];
      if (field === null || sheet === null) throw new Error('no list');
      return { field, sheet };
    };
    const isBeside = async () => {
      const { field, sheet } = await boxes();
      const below = sheet.y - (field.y + field.height);
      const above = field.y - (sheet.y + sheet.height);
      const isInside = sheet.x >= 0 && sheet.y >= 0 && sheet.x + sheet.width <= 1280 && sheet.y < 1000;
      return isInside && Math.abs(sheet.x - field.x) < 2 && [below, above].some((gap) => gap >= 3 && gap < 6);
    };
    const hasFocus = () => choice.evaluate((each) => each === document.activeElement);
    await choice.click();
    await expect.poll(isBeside).toBe(true);
    await expect.poll(() => list.evaluate((each) => each.contains(document.activeElement))).toBe(true);
    // It goes with its field, as the view is moved.
    const before = (await boxes()).field.x;
    await page.mouse.move(640, 900);
    await page.keyboard.down('Shift');
    await page.mouse.wheel(0, 60);
    await page.keyboard.up('Shift');
    await expect.poll(async () => (await boxes()).field.x === before).toBe(false);
    await expect.poll(isBeside).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => list.count()).toBe(0);
    await expect.poll(hasFocus).toBe(true);
    // A letter opens it, and is what is looked for.
    await page.keyboard.type('b');
    await expect.poll(() => list.getByRole('combobox').inputValue()).toBe('b');
    await page.keyboard.press('Enter');
    await expect.poll(() => choice.locator('bdi').textContent()).toBe('b');
    await expect.poll(hasFocus).toBe(true);
    // What is pressed elsewhere has the keyboard.
    await choice.click();
    await list.waitFor();
    const text = widget('prompt').locator('textarea');
    await text.click();
    await expect.poll(() => list.count()).toBe(0);
    await acted(page);
    await expect.poll(() => text.evaluate((each) => each === document.activeElement)).toBe(true);
  });

  it('several nodes are set at once in their properties', async () => {
    await addKinds();
    await node()
      .locator('header')
      .click({ position: { x: 120, y: 10 } });
    await graph.canvas.focus();
    await page.keyboard.press('Control+d');
    await graph.node('WidgetKinds').nth(1).waitFor();
    await graph.canvas.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('?');
    const panel = page.getByRole('region', { name: 'Properties' });
    await panel.getByRole('spinbutton', { name: 'number' }).focus();
    await page.keyboard.press('End');
    await graph.canvas.focus();
    const numbers = () =>
      page
        .locator('[data-node] [data-widget="number"] [role="spinbutton"]')
        .evaluateAll((found) => found.map((each) => each.getAttribute('aria-valuetext')));
    await expect.poll(numbers).toEqual(['10', '10']);
    await page.keyboard.press('Control+z');
    await expect.poll(numbers).toEqual(['5', '5']);
  });
});

describe('seed modes', () => {
  const seed = () => widget('seed').getByRole('spinbutton');
  const shown = async () => BigInt((await seed().getAttribute('aria-valuetext')) ?? '-1');
  const menu = async (item: string) => {
    await widget('seed')
      .getByRole('button', { name: /Before each run/ })
      .click();
    await pick(page.getByRole('menu').getByText(item, { exact: true }));
  };
  const ended = () =>
    page.evaluate(async () => Object.keys((await (await fetch('/history')).json()) as object).length);
  const runs = async () => {
    const before = await ended();
    await graph.canvas.focus();
    await page.keyboard.press('Control+Enter');
    await expect.poll(ended).toBeGreaterThan(before);
  };

  /** The node with all that it must have to run. */
  const addReady = async () => {
    await addKinds();
    await widget('image').getByRole('combobox').click();
    await page.getByRole('option', { name: 'dot.png' }).click();
    await widget('served')
      .getByRole('button', { name: /Ask again/ })
      .click();
    await widget('served').getByText('dot.png').waitFor();
  };

  it('keep, one more, one less, random; the seed used is the one shown; reuse and new', async () => {
    await addReady();
    await type(seed(), '41');
    await menu('Keep it');
    await runs();
    await expect.poll(shown).toBe(41n);
    await menu('One more');
    await runs();
    await expect.poll(shown).toBe(42n);
    await node().locator('pre').getByText('"seed": 42,').waitFor();
    await menu('One less');
    await runs();
    await expect.poll(shown).toBe(41n);
    await menu('A random one');
    await runs();
    await expect.poll(shown).not.toBe(41n);
    const used = await shown();
    await page.waitForFunction(
      (wanted) => document.querySelector('[data-node] pre')?.textContent?.includes(`"seed": ${wanted}`),
      String(used),
    );
    await menu('New random seed now');
    await expect.poll(shown).not.toBe(used);
    await widget('seed')
      .getByRole('button', { name: /Before each run/ })
      .click();
    await pick(page.getByRole('menuitem', { name: /^Use the seed of the last run/ }));
    await expect.poll(shown).toBe(used);
    await runs();
    await expect.poll(shown).toBe(used);
  });

  it('after a reload, the seed of the last run is known, and one more is one more', async () => {
    await addReady();
    await menu('One more');
    await type(seed(), '18446744073709551613');
    await runs();
    await expect.poll(shown).toBe(18446744073709551613n);
    await runs();
    await expect.poll(shown).toBe(18446744073709551614n);
    await menu('New random seed now');
    await expect.poll(shown).not.toBe(18446744073709551614n);
    const drawn = await shown();
    await expect
      .poll(async () => (await keptTabs(page)).some(({ text }) => text.includes(String(drawn))))
      .toBe(true);
    await page.reload();
    await node().waitFor();
    await expect.poll(shown).toBe(drawn);
    await widget('seed')
      .getByRole('button', { name: /Before each run/ })
      .click();
    const item = page.getByRole('menuitem', { name: /^Use the seed of the last run/ });
    await expect.poll(() => item.textContent()).toContain('18446744073709551614');
    await pick(item);
    await expect.poll(shown).toBe(18446744073709551614n);
    await menu('One more');
    await runs();
    await expect.poll(shown).toBe(18446744073709551615n);
  });
});
