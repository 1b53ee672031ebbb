// Getting about and taking hold: every way to pan and zoom, the grid, the lock, the edge, what is pinned.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from '../fixtures/browser';
import { CATALOG, textToImage } from '../fixtures/files';

let fixture: Fixture;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

beforeEach(async () => {
  errors.length = 0;
  page = await fixture.open();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.evaluate(
    ([types, file]) => {
      window.fixture.setCatalog(types);
      window.fixture.open(file);
    },
    [CATALOG, textToImage()] as const,
  );
  await settle();
});
afterEach(async () => {
  expect(errors).toEqual([]);
  await page.context().close();
});

interface Spot {
  readonly x: number;
  readonly y: number;
}

const settle = () =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const place = () =>
  page.evaluate(() => {
    const { x, y, zoom } = window.fixture.view.view;
    return { x, y, zoom };
  });
const graphAt = (x: number, y: number) =>
  page.evaluate(([gx, gy]) => window.fixture.view.view.toScreen({ x: gx, y: gy }), [x, y] as const);
const titleAt = (id: string): Promise<Spot> =>
  page.evaluate((each) => {
    const { view } = window.fixture;
    const box = view.scene?.layout(each)?.box ?? { x: 0, y: 0 };
    return view.view.toScreen({ x: box.x + 60, y: box.y + 15 });
  }, id);
const recordOf = (id: string) =>
  page.evaluate((each) => window.fixture.doc?.graph('').nodes.get(each) as Record<string, unknown>, id);
const posOf = async (id: string) => (await recordOf(id))['pos'] as [number, number];
const selected = () => page.evaluate(() => [...window.fixture.view.selected].sort());
const stepCount = () => page.evaluate(() => window.fixture.doc?.steps.length ?? -1);
const prefer = (preferences: object) =>
  page.evaluate((each) => window.fixture.view.setPreferences(each), preferences);

async function drag(from: Spot, to: Spot, button: 'left' | 'middle' = 'left', lets = true): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button });
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  if (lets) await page.mouse.up({ button });
  await settle();
}

/** That the view went along with the pointer, and nothing else happened. */
async function expectPanned(before: { x: number; y: number; zoom: number }, dx: number, dy: number) {
  const now = await place();
  expect(now.zoom).toBe(before.zoom);
  expect(Math.round((before.x - now.x) * now.zoom)).toBe(dx);
  expect(Math.round((before.y - now.y) * now.zoom)).toBe(dy);
  expect([await stepCount(), await selected()]).toEqual([0, []]);
}

describe('panning', () => {
  it('is done with Space, on nodes, too', async () => {
    const [before, start] = [await place(), await titleAt('5')];
    await page.mouse.click(640, 760);
    await page.keyboard.down('Space');
    await drag(start, { x: start.x + 70, y: start.y - 30 });
    await page.keyboard.up('Space');
    await expectPanned(before, 70, -30);
    // Without it the same drag moves the node.
    const again = await titleAt('5');
    await drag(again, { x: again.x + 70, y: again.y });
    expect(await stepCount()).toBe(1);
  });

  it('is done with the middle button, on nodes and over fields, too', async () => {
    let before = await place();
    const start = await titleAt('5');
    await drag(start, { x: start.x - 40, y: start.y + 20 }, 'middle');
    await expectPanned(before, -40, 20);
    await page.evaluate(() => {
      window.fixture.view.reveal('2');
    });
    await page.locator('[data-node="2"] textarea').waitFor();
    before = await place();
    const box = await page.locator('[data-node="2"] textarea').boundingBox();
    const field = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 };
    await drag(field, { x: field.x + 30, y: field.y + 30 }, 'middle');
    await expectPanned(before, 30, 30);
  });

  it('is all that a drag does while the canvas is locked; clicks select nothing less', async () => {
    await prefer({ isLocked: true });
    const [before, start] = [await place(), await titleAt('5')];
    await drag(start, { x: start.x + 50, y: start.y + 10 });
    await expectPanned(before, 50, 10);
    await prefer({ isLocked: false });
    const again = await titleAt('5');
    await drag(again, { x: again.x + 50, y: again.y + 10 });
    expect([await stepCount(), await selected()]).toEqual([1, ['5']]);
  });

  it('goes on by itself while something is dragged to the edge, and ends with the drag', async () => {
    const [start, before, at] = [await titleAt('5'), await place(), await posOf('5')];
    const zoom = before.zoom;
    await drag(start, { x: 1270, y: start.y }, 'left', false);
    await expect.poll(async () => (await place()).x - before.x).toBeGreaterThan(100);
    await page.mouse.up();
    await settle();
    const [now, to] = [await place(), await posOf('5')];
    // The node stayed under the pointer.
    expect(Math.abs(to[0] - at[0] - (1270 - start.x) / zoom - (now.x - before.x))).toBeLessThan(
      2 + 12 / zoom,
    );
    await page.waitForTimeout(150);
    expect(await place()).toEqual(now);
    expect(await stepCount()).toBe(1);
  });
});

