// Getting about and taking hold: every way to pan and zoom, the grid, the lock, the edge, what is pinned.

import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EnginePage, eachOnEngine } from '../harness/engine';

let page: Page;
let graph: EnginePage;

eachOnEngine((begun) => {
  graph = begun.graph;
  page = graph.page;
});

const place = () =>
  page.evaluate(() => {
    const { x, y, zoom } = window.fixture.view.view;
    return { x, y, zoom };
  });

/** That the view went along with the pointer, and nothing else happened. */
async function expectPanned(before: { x: number; y: number; zoom: number }, dx: number, dy: number) {
  const panned = async () => {
    const { x, y, zoom } = await place();
    return [(before.x - x) * zoom, (before.y - y) * zoom].map(Math.round);
  };
  await expect.poll(panned).toEqual([dx, dy]);
  expect((await place()).zoom).toBe(before.zoom);
  expect(await happened()).toEqual([0, []]);
}

/** Steps that were made, and what is selected. */
const happened = async () => [await graph.stepCount(), await graph.selected()] as const;

describe('panning', () => {
  it('is done with Space, on nodes, too', async () => {
    const [before, start] = [await place(), await graph.titleAt('5')];
    await page.mouse.click(640, 760);
    await page.keyboard.down('Space');
    await graph.drag(start, { x: start.x + 70, y: start.y - 30 });
    await page.keyboard.up('Space');
    await expectPanned(before, 70, -30);
    // Without it the same drag moves the node.
    const again = await graph.titleAt('5');
    await graph.drag(again, { x: again.x + 70, y: again.y });
    await expect.poll(graph.stepCount).toBe(1);
  });

  it('is done with the middle button, on nodes and over fields, too', async () => {
    let before = await place();
    const start = await graph.titleAt('5');
    await graph.drag(start, { x: start.x - 40, y: start.y + 20 }, { button: 'middle' });
    await expectPanned(before, -40, 20);
    await page.evaluate(() => {
      window.fixture.view.reveal('2');
    });
    await page.locator('[data-node="2"] textarea').waitFor();
    before = await place();
    const box = await page.locator('[data-node="2"] textarea').boundingBox();
    const field = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 };
    await graph.drag(field, { x: field.x + 30, y: field.y + 30 }, { button: 'middle' });
    await expectPanned(before, 30, 30);
  });

  it('is all that a drag does while the canvas is locked; clicks select nothing less', async () => {
    await graph.prefer({ isLocked: true });
    const [before, start] = [await place(), await graph.titleAt('5')];
    await graph.drag(start, { x: start.x + 50, y: start.y + 10 });
    await expectPanned(before, 50, 10);
    await graph.prefer({ isLocked: false });
    const again = await graph.titleAt('5');
    await graph.drag(again, { x: again.x + 50, y: again.y + 10 });
    await expect.poll(happened).toEqual([1, ['5']]);
  });

  it('goes on by itself while something is dragged to the edge, and ends with the drag', async () => {
    const [start, before, at] = [await graph.titleAt('5'), await place(), await graph.posOf('5')];
    const zoom = before.zoom;
    await graph.drag(start, { x: 1270, y: start.y }, { isHeld: true });
    await expect.poll(async () => (await place()).x - before.x).toBeGreaterThan(100);
    await page.mouse.up();
    await graph.settle();
    const [now, to] = [await place(), await graph.posOf('5')];
    // The node stayed under the pointer.
    expect(Math.abs(to[0] - at[0] - (1270 - start.x) / zoom - (now.x - before.x))).toBeLessThan(
      2 + 12 / zoom,
    );
    await expect.poll(() => graph.framesIn(200)).toBe(0);
    expect(await place()).toEqual(now);
    expect(await graph.stepCount()).toBe(1);
  });
});

