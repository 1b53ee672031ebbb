// Slots by the right button: what can be linked, where links lead, and how they are let go.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, wires } from './harness/graph';
import { pick } from './harness/steps';

let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

it('a slot has a menu of its own: link, other ends, unlink', async () => {
  await graph.open('mine', textToImage());
  const all = wires(await graph.copied());
  const clip = graph.output(graph.node('CheckpointLoaderSimple'), 'CLIP');
  await clip.click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Slot CLIP' });
  await menu.waitFor();
  expect(await menu.getByRole('menuitem', { name: /^Go to .* #[23]/ }).count()).toBe(2);
  await pick(menu.getByRole('menuitem', { name: 'Unlink all 2' }));
  await expect
    .poll(async () => wires(await graph.copied()))
    .toEqual(all.filter((each) => each !== '1>2' && each !== '1>3'));
  await graph.press('Control+z');
  await expect.poll(async () => wires(await graph.copied())).toEqual(all);
  // An input: one source in the place of another.
  const input = graph.input(graph.byId(5), 'negative');
  await input.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Link to' }).press('ArrowRight');
  await pick(page.getByRole('menuitem', { name: /#2 › CONDITIONING/ }), 'Enter');
  await expect.poll(async () => wires(await graph.copied())).toContain('2>5');
  await expect.poll(async () => wires(await graph.copied())).not.toContain('3>5');
  await input.click({ button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'Unlink', exact: true }));
  await expect.poll(async () => wires(await graph.copied()).filter((each) => each === '2>5')).toHaveLength(1);
  await graph.press('Control+z');
  await input.click({ button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'Rename slot' }));
  await page.getByRole('textbox', { name: 'Label of “negative”' }).fill('avoid');
  await graph.press('Enter');
  await expect.poll(() => graph.byId(5).locator('[data-input="negative"]').textContent()).toBe('avoid');
  // What can be done with the node is still there.
  await input.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Node', exact: true }).press('ArrowRight');
  await pick(page.getByRole('menuitem', { name: /^Bypass/ }), 'Enter');
  await expect.poll(async () => (await graph.copied()).nodes.find((each) => each.id === 5)?.mode).toBe(4);
});
