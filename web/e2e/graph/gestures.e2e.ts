// What pointer, wheel and touch do to a graph, in a real browser.

import type { CDPSession, Page } from 'playwright-core';
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
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await open(
    textToImage({
      groups: [{ id: 1, title: 'Prompts', bounding: [380, -20, 440, 540], color: '#335', flags: {} }],
    }),
  );
});
afterEach(async () => {
  expect(errors).toEqual([]);
  await page.context().close();
});

async function open(text: string): Promise<void> {
  await page.evaluate(
    ([types, file]) => {
      window.fixture.setCatalog(types);
      window.fixture.open(file);
    },
    [CATALOG, text] as const,
  );
  await settle();
}

const settle = () =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Screen points: of a slot, of a node's title, of anything in the graph. */
const slotAt = (node: string, side: 'inputs' | 'outputs', index: number) =>
  page.evaluate(
    ([id, which, place]) => {
      const { view } = window.fixture;
      const point = view.scene?.layout(id)?.[which][place];
      return point === undefined ? { x: 0, y: 0 } : view.view.toScreen(point);
    },
    [node, side, index] as const,
  );
const titleAt = (node: string, dx = 60) =>
  page.evaluate(
    ([id, x]) => {
      const { view } = window.fixture;
      const box = view.scene?.layout(id)?.box ?? { x: 0, y: 0 };
      return view.view.toScreen({ x: box.x + x, y: box.y + 15 });
    },
    [node, dx] as const,
  );
const graphAt = (x: number, y: number) =>
  page.evaluate(([gx, gy]) => window.fixture.view.view.toScreen({ x: gx, y: gy }), [x, y] as const);
const node = (id: string) =>
  page.evaluate(
    (each) => window.fixture.doc?.graph('').nodes.get(each) as Record<string, unknown> | undefined,
    id,
  );
const selected = () => page.evaluate(() => [...window.fixture.view.selected].sort());
const stepCount = () => page.evaluate(() => window.fixture.doc?.steps.length ?? -1);
const links = () =>
  page.evaluate(() =>
    [...(window.fixture.doc?.graph('').links.values() ?? [])].map(
      (link) => `${link.from}.${link.fromSlot}>${link.to}.${link.toSlot}`,
    ),
  );
const told = (name: string) =>
  page.evaluate(
    (each) => window.fixture.told.filter(([kind, value]) => kind === each && value !== null).length,
    name,
  );

async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await settle();
}