describe('zooming', () => {
  it('is done with Ctrl, Shift and a drag on nothing, around where it began', async () => {
    const before = await place();
    const fixed = { x: 640, y: 740 };
    const under = await page.evaluate((at) => window.fixture.view.view.toGraph(at), fixed);
    await page.keyboard.down('Control');
    await page.keyboard.down('Shift');
    await graph.drag(fixed, { x: 640, y: 660 });
    await page.keyboard.up('Shift');
    await page.keyboard.up('Control');
    await expect.poll(async () => (await place()).zoom).toBeGreaterThan(before.zoom * 1.3);
    const now = await graph.pointAt(under.x, under.y);
    expect(Math.hypot(now.x - fixed.x, now.y - fixed.y)).toBeLessThan(1);
    expect(await happened()).toEqual([0, []]);
  });
});

describe('the wheel', () => {
  it('scrolls a text that has the keyboard, and zooms over one that has not', async () => {
    await page.evaluate(() => {
      const { doc, view } = window.fixture;
      const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n');
      doc?.edit('text', '', (tx) => tx.patch('node', '2', { widgets_values: [lines] }));
      view.reveal('2');
    });
    const field = page.locator('[data-node="2"] textarea');
    await field.waitFor();
    const scrolled = () => field.evaluate((each) => each.scrollTop);
    const box = await field.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 30, (box?.y ?? 0) + 30);
    const before = await place();
    await field.focus();
    await page.mouse.wheel(0, 120);
    await expect.poll(scrolled).toBeGreaterThan(20);
    expect(await place()).toEqual(before);
    await field.evaluate((each) => each.blur());
    const at = await scrolled();
    await page.mouse.wheel(0, 120);
    await expect.poll(async () => (await place()).zoom).toBeLessThan(before.zoom);
    expect(await scrolled()).toBe(at);
  });
});

describe('the grid', () => {
  const isOnGrid = async (id: string) => (await graph.posOf(id)).every((each) => each % 10 === 0);

  it('is kept to with Shift, or, where it always is, left with Shift', async () => {
    for (const [snapsToGrid, isShift, isKept] of [
      [false, false, false],
      [false, true, true],
      [true, false, true],
      [true, true, false],
    ] as const) {
      await graph.prefer({ snapsToGrid });
      await page.mouse.click(640, 760);
      const start = await graph.titleAt('5');
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      if (isShift) await page.keyboard.down('Shift');
      // No two places on the screen that are so far apart are both on the grid.
      await page.mouse.move(start.x + 31, start.y + 17, { steps: 4 });
      await graph.settle();
      const places = [await graph.posOf('5')];
      await page.mouse.move(start.x + 34, start.y + 20, { steps: 2 });
      await graph.settle();
      places.push(await graph.posOf('5'));
      await page.mouse.up();
      if (isShift) await page.keyboard.up('Shift');
      const kept = places.flat().every((each) => each % 10 === 0);
      expect({ snapsToGrid, isShift, kept }).toEqual({ snapsToGrid, isShift, kept: isKept });
      await graph.undo();
      await expect.poll(() => isOnGrid('5')).toBe(true);
    }
  });
});

describe('pinned nodes', () => {
  beforeEach(async () => {
    await page.evaluate(() =>
      window.fixture.doc?.edit('pin', '', (tx) => tx.patch('node', '5', { flags: { pinned: true } })),
    );
  });

  it('are not moved, not even along with others', async () => {
    const [at, other] = [await graph.posOf('5'), await graph.posOf('6')];
    await page.evaluate(() => window.fixture.view.select(['5', '6']));
    const start = await graph.titleAt('6');
    await graph.drag(start, { x: start.x + 30, y: start.y + 30 });
    await expect.poll(() => graph.posOf('6')).not.toEqual(other);
    expect(await graph.posOf('5')).toEqual(at);
    const own = await graph.titleAt('5');
    await page.evaluate(() => window.fixture.view.select(['5']));
    await graph.drag(own, { x: own.x + 30, y: own.y + 30 });
    expect(await graph.posOf('5')).toEqual(at);
  });

  it('are not resized by their corner', async () => {
    const before = (await graph.node('5'))['size'];
    const corner = await graph.pointAt(1212, 378);
    await graph.drag(corner, { x: corner.x + 60, y: corner.y + 60 });
    expect((await graph.node('5'))['size']).toEqual(before);
    expect(await graph.posOf('5')).toEqual([900, 120]);
  });
});
