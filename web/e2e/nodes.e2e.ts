// Nodes as people handle them: fields, search, links with reasons, clipboard, pictures, missing types.

import type { Locator, Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { eachOnOwnPage, LAPTOP } from './harness/bench';
import { type GraphPage, shipped } from './harness/graph';
import { forgiveErrors, type Opened } from './harness/page';
import { acted, rested } from './harness/settle';
import { pick } from './harness/steps';

const TEXT_TO_IMAGE = shipped('text_to_image');
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let opened: Opened;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ opened, page, graph } = bench);
}, LAPTOP);

beforeEach(() => graph.empty());

/** Paste a workflow's nodes into the empty graph, and show all of them. */
async function paste(text: string): Promise<void> {
  await graph.paste(text);
  await page.mouse.move(640, 700);
  await graph.press('.');
  await rested(page);
}

const node = (type: string): Locator => graph.node(type);
const widget = (type: string, name: string): Locator => node(type).first().locator(`[data-widget="${name}"]`);

const output = (type: string, name: string) => graph.output(node(type).first(), name);
const input = (type: string, name: string) => graph.input(node(type).first(), name);

describe('fields', () => {
  beforeEach(() => paste(TEXT_TO_IMAGE));

  it('numbers: expressions, keys, drag; one undo takes each back', async () => {
    const steps = widget('KSampler', 'steps').getByRole('spinbutton');
    await steps.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('10+5');
    await page.keyboard.press('Enter');
    await expect.poll(() => steps.getAttribute('aria-valuetext')).toBe('15');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => steps.getAttribute('aria-valuetext')).toBe('16');
    await acted(page);
    const place = await node('KSampler').first().getAttribute('style');
    const cfg = widget('KSampler', 'cfg').getByRole('spinbutton');
    const before = await cfg.getAttribute('aria-valuetext');
    const start = await graph.middle(cfg);
    await graph.drag(cfg, { x: start.x + 60, y: start.y });
    await expect
      .poll(async () => Number(await cfg.getAttribute('aria-valuetext')))
      .toBeGreaterThan(Number(before));
    expect(await node('KSampler').first().getAttribute('style')).toBe(place);
    await graph.canvas.focus();
    await page.keyboard.press('Control+z');
    await expect.poll(() => cfg.getAttribute('aria-valuetext')).toBe(before);
  });

  it('lists: filter and keys; text: weights', async () => {
    const sampler = widget('KSampler', 'sampler_name').getByRole('combobox');
    await sampler.click();
    await page.keyboard.type('heunpp');
    await page.keyboard.press('Enter');
    await expect.poll(() => sampler.textContent()).toContain('heunpp2');
    const text = node('CLIPTextEncode').first().locator('textarea');
    await text.fill('a red fox');
    await text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(3, 3));
    await page.keyboard.press('Control+ArrowUp');
    await expect.poll(() => text.inputValue()).toBe('a (red:1.05) fox');
  });

  it('seeds: reset, control, menu', async () => {
    await widget('KSampler', 'seed')
      .getByRole('button', { name: /Before each run/ })
      .click();
    await pick(page.getByRole('menuitemcheckbox', { name: 'One more' }));
    const control = widget('KSampler', 'seed').getByRole('button', { name: /Before each run/ });
    await expect.poll(() => control.getAttribute('aria-label')).toContain('One more');
    await widget('KSampler', 'steps').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /Reset to default/ }).waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('search and links', () => {
  beforeEach(() => paste(TEXT_TO_IMAGE));

  it('a link let go on nothing finds what fits, and Enter connects', async () => {
    await graph.drag(output('VAEDecode', 'IMAGE'), { x: 1000, y: 660 });
    await page.getByRole('dialog', { name: 'Add a node' }).waitFor();
    await page.getByRole('button', { name: 'takes IMAGE' }).waitFor();
    await page.keyboard.type('upscale im');
    await page.keyboard.press('Enter');
    await node('ImageScale').waitFor();
    await expect
      .poll(() => node('ImageScale').locator('[data-input="image"]').getAttribute('aria-label'))
      .toContain(', linked');
  });

  it('says why a link is refused, and puts the converter between on Enter', async () => {
    await page.mouse.move(200, 640);
    await page.keyboard.press('Space');
    await page.keyboard.type('load image');
    await page.keyboard.press('Enter');
    await node('LoadImage').waitFor();
    await graph.drag(
      output('LoadImage', 'IMAGE'),
      await graph.middle(input('KSampler', 'latent_image')),
      true,
    );
    await page.getByText('IMAGE → LATENT: “latent_image” needs LATENT.').waitFor();
    await page.keyboard.press('Enter');
    await page.mouse.up();
    await node('VAEEncode').waitFor();
    const words = () =>
      node('VAEEncode')
        .locator('li')
        .evaluateAll((rows) => rows.slice(0, 2).map((row) => row.getAttribute('aria-label')));
    await expect.poll(words).toEqual(['Input pixels, IMAGE, linked', 'Input vae, VAE, linked']);
  });

  it('replaces a node and keeps links and values', async () => {
    await node('KSampler').locator('h3').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Replace with…' }));
    await page.getByRole('dialog', { name: 'Replace with another type' }).waitFor();
    await page.keyboard.type('ksampler advanced');
    await page.keyboard.press('Enter');
    await node('KSamplerAdvanced').waitFor();
    const linked = node('KSamplerAdvanced').locator('li[aria-label$=", linked"]');
    await expect.poll(() => linked.count()).toBe(4);
  });
});