describe('gestures', () => {
  it('pans by dragging nothing, zooms by wheel around the pointer', async () => {
    const before = await graphAt(0, 0);
    await drag({ x: 640, y: 740 }, { x: 700, y: 700 });
    const after = await graphAt(0, 0);
    expect(Math.round(after.x - before.x)).toBe(60);
    expect(Math.round(after.y - before.y)).toBe(-40);
    const fixed = await titleAt('5');
    await page.mouse.move(fixed.x, fixed.y);
    await page.mouse.wheel(0, -240);
    await settle();
    const zoomed = await titleAt('5');
    expect(Math.hypot(zoomed.x - fixed.x, zoomed.y - fixed.y)).toBeLessThan(1);
    expect(await page.evaluate(() => window.fixture.view.view.zoom)).toBeGreaterThan(0.7);
    expect(await stepCount()).toBe(0);
  });

  it('pans by wheel where the user wants that, and by trackpad in auto mode', async () => {
    await page.mouse.move(640, 740);
    const zoomNow = () => page.evaluate(() => window.fixture.view.view.zoom);
    const zoom = await zoomNow();
    await page.mouse.wheel(7, 3);
    await settle();
    expect(await zoomNow()).toBe(zoom);
    // The hand goes to the mouse: it takes a moment.
    await page.waitForTimeout(400);
    await page.mouse.wheel(0, 120);
    await settle();
    const smaller = await zoomNow();
    expect(smaller).toBeLessThan(zoom);
    await page.evaluate(() => window.fixture.view.setPreferences({ navigation: 'trackpad' }));
    await page.mouse.wheel(0, 120);
    await settle();
    expect(await zoomNow()).toBe(smaller);
    // A pinch comes as a wheel with Ctrl.
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -5);
    await page.keyboard.up('Control');
    await settle();
    expect(await zoomNow()).toBeGreaterThan(smaller);
  });

  it('selects by click, Ctrl+click and box', async () => {
    const [one, two] = [await titleAt('5'), await titleAt('6')];
    await page.mouse.click(one.x, one.y);
    expect(await selected()).toEqual(['5']);
    await page.keyboard.down('Control');
    await page.mouse.click(two.x, two.y);
    await page.keyboard.up('Control');
    expect(await selected()).toEqual(['5', '6']);
    await page.mouse.click(640, 760);
    expect(await selected()).toEqual([]);
    await page.keyboard.down('Control');
    await drag(await graphAt(850, 40), await graphAt(1580, 500));
    await page.keyboard.up('Control');
    expect(await selected()).toEqual(['5', '6']);
  });

  it('moves what is selected as one step', async () => {
    const start = await titleAt('5');
    await drag(start, { x: start.x + 61, y: start.y + 30 });
    const zoom = await page.evaluate(() => window.fixture.view.view.zoom);
    const pos = (await node('5'))?.['pos'] as number[];
    expect(pos[0]).toBe(Math.round(900 + 61 / zoom));
    expect(await stepCount()).toBe(1);
    expect(await page.evaluate(() => window.fixture.doc?.steps[0]?.patches.length)).toBe(1);
    await page.evaluate(() => window.fixture.doc?.undo());
    expect((await node('5'))?.['pos']).toEqual([900, 120]);
  });

  it('gives a drag up by Esc', async () => {
    const start = await titleAt('5');
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 80, start.y + 80, { steps: 4 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect((await node('5'))?.['pos']).toEqual([900, 120]);
    expect(await stepCount()).toBe(0);
  });

  it('links, refuses with a reason, leads elsewhere and cuts', async () => {
    await drag(await slotAt('4', 'outputs', 0), await slotAt('6', 'inputs', 0));
    expect(await links()).toContain('4.0>6.0');
    expect(await links()).not.toContain('5.0>6.0');
    const count = (await links()).length;
    await drag(await slotAt('2', 'outputs', 0), await slotAt('6', 'inputs', 1));
    expect((await links()).length).toBe(count);
    expect(
      await page.evaluate(() =>
        window.fixture.told.some(
          ([name, reason]) => name === 'refused' && (reason as { code?: string } | null)?.code === 'type',
        ),
      ),
    ).toBe(true);
    // The end of a link is picked up at its input, and put on another.
    await drag(await slotAt('5', 'inputs', 1), await slotAt('5', 'inputs', 2));
    expect(await links()).toContain('2.0>5.2');
    expect(await links()).not.toContain('2.0>5.1');
    // Let go on nothing, it is cut.
    const before = await stepCount();
    await drag(await slotAt('5', 'inputs', 2), { x: 700, y: 750 });
    expect(await links()).not.toContain('2.0>5.2');
    expect(await stepCount()).toBe(before + 1);
  });

  it('refuses a circle', async () => {
    await open(
      textToImage().replace('"SaveImage"', '"VAEEncode"').replaceAll('"name":"images"', '"name":"pixels"'),
    );
    await drag(await slotAt('7', 'outputs', 0), await slotAt('5', 'inputs', 3));
    expect(
      await page.evaluate(() =>
        window.fixture.told.some(
          ([name, reason]) => name === 'refused' && (reason as { code?: string } | null)?.code === 'cycle',
        ),
      ),
    ).toBe(true);
    expect(await links()).toContain('4.0>5.3');
  });

  it('links to the best free slot of a node, and asks for a node on nothing', async () => {
    await page.evaluate(() => window.fixture.told.splice(0));
    await drag(await slotAt('6', 'outputs', 0), { x: 700, y: 750 });
    expect(await told('search')).toBe(1);
    await page.evaluate(() => window.fixture.doc?.undo());
    await drag(await slotAt('4', 'outputs', 0), await titleAt('6'));
    expect(await links()).toContain('4.0>6.0');
  });

  it('cuts by Alt+click and by knife', async () => {
    const middle = await page.evaluate(() => {
      const { view } = window.fixture;
      const link = [...(view.scene?.graph.links.values() ?? [])].find((each) => each.from === '6');
      return view.view.toScreen(view.scene?.middle(link?.id ?? '') ?? { x: 0, y: 0 });
    });
    await page.keyboard.down('Alt');
    await page.mouse.click(middle.x, middle.y);
    await page.keyboard.up('Alt');
    expect(await links()).not.toContain('6.0>7.0');
    await page.keyboard.down('Alt');
    await drag(await graphAt(850, 40), await graphAt(850, 560));
    await page.keyboard.up('Alt');
    expect((await links()).filter((link) => link.includes('>5.'))).toEqual([]);
    await page.evaluate(() => window.fixture.doc?.undo());
    expect((await links()).filter((link) => link.includes('>5.')).length).toBe(4);
  });

  it('resizes nodes and groups, and moves groups with what is in them', async () => {
    const corner = await graphAt(1212, 378);
    await drag(corner, { x: corner.x + 60, y: corner.y + 60 });
    const size = (await node('5'))?.['size'] as number[];
    expect(size[0]).toBeGreaterThan(380);
    const title = await graphAt(700, 0);
    await drag(title, { x: title.x + 40, y: title.y });
    expect(((await node('2'))?.['pos'] as number[] | undefined)?.[0]).toBeGreaterThan(440);
    expect(((await node('3'))?.['pos'] as number[] | undefined)?.[0]).toBeGreaterThan(440);
    expect((await node('1'))?.['pos']).toEqual([0, 200]);
    await page.evaluate(() => window.fixture.doc?.undo());
    expect((await node('2'))?.['pos']).toEqual([400, 60]);
  });

  it('tells of double clicks and menus', async () => {
    const title = await titleAt('5');
    await page.mouse.dblclick(title.x, title.y);
    await page.mouse.dblclick(640, 760);
    await page.mouse.click(title.x, title.y, { button: 'right' });
    expect([await told('rename'), await told('search'), await told('menu')]).toEqual([1, 1, 1]);
    const middle = await page.evaluate(() => {
      const { view } = window.fixture;
      return view.view.toScreen(view.scene?.middle('9') ?? { x: 0, y: 0 });
    });
    await page.mouse.click(middle.x, middle.y);
    expect(await told('linkMenu')).toBe(1);
  });

  it('inserts a node that is dropped on a link', async () => {
    await page.evaluate(() => {
      const { doc } = window.fixture;
      const raw = {
        id: 8,
        type: 'ImageInvert',
        pos: [1480, 500],
        size: [140, 46],
        inputs: [{ name: 'image', type: 'IMAGE', link: null }],
        outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [] }],
      };
      doc?.edit('add', '', (tx) => tx.put('node', '8', raw));
    });
    await settle();
    const from = await titleAt('8');
    const zoom = await page.evaluate(() => window.fixture.view.view.zoom);
    const before = await stepCount();
    await drag(from, { x: from.x, y: from.y - (500 - 180) * zoom });
    expect(await links()).toEqual(expect.arrayContaining(['6.0>8.0', '8.0>7.0']));
    expect(await links()).not.toContain('6.0>7.0');
    expect(await stepCount()).toBe(before + 1);
    await page.evaluate(() => window.fixture.doc?.undo());
    expect(await links()).toContain('6.0>7.0');
  });

  it('moves reroutes of 0.4 files, and keeps where they stand in the file', async () => {
    await open(
      textToImage({
        extra: {
          reroutes: [{ id: 1, pos: [850, 600], linkIds: [6] }],
          linkExtensions: [{ id: 6, parentId: 1 }],
        },
      }),
    );
    expect(await page.evaluate(() => window.fixture.view.scene?.stretches('6').length)).toBe(2);
    const at = await graphAt(850, 600);
    await drag(at, { x: at.x + 30, y: at.y + 30 });
    const saved = JSON.parse(await page.evaluate(() => window.fixture.save())) as {
      extra: { reroutes: { pos: number[] }[] };
    };
    expect(saved.extra.reroutes[0]?.pos[0]).toBeGreaterThan(880);
    await page.evaluate(() => window.fixture.doc?.undo());
    expect(JSON.parse(await page.evaluate(() => window.fixture.save())).extra.reroutes[0].pos).toEqual([
      850, 600,
    ]);
  });
});

