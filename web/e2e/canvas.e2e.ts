// The canvas on the real page: how links look, what they carry, links by name, kept views, numbers.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eachOnOwnPage, LAPTOP } from './harness/bench';
import { framesIn } from './harness/engine';
import type { GraphPage } from './harness/graph';
import { keptTabs } from './harness/kept';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';
import { byPalette, pick } from './harness/steps';

let server: Server;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ server, page, graph } = bench);
}, LAPTOP);

/** A picture goes by name to where it is taken apart into a list, and is shown. */
const FILE = JSON.stringify({
  nodes: [
    {
      ...{ id: 1, type: 'EmptyImage', pos: [0, 0], size: [260, 130], flags: {}, mode: 0, inputs: [] },
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }],
      widgets_values: [64, 32, 3, 0],
    },
    {
      ...{ id: 2, type: 'SetNode', title: 'Set_picture', pos: [400, 0], size: [210, 60], flags: {}, mode: 0 },
      ...{ inputs: [{ name: 'IMAGE', type: 'IMAGE', link: 1 }], outputs: [], widgets_values: ['picture'] },
    },
    {
      ...{ id: 3, type: 'GetNode', title: 'Get_picture', pos: [0, 320], size: [210, 60], flags: {}, mode: 0 },
      ...{ inputs: [], outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [2] }], widgets_values: ['picture'] },
    },
    {
      ...{ id: 4, type: 'RebatchImages', pos: [400, 320], size: [250, 80], flags: {}, mode: 0 },
      inputs: [{ name: 'images', type: 'IMAGE', link: 2 }],
      outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [3], shape: 6 }],
      widgets_values: [1],
    },
    {
      ...{ id: 5, type: 'PreviewImage', pos: [850, 320], size: [250, 246], flags: {}, mode: 0, outputs: [] },
      inputs: [{ name: 'images', type: 'IMAGE', link: 3 }],
    },
  ],
  links: [
    [1, 1, 0, 2, 0, 'IMAGE'],
    [2, 3, 0, 4, 0, 'IMAGE'],
    [3, 4, 0, 5, 0, 'IMAGE'],
  ],
  ...{ last_node_id: 5, last_link_id: 3, groups: [], config: {}, extra: {}, version: 0.4 },
});

const tip = () => page.locator('[data-link-tip]');

/** Rest with the pointer halfway between an output and an input that stand at the same height or not. */
async function pointAt(from: string, to: string, input: string): Promise<void> {
  const start = await graph.middle(graph.output(graph.byId(from), 'IMAGE'));
  const end = await graph.middle(graph.input(graph.byId(to), input));
  const at = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  await page.mouse.move(at.x, at.y + 40);
  await page.mouse.move(at.x, at.y, { steps: 3 });
}

describe('how links look', () => {
  it('is chosen in the view bar, and kept by the server', async () => {
    await graph.open('mine', FILE);
    const button = page.getByRole('button', { name: 'How links look' });
    await button.click();
    const straight = page.getByRole('menuitemcheckbox', { name: 'At right angles' });
    await pick(straight);
    await expect.poll(async () => (await settings())['Skein.linkStyle']).toBe('linear');
    await button.click();
    await expect.poll(() => straight.getAttribute('aria-checked')).toBe('true');
    await pick(page.getByRole('menuitemcheckbox', { name: 'Hidden' }));
    await expect.poll(async () => (await settings())['Skein.showsLinks']).toBe(false);
    await pointAt('3', '4', 'images');
    // Longer than the pointer must rest for a tip.
    await page.waitForTimeout(500);
    expect(await tip().count()).toBe(0);
    await graph.canvas.focus();
    await page.keyboard.press('Shift+H');
    await pointAt('3', '4', 'images');
    await tip().waitFor();
    await byPalette(page, 'Links: Curved');
    await expect.poll(async () => (await settings())['Skein.linkStyle']).toBe('spline');
  });
});

const settings = async () =>
  (await (await fetch(`${server.url}/settings`)).json()) as Record<string, unknown>;

describe('what links carry', () => {
  it('is told beside them after a run, through links by name, as a list, and after a reload', async () => {
    await graph.open('mine', FILE);
    await pointAt('3', '4', 'images');
    await expect.poll(() => tip().textContent()).toContain('Get_picture › IMAGE → ');
    expect(await tip().textContent()).not.toContain('fp32');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Done in/).waitFor({ timeout: 40_000 });
    await pointAt('3', '4', 'images');
    await expect.poll(() => tip().textContent()).toContain('IMAGE 3x32x64x3 fp32');
    await pointAt('4', '5', 'images');
    await expect.poll(() => tip().textContent()).toContain('1x32x64x3 fp32');
    expect(await tip().textContent()).toContain('3 values');
    await page.reload();
    await graph.byId('4').waitFor();
    await rested(page);
    await pointAt('3', '4', 'images');
    await expect.poll(() => tip().textContent()).toContain('3x32x64x3 fp32');
  });
});

describe('links by name', () => {
  it('lead from one end to the other, by key and by menu, and back', async () => {
    await graph.open('mine', FILE);
    await graph.title('3').click();
    await page.keyboard.press('j');
    await expect.poll(() => graph.spoken()).toContain('Set_picture');
    await graph.title('2').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Go to where it is used' }).hover();
    await pick(page.getByRole('menuitem', { name: /Get_picture/ }));
    await expect.poll(() => graph.spoken()).toContain('Get_picture');
    await graph.title('3').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: /Go to where it comes from: Set_picture/ }));
    await expect.poll(() => graph.spoken()).toContain('Set_picture');
  });
});

describe('views', () => {
  it('that are kept come back with their tab', async () => {
    await graph.open('mine', FILE);
    await byPalette(page, 'Zoom to 100');
    await page.keyboard.press('Alt+Shift+1');
    await page.getByText('Kept as view 1').waitFor();
    const zoom = () => page.getByRole('button', { name: /^Zoom: / }).textContent();
    await acted(page);
    const kept = await zoom();
    await page.keyboard.press('Alt+-');
    await page.keyboard.press('Alt+-');
    await expect.poll(zoom).not.toBe(kept);
    // Any change of the workflow keeps its draft, and where it is looked at.
    await graph.title('3').click();
    await page.keyboard.press('Control+ArrowRight');
    const written = async () => (await keptTabs(page)).map(({ isDirty, zoom: at }) => [isDirty, at < 0.9]);
    await expect.poll(written).toEqual([[true, true]]);
    await page.reload();
    await page.getByRole('tab', { name: 'mine' }).waitFor();
    await graph.byId('3').waitFor();
    await expect.poll(zoom).not.toBe(kept);
    await graph.canvas.focus();
    await page.keyboard.press('Alt+1');
    await expect.poll(zoom).toBe(kept);
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(zoom).not.toBe(kept);
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(zoom).toBe(kept);
  });
});

describe('numbers', () => {
  it('say how much there is, and frames only while they are drawn', async () => {
    await graph.open('mine', FILE);
    const info = page.locator('[data-info]');
    const words = () => info.textContent();
    await expect.poll(words).toBe('5 nodes, 3 links');
    await page.mouse.move(600, 600);
    await page.mouse.down({ button: 'middle' });
    let step = 0;
    const moved = async () => {
      step += 1;
      await page.mouse.move(600 + (step % 20) * 5, 600);
      return words();
    };
    await expect.poll(moved, { interval: 16 }).toMatch(/\d+ fps/);
    await page.mouse.up({ button: 'middle' });
    await expect.poll(words).toBe('5 nodes, 3 links');
    await expect.poll(() => framesIn(page, 1500)).toBe(0);
  });
});
