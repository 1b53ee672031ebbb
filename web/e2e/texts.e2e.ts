// Texts on nodes, made higher by their lower edge and by keys.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { textToImage } from './fixtures/files';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage, SavedNode, Spot } from './harness/graph';

let page: Page;
let graph: GraphPage;
eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

interface Sized extends SavedNode {
  readonly size: readonly [number, number];
}

const boxOf = async (id: number) =>
  (await graph.byId(id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

async function drag(from: Spot, to: Spot): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
}

describe('a text on a node', () => {
  /** Nodes as their file has them. */
  const nodes = async () => (await graph.copied()).nodes as readonly Sized[];
  const heightOf = async (id: number) => (await nodes()).find((each) => each.id === id)?.size[1];

  it('is made higher by its lower edge, as one step that changes the size and nothing else', async () => {
    await graph.open('mine', textToImage());
    const before = await nodes();
    const [area, edge] = [graph.byId(2).locator('textarea'), graph.byId(2).locator('[data-text-edge]')];
    const [from, start] = [await graph.middle(edge), await area.boundingBox()];
    const zoom = (await boxOf(2)).width / 400;
    await drag(from, { x: from.x, y: from.y + 90 * zoom });
    await expect.poll(() => heightOf(2)).toBe(270);
    expect(await nodes()).toEqual(
      before.map((node) => (node.id === 2 ? { ...node, size: [400, 270] } : node)),
    );
    const end = await area.boundingBox();
    expect(Math.round((end?.height ?? 0) - (start?.height ?? 0))).toBe(Math.round(90 * zoom));
    await graph.canvas.focus();
    await graph.press('Control+z');
    await expect.poll(nodes).toEqual(before);
  });

  it('keeps the caret while its edge is dragged, and while that is given up', async () => {
    await graph.open('mine', textToImage());
    const area = graph.byId(2).locator('textarea');
    await area.click();
    await graph.press('Control+a');
    await page.keyboard.type('a red hat');
    await graph.press('ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    const edge = graph.byId(2).locator('[data-text-edge]');
    const caret = () =>
      area.evaluate((each: HTMLTextAreaElement) => [
        document.activeElement === each,
        each.selectionStart,
        each.selectionEnd,
      ]);
    const from = await graph.middle(edge);
    await drag(from, { x: from.x, y: from.y - 30 });
    await expect.poll(async () => (await graph.middle(edge)).y).toBeLessThan(from.y - 20);
    expect(await caret()).toEqual([true, 6, 6]);
    await page.keyboard.type('big ');
    await expect.poll(() => area.inputValue()).toBe('a red big hat');
    // A press alone, and a drag that Esc gives up, do not take it either.
    const now = await graph.middle(edge);
    await page.mouse.click(now.x, now.y);
    await page.mouse.move(now.x, now.y);
    await page.mouse.down();
    await page.mouse.move(now.x, now.y + 80, { steps: 4 });
    await expect.poll(async () => (await graph.middle(edge)).y).toBeGreaterThan(now.y + 60);
    await graph.press('Escape');
    await expect.poll(async () => Math.round((await graph.middle(edge)).y)).toBe(Math.round(now.y));
    await page.mouse.up();
    expect(await caret()).toEqual([true, 10, 10]);
    // The edge of a text of another node goes with that node.
    const other = await graph.middle(graph.byId(3).locator('[data-text-edge]'));
    await page.mouse.click(other.x, other.y);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'application');
  });

  it('is made higher by keys while one writes, and given up by Esc while it is dragged', async () => {
    await graph.open('mine', textToImage());
    const area = graph.byId(2).locator('textarea');
    await area.click();
    await graph.press('Alt+Shift+ArrowDown', 'Alt+Shift+ArrowDown');
    await expect.poll(() => heightOf(2)).toBe(220);
    const from = await graph.middle(graph.byId(2).locator('[data-text-edge]'));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y + 120, { steps: 4 });
    await expect
      .poll(async () => (await boxOf(2)).height / ((await boxOf(2)).width / 400))
      .toBeGreaterThan(280);
    await graph.press('Escape');
    await page.mouse.up();
    await expect.poll(() => heightOf(2)).toBe(220);
  });
});