describe('touch', () => {
  it('pans with one finger, pinches with two, links by two taps', async () => {
    const touch = await fixture.open({ hasTouch: true, viewport: { width: 390, height: 844 } });
    await page.context().close();
    page = touch;
    await open(textToImage());
    const client: CDPSession = await page.context().newCDPSession(page);
    const send = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      points: { x: number; y: number; id: number }[],
    ) => client.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    const before = await graphAt(0, 0);
    await send('touchStart', [{ x: 100, y: 800, id: 1 }]);
    for (let step = 1; step <= 5; step += 1) await send('touchMove', [{ x: 100 + step * 10, y: 800, id: 1 }]);
    await send('touchEnd', []);
    expect(Math.round((await graphAt(0, 0)).x - before.x)).toBe(50);
    const zoom = await page.evaluate(() => window.fixture.view.view.zoom);
    await send('touchStart', [
      { x: 150, y: 400, id: 1 },
      { x: 250, y: 400, id: 2 },
    ]);
    for (let step = 1; step <= 5; step += 1)
      await send('touchMove', [
        { x: 150 - step * 10, y: 400, id: 1 },
        { x: 250 + step * 10, y: 400, id: 2 },
      ]);
    await send('touchEnd', []);
    expect((await page.evaluate(() => window.fixture.view.view.zoom)) / zoom).toBeCloseTo(2, 1);
    await page.evaluate(() => {
      const { view } = window.fixture;
      view.view.zoom = 0.5;
      view.view.centerOn({ x: 1100, y: 400 });
      view.moved();
    });
    await settle();
    const tap = async ({ x, y }: { x: number; y: number }) => {
      await send('touchStart', [{ x, y, id: 1 }]);
      await send('touchEnd', []);
    };
    await tap(await slotAt('4', 'outputs', 0));
    await tap(await slotAt('6', 'inputs', 0));
    expect(await links()).toContain('4.0>6.0');
  });
});