describe('properties', () => {
  beforeEach(() => paste(TEXT_TO_IMAGE));

  it('sets a value of several nodes in one step, a title, a mode', async () => {
    const prompts = node('CLIPTextEncode');
    await prompts.nth(0).locator('h3').click();
    await prompts
      .nth(1)
      .locator('h3')
      .click({ modifiers: ['Control'] });
    await page.keyboard.press('?');
    await page.getByText('Values that all of them have').waitFor();
    await page.locator('textarea[id^="inspect-"]').fill('the same');
    for (const index of [0, 1])
      await expect.poll(() => prompts.nth(index).locator('textarea').inputValue()).toBe('the same');
    await page.getByLabel('When it runs').selectOption('Never (muted)');
    await expect.poll(() => prompts.nth(1).textContent()).toContain('Muted');
    await graph.canvas.focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    for (const index of [0, 1])
      await expect.poll(() => prompts.nth(index).locator('textarea').inputValue()).not.toBe('the same');
    await node('KSampler').locator('h3').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('My sampler');
    await page.keyboard.press('Enter');
    await expect.poll(() => node('KSampler').locator('h3').textContent()).toBe('My sampler');
    await page.getByText('Turn noise into a latent image').waitFor();
  });
});

describe('the page of a node', () => {
  beforeEach(() => paste(TEXT_TO_IMAGE));

  it('is opened by a key, and from the tip of each value', async () => {
    const panel = page.getByRole('region', { name: 'Properties' });
    await node('KSampler').locator('h3').click();
    await page.keyboard.press('?');
    await panel.getByRole('heading', { name: 'About this node' }).waitFor();
    await expect.poll(() => panel.getByText('Turn noise into a latent image').isVisible()).toBe(true);
    await page.keyboard.press('?');
    await panel.waitFor({ state: 'detached' });

    const { x, y } = await graph.middle(widget('KSampler', 'cfg'));
    await page.mouse.move(x, y);
    const tip = page.getByRole('tooltip');
    await tip.waitFor();
    await expect.poll(() => tip.textContent()).toMatch(/^cfgFLOAT.*0 to 100.*default 8/);
    await page.getByRole('button', { name: /^About KSampler/ }).click();
    await tip.waitFor({ state: 'detached' });
    const lit = panel.locator('[data-lit]');
    await lit.waitFor();
    await expect.poll(() => lit.textContent()).toMatch(/^cfg/);
    await expect
      .poll(async () => {
        const [outer, inner] = [await panel.boundingBox(), await lit.boundingBox()];
        return inner !== null && outer !== null && inner.y > outer.y && inner.y < outer.y + outer.height;
      })
      .toBe(true);

    await widget('CLIPTextEncode', 'text').locator('textarea').focus();
    await page.keyboard.press('F1');
    await panel.locator('[data-lit]').getByText('text').first().waitFor();
  });
});

