// Node types in a panel and by category: found, marked, dragged to the canvas, added by keys.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { byPalette, pick } from './harness/steps';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

describe('the panel of nodes', () => {
  it('opens by its key, finds, and gives nodes by Enter and by dragging', async () => {
    await graph.empty();
    await graph.press('n');
    const panel = page.getByRole('region', { name: 'Nodes', exact: true });
    await panel.getByRole('textbox', { name: 'Filter nodes' }).fill('empty image');
    const row = panel.getByRole('button', { name: 'EmptyImage', exact: true });
    await row.focus();
    await graph.press('Enter');
    await graph.node('EmptyImage').waitFor();
    await row.dragTo(graph.canvas, { targetPosition: { x: 300, y: 700 } });
    await expect.poll(() => graph.node('EmptyImage').count()).toBe(2);
    // Letters that are typed in the filter are no keys of commands.
    await panel.getByRole('textbox', { name: 'Filter nodes' }).fill('nothing is called so');
    await panel.getByText('No node type has all these words').waitFor();
    await graph.canvas.focus();
    await graph.press('n');
    await panel.waitFor({ state: 'detached' });
  });

  it('keeps marked nodes at the top, also after a reload', async () => {
    await graph.empty();
    await graph.press('n');
    const panel = page.getByRole('region', { name: 'Nodes', exact: true });
    const filter = panel.getByRole('textbox', { name: 'Filter nodes' });
    await filter.fill('ksampler');
    await panel.getByRole('button', { name: 'Mark KSampler', exact: true }).click();
    await filter.fill('');
    const first = panel.getByRole('button').filter({ hasNotText: /^$/ });
    const rows = () => first.allTextContents();
    await expect.poll(async () => (await rows()).slice(0, 4).join()).toContain('KSampler');
    await page.reload();
    const again = panel.getByRole('button', { name: 'Unmark KSampler', exact: true });
    await again.waitFor();
    await again.click();
    await again.waitFor({ state: 'detached' });
  });
});

describe('nodes by category', () => {
  it('are added by the menu of the canvas, and by a command where there is no pointer', async () => {
    await graph.empty();
    await page.mouse.click(900, 600, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Add node by category' }).press('ArrowRight');
    await page.getByRole('menuitem', { name: 'sampling', exact: true }).press('ArrowRight');
    await pick(page.getByRole('menuitem', { name: 'KSampler', exact: true }), 'Enter');
    await graph.node('KSampler').waitFor();
    await byPalette(page, 'Add node by category');
    await page.getByRole('menu', { name: 'Add node by category' }).waitFor();
    await page.getByRole('menuitem', { name: 'latent', exact: true }).press('ArrowRight');
    await pick(page.getByRole('menuitem', { name: 'VAE Decode', exact: true }), 'Enter');
    await graph.node('VAEDecode').waitFor();
  });
});