describe('while nodes are dragged', () => {
  /** The canvas as text; what is on it must not depend on how it was painted. */
  const picture = () =>
    page.evaluate(() => document.querySelector<HTMLCanvasElement>('canvas.graph-base')?.toDataURL() ?? '');

  /** How many pixels in a thousand are plainly others than in another picture: where lines cross, some may be. */
  const difference = (one: string, other: string) =>
    page.evaluate(
      async ([before, after]) => {
        const read = async (url: string) => {
          const image = new Image();
          image.src = url;
          await image.decode();
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext('2d');
          context?.drawImage(image, 0, 0);
          return context?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
        };
        const [a, b] = await Promise.all([read(before), read(after)]);
        let count = 0;
        for (let index = 0; index < a.length; index += 4)
          if ([0, 1, 2].some((part) => Math.abs((a[index + part] ?? 0) - (b[index + part] ?? 0)) > 40))
            count += 1;
        return (count / (a.length / 4)) * 1000;
      },
      [one, other] as const,
    );

  it('paints the same as when all of it is painted anew, and sees what else changes', async () => {
    await page.evaluate(() => {
      // Far enough away that nodes are painted.
      window.fixture.view.view.zoom = 0.4;
      window.fixture.view.moved();
    });
    await settle();
    const before = await picture();
    const start = await titleAt('5');
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 20, start.y + 160, { steps: 6 });
    await settle();
    const fromParts = await picture();
    expect(await difference(before, fromParts)).toBeGreaterThan(2);
    await page.evaluate(() => window.fixture.view.invalidate());
    await settle();
    expect(await difference(await picture(), fromParts)).toBeLessThan(1);
    await page.evaluate(() => window.fixture.view.setMark('1', 'failed'));
    await settle();
    const marked = await picture();
    expect(marked).not.toBe(fromParts);
    await page.mouse.move(start.x + 21, start.y + 160);
    await page.mouse.move(start.x + 20, start.y + 160);
    await settle();
    expect(await difference(await picture(), marked)).toBeLessThan(1);
    await page.mouse.up();
  });

  it('shows what they are in line with, and jumps there where that is wanted', async () => {
    const guides = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas.graph-overlay');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let painted = 0;
        for (let index = 3; index < data.length; index += 4) if ((data[index] ?? 0) > 0) painted += 1;
        return painted;
      });
    await page.evaluate(() => {
      const { doc, view } = window.fixture;
      const raw = { type: 'ImageInvert', size: [200, 60], inputs: [], outputs: [] };
      doc?.edit('two', '', (tx) => {
        tx.put('node', '30', { ...raw, id: 30, pos: [4000, 0] });
        tx.put('node', '31', { ...raw, id: 31, pos: [4500, 300] });
      });
      view.fit(['30', '31']);
    });
    await settle();
    const zoom = await page.evaluate(() => window.fixture.view.view.zoom);
    const start = await titleAt('31');
    const near = { x: start.x, y: start.y - 300 * zoom + 2 };
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 3, start.y + 30, { steps: 3 });
    await page.mouse.move(near.x, near.y, { steps: 3 });
    await settle();
    expect(await guides()).toBeGreaterThan(20);
    await page.mouse.up();
    await settle();
    expect(await guides()).toBe(0);
    expect(((await node('31'))?.['pos'] as number[] | undefined)?.[1]).not.toBe(0);
    await page.evaluate(() => {
      window.fixture.doc?.undo();
      window.fixture.view.setPreferences({ snapsToNodes: true });
    });
    await drag(start, near);
    expect(((await node('31'))?.['pos'] as number[] | undefined)?.[1]).toBe(0);
  });

  it('shows the same ground wherever one came from', async () => {
    await page.evaluate(() => window.fixture.view.setPreferences({ showsGrid: true }));
    const at = async (x: number, y: number) => {
      await page.evaluate(
        ([left, top]) => {
          Object.assign(window.fixture.view.view, { x: left, y: top, zoom: 1 });
          window.fixture.view.moved();
        },
        [x, y] as const,
      );
      await settle();
    };
    await at(-4000, -4000);
    await at(-4003, -4007);
    const one = await picture();
    await at(-5003, -3007);
    // A thousand is a multiple of the grid's pitch.
    expect(await picture()).toBe(one);
    await at(-4004, -4007);
    expect(await picture()).not.toBe(one);
  });
});
