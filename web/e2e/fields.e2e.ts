// Fields on nodes: brought into sight when they get the keyboard, reached from far away, undone as they were typed.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { textToImage, workflow } from './fixtures/files';
import { eachOnOwnPage, LAPTOP } from './harness/bench';
import { type GraphPage, wires } from './harness/graph';
import { openTemplate } from './harness/page';
import { acted } from './harness/settle';
import { openPanel } from './harness/steps';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
}, LAPTOP);

const field = (id: number) => graph.byId(id).locator('textarea');

/** How far the place of the canvas is scrolled: never. */
const scrolled = () => graph.canvas.evaluate((each) => [each.scrollLeft, each.scrollTop]);

/** Whether all of a field is on the canvas. */
async function isInSight(id: number): Promise<boolean> {
  const [box, place] = [await field(id).boundingBox(), await graph.canvas.boundingBox()];
  if (box === null || place === null) return false;
  return box.x >= place.x && box.x + box.width <= place.x + place.width && box.y >= place.y;
}

async function pan(dx: number, dy: number): Promise<void> {
  const { mouse } = page;
  await mouse.move(700, 700);
  await mouse.down({ button: 'middle' });
  await mouse.move(700 + dx, 700 + dy, { steps: 5 });
  await mouse.up({ button: 'middle' });
  await acted(page);
}

describe('a field that gets the keyboard', () => {
  it('is moved into sight, and the canvas is never scrolled', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Alt+=');
    await field(2).waitFor();
    const place = await graph.canvas.boundingBox();
    const before = await field(2).boundingBox();
    if (place === null || before === null) throw new Error('no field');
    await pan(place.x - before.x - before.width * 0.6, 0);
    await expect.poll(() => isInSight(2)).toBe(false);
    const half = await field(2).boundingBox();
    await page.mouse.click(place.x + 20, (half?.y ?? 0) + 30);
    await page.keyboard.type('now ');
    await expect.poll(() => isInSight(2)).toBe(true);
    expect(await scrolled()).toEqual([0, 0]);
    expect(await field(2).inputValue()).toContain('now');
    // Links still begin and end where slots are seen.
    const links = wires(await graph.copied());
    await page.mouse.click(place.x + place.width / 2, place.y + place.height - 20);
    await graph.drag(graph.output(graph.byId(2), 'CONDITIONING'), graph.input(graph.byId(5), 'negative'));
    await expect
      .poll(async () => wires(await graph.copied()))
      .toEqual(links.map((each) => (each === '3>5' ? '2>5' : each)).sort());
  });

  it('is moved into sight for the keyboard, too', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Alt+=');
    await graph.title(2).click();
    await pan(-2000, 0);
    await expect.poll(() => isInSight(2)).toBe(false);
    await field(2).evaluate((each: HTMLTextAreaElement) => each.focus());
    await expect.poll(() => isInSight(2)).toBe(true);
    expect(await scrolled()).toEqual([0, 0]);
  });
});

describe('a graph that is opened', () => {
  it('has fields at once, if it is not much larger than the canvas', async () => {
    for (const name of ['Text to image', 'Image to image', 'Inpaint']) {
      await openTemplate(page, name);
      await graph.node('CLIPTextEncode').first().locator('textarea').waitFor();
      await graph.node('CheckpointLoaderSimple').waitFor();
      await graph.press('Alt+n');
      await page.getByRole('tab', { name: /Untitled/ }).waitFor();
      await page.getByRole('tab', { name: /Untitled/ }).press('Alt+w');
      await page.getByRole('tab', { name: new RegExp(name) }).press('Alt+w');
      await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
    }
  });
});

