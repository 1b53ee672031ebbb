// The canvas as a whole page handles it: more room, the lock, nodes in line, what undo shows, files that say where they
// were looked at, pictures of nodes from afar, and the graph as a picture.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { t } from '../src/i18n/t';
import { textToImage } from './fixtures/files';
import { eachOnOwnPage } from './harness/bench';
import { type GraphPage, wires } from './harness/graph';
import { openTemplate } from './harness/page';
import { rested } from './harness/settle';
import { byPalette } from './harness/steps';

let page: Page;
let graph: GraphPage;
eachOnOwnPage((bench) => {
  ({ page, graph } = bench);
});

const posOf = async (id: number) =>
  (await graph.copied()).nodes.find((each) => each.id === id)?.pos ?? [0, 0];
const boxOf = async (id: number) =>
  (await graph.byId(id).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

it('F leaves nothing but the canvas, and brings all of it back', async () => {
  await graph.open('mine', textToImage());
  const tab = page.getByRole('tab', { name: 'mine' });
  const before = await graph.canvas.boundingBox();
  await graph.canvas.focus();
  await graph.press('f');
  await tab.waitFor({ state: 'hidden' });
  await expect.poll(async () => (await graph.canvas.boundingBox())?.width).toBe(1920);
  const free = await graph.canvas.boundingBox();
  expect(free?.height ?? 0).toBeGreaterThan(before?.height ?? 10_000);
  await graph.canvas.focus();
  await graph.press('f');
  await tab.waitFor();
  await expect.poll(() => graph.canvas.boundingBox()).toEqual(before);
  // By a button, too: where there are no keys, nothing else is left.
  const button = page.getByRole('button', { name: 'Canvas only' });
  expect(await button.count()).toBe(0);
  await graph.canvas.focus();
  await graph.press('f');
  await tab.waitFor({ state: 'hidden' });
  await button.click();
  await tab.waitFor();
});

it('H locks: whatever a drag begins on, the view moves; V takes hold of nodes again', async () => {
  await graph.open('mine', textToImage());
  const at = await posOf(5);
  await graph.press('Escape', 'h');
  const [before, title] = [await boxOf(5), await graph.middle(graph.title(5))];
  await graph.drag(title, { x: title.x + 80, y: title.y + 40 });
  await expect.poll(async () => Math.round((await boxOf(5)).x - before.x)).toBe(80);
  expect(await posOf(5)).toEqual(at);
  // A number under the pointer keeps its value, and what is selected stays.
  const steps = graph.byId(5).locator('[data-widget="steps"]').getByRole('spinbutton');
  const [number, moved] = [await graph.middle(steps), await boxOf(5)];
  await graph.drag(number, { x: number.x + 60, y: number.y });
  await expect.poll(async () => Math.round((await boxOf(5)).x - moved.x)).toBe(60);
  await graph.title(6).click();
  await graph.press('Control+a', 'Delete');
  await page.getByText(t('view.handOut')).waitFor();
  await expect.poll(async () => (await graph.copied()).nodes.length).toBe(7);
  const kept = (await graph.copied()).nodes.find(({ id }) => id === 5);
  expect(kept?.widgets_values?.[2]).toBe(20);
  await graph.press('Escape', 'v');
  const again = await graph.middle(graph.title(5));
  await graph.drag(again, { x: again.x + 80, y: again.y });
  await expect.poll(async () => (await posOf(5))[0]).toBeGreaterThan(at[0]);
});

describe('nodes in line', () => {
  it('are aligned and spread by commands, as one step each', async () => {
    await graph.open('mine', textToImage());
    const before = (await graph.copied()).nodes;
    const select = async () => {
      await graph.press('Escape');
      for (const id of [5, 6, 7]) await graph.title(id).click(id === 5 ? {} : { modifiers: ['Control'] });
      await graph.canvas.focus();
    };
    await select();
    await byPalette(page, t('graph.alignTop'));
    /** At how many places the three stand. */
    const places = async (axis: 0 | 1) =>
      new Set((await graph.copied()).nodes.filter(({ id }) => Number(id) >= 5).map(({ pos }) => pos[axis]))
        .size;
    await expect.poll(() => places(1)).toBe(1);
    await select();
    await byPalette(page, t('graph.alignLeft'));
    await expect.poll(() => places(0)).toBe(1);
    await graph.press('Control+z', 'Control+z');
    await expect
      .poll(async () => (await graph.copied()).nodes.map(({ pos }) => pos))
      .toEqual(before.map(({ pos }) => pos));
    await select();
    await byPalette(page, t('graph.distributeX'));
    const uneven = async () => {
      const spread = await Promise.all([5, 6, 7].map(boxOf));
      const gaps = [0, 1].map((index) => {
        const [one, other] = [spread[index], spread[index + 1]];
        return Math.round((other?.x ?? 0) - (one?.x ?? 0) - (one?.width ?? 0));
      });
      return Math.abs((gaps[0] ?? 0) - (gaps[1] ?? 100));
    };
    await expect.poll(uneven).toBeLessThanOrEqual(2);
  });
});

it('undo goes where something changed, if that is out of sight, and selects it', async () => {
  await graph.open('mine', textToImage());
  const title = await graph.middle(graph.title(7));
  await graph.drag(title, { x: title.x - 30, y: title.y + 200 });
  await graph.press('Escape', 'h');
  // Far away: nothing of it is on the screen.
  for (let round = 0; round < 3; round += 1) await graph.drag({ x: 1700, y: 900 }, { x: 300, y: 900 });
  await graph.press('v');
  const screen = (await graph.canvas.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const isSeen = async () => {
    const box = await graph.byId(7).boundingBox();
    return box !== null && box.x < screen.x + screen.width && box.x + box.width > screen.x;
  };
  await expect.poll(isSeen).toBe(false);
  await graph.press('Control+z');
  await expect.poll(isSeen).toBe(true);
  await expect.poll(() => graph.byId(7).getAttribute('class')).toMatch(/selected/);
});

it('a file that says where it was looked at is opened there; nothing of that is written', async () => {
  const text = textToImage({ extra: { ds: { scale: 0.8, offset: [-700, 50] } } });
  await graph.open('mine', text);
  await graph.byId(5).waitFor();
  const place = async () => {
    const [box, host] = [await boxOf(5), await graph.canvas.boundingBox()];
    return [box.x - (host?.x ?? 0), box.y - (host?.y ?? 0)] as const;
  };
  await expect.poll(async () => (await place())[0]).toBeCloseTo((900 - 700) * 0.8, 0);
  expect((await place())[1]).toBeCloseTo((120 - 30 + 50) * 0.8, 0);
  await page.getByRole('tab', { name: 'mine' }).waitFor();
  await graph.open('away', textToImage({ extra: { ds: { scale: 1, offset: [90_000, 0] } } }));
  // Nothing is there: all of it is shown.
  await expect.poll(async () => (await boxOf(5)).width).toBeGreaterThan(100);
});

it('nodes far away show their results, small', async () => {
  await openTemplate(page, 'Text to image');
  const asked: URL[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/view') asked.push(url);
  });
  const sizes = () => asked.map((url) => Number(url.searchParams.get('size')));
  await graph.press('Control+Enter');
  await page.getByText(/^Done in /).waitFor({ timeout: 60_000 });
  await graph.node('SaveImage').locator('img').waitFor();
  expect(sizes().every((size) => size >= 512)).toBe(true);
  await page.mouse.move(960, 540);
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, 100);
  await expect.poll(() => sizes().filter((size) => size <= 256).length, { timeout: 20_000 }).toBe(1);
  const pictures = process.env['SKEIN_PICTURES'];
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await rested(page);
  await page.screenshot({ path: join(pictures, 'results from afar.png') });
});

it('the graph is exported as a picture, and that picture is opened as the workflow', async () => {
  await graph.open('mine', textToImage());
  const before = await graph.copied();
  await graph.press('Escape');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    byPalette(page, t('snapshot.export')),
  ]);
  expect(download.suggestedFilename()).toBe('mine.png');
  const png = readFileSync(await download.path());
  if (process.env['SKEIN_PICTURES'] !== undefined)
    await download.saveAs(join(process.env['SKEIN_PICTURES'], 'exported graph.png'));
  await graph.empty();
  await graph.drop('again.png', png, 'image/png');
  // It holds exactly what is open already: that is shown.
  await page.getByRole('tab', { name: 'mine', selected: true }).waitFor({ timeout: 20_000 });
  await page.locator('[data-node]').first().waitFor();
  await expect.poll(async () => wires(await graph.copied())).toEqual(wires(before));
  expect((await graph.copied()).nodes.map(({ id, type, pos }) => ({ id, type, pos }))).toEqual(
    before.nodes.map(({ id, type, pos }) => ({ id, type, pos })),
  );
});