describe('zooming', () => {
  it('is done with Ctrl, Shift and a drag on nothing, around where it began', async () => {
    const before = await place();
    const fixed = { x: 640, y: 740 };
    const under = await page.evaluate((at) => window.fixture.view.view.toGraph(at), fixed);
    await page.keyboard.down('Control');
    await page.keyboard.down('Shift');
    await drag(fixed, { x: 640, y: 660 });
    await page.keyboard.up('Shift');
    await page.keyboard.up('Control');
    expect((await place()).zoom).toBeGreaterThan(before.zoom * 1.3);
    const now = await graphAt(under.x, under.y);
    expect(Math.hypot(now.x - fixed.x, now.y - fixed.y)).toBeLessThan(1);
    expect([await stepCount(), await selected()]).toEqual([0, []]);
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
  const isOnGrid = async (id: string) => (await posOf(id)).every((each) => each % 10 === 0);

  it('is kept to with Shift, or, where it always is, left with Shift', async () => {
    for (const [snapsToGrid, isShift, isKept] of [
      [false, false, false],
      [false, true, true],
      [true, false, true],
      [true, true, false],
    ] as const) {
      await prefer({ snapsToGrid });
      await page.mouse.click(640, 760);
      const start = await titleAt('5');
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      if (isShift) await page.keyboard.down('Shift');
      // No two places on the screen that are so far apart are both on the grid.
      await page.mouse.move(start.x + 31, start.y + 17, { steps: 4 });
      const places = [await posOf('5')];
      await page.mouse.move(start.x + 34, start.y + 20, { steps: 2 });
      places.push(await posOf('5'));
      await page.mouse.up();
      if (isShift) await page.keyboard.up('Shift');
      const kept = places.flat().every((each) => each % 10 === 0);
      expect({ snapsToGrid, isShift, kept }).toEqual({ snapsToGrid, isShift, kept: isKept });
      await page.evaluate(() => window.fixture.doc?.undo());
      expect(await isOnGrid('5')).toBe(true);
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
    const [at, other] = [await posOf('5'), await posOf('6')];
    await page.evaluate(() => window.fixture.view.select(['5', '6']));
    const start = await titleAt('6');
    await drag(start, { x: start.x + 30, y: start.y + 30 });
    expect(await posOf('5')).toEqual(at);
    expect(await posOf('6')).not.toEqual(other);
    const own = await titleAt('5');
    await page.evaluate(() => window.fixture.view.select(['5']));
    await drag(own, { x: own.x + 30, y: own.y + 30 });
    expect(await posOf('5')).toEqual(at);
  });

  it('are not resized by their corner', async () => {
    const before = (await recordOf('5'))['size'];
    const corner = await graphAt(1212, 378);
    await drag(corner, { x: corner.x + 60, y: corner.y + 60 });
    expect((await recordOf('5'))['size']).toEqual(before);
    expect(await posOf('5')).toEqual([900, 120]);
  });
});