describe('clipboard', () => {
  beforeEach(() => paste(TEXT_TO_IMAGE));

  it('copies between tabs as JSON text; cut and undo', async () => {
    const nodes = page.locator('[data-node]');
    const count = await nodes.count();
    await node('KSampler').locator('h3').click();
    await page.keyboard.press('Control+c');
    await expect
      .poll(async () => JSON.parse(await page.evaluate(() => navigator.clipboard.readText())))
      .toMatchObject({ nodes: [{ type: 'KSampler' }] });
    await page.keyboard.press('Control+d');
    await expect.poll(() => nodes.count()).toBe(count + 1);
    await page.keyboard.press('Control+z');
    await expect.poll(() => nodes.count()).toBe(count);
    await page.keyboard.press('Alt+n');
    await expect.poll(() => nodes.count()).toBe(0);
    await graph.canvas.focus();
    await page.keyboard.press('Control+v');
    await node('KSampler').waitFor();
    expect(await nodes.count()).toBe(1);
  });
});

describe('pictures and what is missing', () => {
  it('uploads a picture into its field, and shows it', async () => {
    await graph.canvas.focus();
    await page.keyboard.press('Shift+A');
    await page.keyboard.type('load image');
    await page.keyboard.press('Enter');
    await node('LoadImage')
      .locator('input[type="file"]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: PIXEL });
    await node('LoadImage').locator('img[alt="dot.png"]').waitFor();
    await expect
      .poll(() => widget('LoadImage', 'image').getByRole('combobox').getAttribute('aria-invalid'))
      .toBe('false');
  });

  it('a picture that is dropped on its node goes into it; on the canvas it becomes a node', async () => {
    const drop = (selector: string, name: string) =>
      page.evaluate(
        ([where, file, bytes]) => {
          const data = new DataTransfer();
          const picture = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
          data.items.add(new File([picture], file, { type: 'image/png' }));
          const target = document.querySelector(where);
          const box = target?.getBoundingClientRect();
          const at = { clientX: (box?.left ?? 0) + 60, clientY: (box?.top ?? 0) + 60 };
          target?.dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data, ...at }),
          );
        },
        [selector, name, PIXEL.toString('base64')] as const,
      );
    await drop('[role="application"]', 'one.png');
    await node('LoadImage').locator('img[alt="one.png"]').waitFor();
    await drop('[data-type="LoadImage"] h3', 'two.png');
    await node('LoadImage').locator('img[alt="two.png"]').waitFor();
    expect(await page.locator('[data-node]').count()).toBe(1);
    // The server says of a picture without a workflow that it has none.
    forgiveErrors(opened, /status of 4\d\d/);
  });

  it('shows nodes of unknown types, with their values, and values that are not there in red with what is near', async () => {
    await paste(
      JSON.stringify({
        nodes: [
          {
            id: 1,
            type: 'FancyFromPack',
            pos: [0, 0],
            size: [300, 200],
            widgets_values: ['kept', 3],
            properties: { cnr_id: 'fancy-pack' },
          },
          {
            id: 2,
            type: 'KSampler',
            pos: [400, 0],
            size: [300, 270],
            widgets_values: [1, 'fixed', 20, 7, 'eulr', 'normal', 1],
          },
        ],
        links: [],
      }),
    );
    await expect.poll(() => node('FancyFromPack').textContent()).toContain('fancy-pack');
    expect(await node('FancyFromPack').textContent()).toContain('kept');
    const sampler = widget('KSampler', 'sampler_name').getByRole('combobox');
    await expect.poll(() => sampler.getAttribute('aria-invalid')).toBe('true');
    await sampler.click();
    await page.getByRole('alert').getByRole('button', { name: 'euler', exact: true }).click();
    await expect.poll(() => sampler.textContent()).toContain('euler');
  });

  it('notes are Markdown without HTML', async () => {
    await graph.canvas.focus();
    await page.keyboard.press('Shift+A');
    await page.keyboard.type('markdown note');
    await page.keyboard.press('Enter');
    const note = node('MarkdownNote').getByRole('button', { name: /to edit/ });
    await note.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('# Title\n<b>no tag</b> and **bold**');
    await graph.canvas.focus();
    await expect.poll(() => node('MarkdownNote').locator('strong').textContent()).toBe('bold');
    expect(await node('MarkdownNote').locator('b').count()).toBe(0);
  });
});