describe('a painted node', () => {
  it('is entered by a double click, and the field that was hit has the keyboard', async () => {
    // Too wide to be near enough for fields.
    const wide = workflow(
      [
        {
          id: 1,
          type: 'KSampler',
          pos: [0, 0],
          size: [315, 262],
          values: [1, 'fixed', 20, 8, 'euler', 'normal', 1],
        },
        { id: 2, type: 'CLIPTextEncode', pos: [1600, 0], size: [400, 400], values: ['a fox'] },
        { id: 3, type: 'VAEDecode', pos: [3600, 0], size: [210, 46] },
      ],
      [],
    );
    await graph.open('wide', wide);
    await expect.poll(() => page.locator('[data-node]').count()).toBe(0);
    const place = await graph.canvas.boundingBox();
    if (place === null) throw new Error('no canvas');
    const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
    await page.mouse.dblclick(middle.x - 30, middle.y + 10);
    await field(2).waitFor();
    await expect.poll(() => field(2).evaluate((each) => each === document.activeElement)).toBe(true);
    await page.keyboard.press('End');
    await page.keyboard.type(' hvf');
    await expect.poll(() => field(2).inputValue()).toBe('a fox hvf');
  });
});

describe('undo in a text on a node', () => {
  it('takes back what was typed, weighed and done elsewhere, as steps of the document', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Alt+=');
    const text = field(2);
    await text.click();
    await page.keyboard.press('End');
    await page.keyboard.type(' in the snow');
    await expect.poll(() => text.inputValue()).toBe('a fox in the snow');
    // Away and back: what comes is a step of its own.
    await field(3).focus();
    await text.focus();
    await text.evaluate((each: HTMLTextAreaElement) => each.setSelectionRange(2, 5));
    await page.keyboard.press('Control+ArrowUp');
    await expect.poll(() => text.inputValue()).toBe('a (fox:1.05) in the snow');
    await page.keyboard.press('Control+z');
    await expect.poll(() => text.inputValue()).toBe('a fox in the snow');
    await page.keyboard.press('Control+z');
    await expect.poll(() => text.inputValue()).toBe('a fox');
    const caret = () =>
      text.evaluate((each: HTMLTextAreaElement) => [each === document.activeElement, each.selectionStart]);
    await expect.poll(caret).toEqual([true, 5]);
    await page.keyboard.press('Control+Shift+Z');
    await expect.poll(() => text.inputValue()).toBe('a fox in the snow');
    await page.keyboard.press('Control+y');
    await expect.poll(() => text.inputValue()).toBe('a (fox:1.05) in the snow');
    await expect.poll(caret).toEqual([true, 12]);
    // Where nothing is left to undo, the browser's own undo brings nothing back.
    for (let times = 0; times < 4; times += 1) await page.keyboard.press('Control+z');
    await expect.poll(() => text.inputValue()).toBe('a fox');
    await graph.canvas.focus();
    await graph.press('Alt+z');
    const steps = page.getByRole('listbox', { name: 'Steps' }).getByRole('option');
    await expect.poll(() => steps.count()).toBe(3);
  });
});

describe('a link that is led to a node that takes nothing of it', () => {
  it('is refused in words, over the node and once it is let go', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Alt+=');
    const before = wires(await graph.copied());
    await graph.drag(graph.output(graph.byId(4), 'LATENT'), graph.title(2), true);
    const tip = page.getByText(/^“.*” takes no LATENT\.$/);
    await tip.waitFor();
    await page.mouse.up();
    await acted(page);
    await expect.poll(() => tip.count()).toBe(1);
    await graph.press('Escape');
    expect(wires(await graph.copied())).toEqual(before);
  });
});

describe('a panel on the left', () => {
  it('leaves what is seen where it is, as it opens and goes', async () => {
    await graph.open('mine', textToImage());
    await graph.press('Alt+=');
    await graph.node('KSampler').waitFor();
    const x = async () => (await graph.node('KSampler').boundingBox())?.x ?? 0;
    const before = await x();
    const left = async () => (await graph.canvas.boundingBox())?.x ?? 0;
    const at = await left();
    const { panel, close } = await openPanel(page, 'Workflows');
    await panel.waitFor();
    await expect.poll(left).toBeGreaterThan(at + 200);
    await expect.poll(x).toBeCloseTo(before, 0);
    await close();
    await expect.poll(left).toBe(at);
    await expect.poll(x).toBeCloseTo(before, 0);
  });
});
