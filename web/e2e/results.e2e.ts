// What nodes show of what they gave: two pictures over each other, with an edge that the pointer and keys move.

import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { SAVED } from './harness/furnish';
import { GraphPage } from './harness/graph';
import { openPage } from './harness/page';
import type { Server } from './harness/server';
import { rested } from './harness/settle';

let server: Server;
let browser: Browser;

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
