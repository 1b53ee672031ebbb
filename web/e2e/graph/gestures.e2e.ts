// What pointer, wheel and touch do to a graph, in a real browser.

import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { textToImage } from '../fixtures/files';
import { type Begun, type EnginePage, eachOnEngine } from '../harness/engine';
import { middle, type Spot } from '../harness/graph';

let page: Page;
let graph: EnginePage;
let again: Begun['again'];

eachOnEngine(
  (begun) => {
    ({ graph, again } = begun);
    page = graph.page;
  },
  textToImage({
    groups: [{ id: 1, title: 'Prompts', bounding: [380, -20, 440, 540], color: '#335', flags: {} }],
  }),
);

describe('gestures', () => {
  it('pans by dragging nothing, zooms by wheel around the pointer', async () => {
    const before = await graph.pointAt(0, 0);
    await graph.drag({ x: 640, y: 740 }, { x: 700, y: 700 });
    const moved = async () => {
      const after = await graph.pointAt(0, 0);
      return [after.x - before.x, after.y - before.y].map(Math.round);
    };
    await expect.poll(moved).toEqual([60, -40]);
    const fixed = await graph.titleAt('5');
    await page.mouse.move(fixed.x, fixed.y);
    await page.mouse.wheel(0, -240);
    await expect.poll(graph.zoom).toBeGreaterThan(0.7);
    const zoomed = await graph.titleAt('5');
    expect(Math.hypot(zoomed.x - fixed.x, zoomed.y - fixed.y)).toBeLessThan(1);
    expect(await graph.stepCount()).toBe(0);
  });

  it('pans by wheel where the user wants that, and by trackpad in auto mode', async () => {
    await page.mouse.move(640, 740);
    const [zoom, before] = [await graph.zoom(), await graph.pointAt(0, 0)];
    await page.mouse.wheel(7, 3);
    await expect.poll(() => graph.pointAt(0, 0)).not.toEqual(before);
    expect(await graph.zoom()).toBe(zoom);
    // The hand goes to the mouse: it takes a moment.
    await page.waitForTimeout(400);
    await page.mouse.wheel(0, 120);
    await expect.poll(graph.zoom).toBeLessThan(zoom);
    await graph.settle();
    const [smaller, place] = [await graph.zoom(), await graph.pointAt(0, 0)];
    await graph.prefer({ navigation: 'trackpad' });
    await page.mouse.wheel(0, 120);
    await expect.poll(() => graph.pointAt(0, 0)).not.toEqual(place);
    expect(await graph.zoom()).toBe(smaller);
    // A pinch comes as a wheel with Ctrl.
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -5);
    await page.keyboard.up('Control');
    await expect.poll(graph.zoom).toBeGreaterThan(smaller);
  });

  it('selects by click, Ctrl+click and box', async () => {
    const [one, two] = [await graph.titleAt('5'), await graph.titleAt('6')];
    await page.mouse.click(one.x, one.y);
    await expect.poll(graph.selected).toEqual(['5']);
    await page.keyboard.down('Control');
    await page.mouse.click(two.x, two.y);
    await page.keyboard.up('Control');
    await expect.poll(graph.selected).toEqual(['5', '6']);
    await page.mouse.click(640, 760);
    await expect.poll(graph.selected).toEqual([]);
    await page.keyboard.down('Control');
    await graph.drag(await graph.pointAt(850, 40), await graph.pointAt(1580, 500));
    await page.keyboard.up('Control');
    await expect.poll(graph.selected).toEqual(['5', '6']);
  });

  it('moves what is selected as one step', async () => {
    const start = await graph.titleAt('5');
    await graph.drag(start, { x: start.x + 61, y: start.y + 30 });
    const zoom = await graph.zoom();
    await expect.poll(async () => (await graph.posOf('5'))[0]).toBe(Math.round(900 + 61 / zoom));
    expect(await graph.stepCount()).toBe(1);
    expect(await page.evaluate(() => window.fixture.doc?.steps[0]?.patches.length)).toBe(1);
    await graph.undo();
    await expect.poll(() => graph.posOf('5')).toEqual([900, 120]);
  });

  it('gives a drag up by Esc', async () => {
    const start = await graph.titleAt('5');
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 80, start.y + 80, { steps: 4 });
    await expect.poll(() => graph.posOf('5')).not.toEqual([900, 120]);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await graph.settle();
    expect(await graph.posOf('5')).toEqual([900, 120]);
    expect(await graph.stepCount()).toBe(0);
  });

  it('links, refuses with a reason, leads elsewhere and cuts', async () => {
    await graph.drag(await graph.slotAt('4', 'outputs', 0), await graph.slotAt('6', 'inputs', 0));
    await expect.poll(graph.links).toContain('4.0>6.0');
    expect(await graph.links()).not.toContain('5.0>6.0');
    const count = (await graph.links()).length;
    await graph.drag(await graph.slotAt('2', 'outputs', 0), await graph.slotAt('6', 'inputs', 1));
    await expect.poll(graph.refusals).toContain('type');
    expect(await graph.links()).toHaveLength(count);
    // The end of a link is picked up at its input, and put on another.
    await graph.drag(await graph.slotAt('5', 'inputs', 1), await graph.slotAt('5', 'inputs', 2));
    await expect.poll(graph.links).toContain('2.0>5.2');
    expect(await graph.links()).not.toContain('2.0>5.1');
    // Let go on nothing, it is cut.
    const before = await graph.stepCount();
    await graph.drag(await graph.slotAt('5', 'inputs', 2), { x: 700, y: 750 });
    await expect.poll(graph.links).not.toContain('2.0>5.2');
    expect(await graph.stepCount()).toBe(before + 1);
  });

  it('refuses a circle', async () => {
    await graph.open(
      textToImage().replace('"SaveImage"', '"VAEEncode"').replaceAll('"name":"images"', '"name":"pixels"'),
    );
    await graph.drag(await graph.slotAt('7', 'outputs', 0), await graph.slotAt('5', 'inputs', 3));
    await expect.poll(graph.refusals).toContain('cycle');
    expect(await graph.links()).toContain('4.0>5.3');
  });

  it('links to the best free slot of a node, and asks for a node on nothing', async () => {
    await page.evaluate(() => window.fixture.told.splice(0));
    await graph.drag(await graph.slotAt('6', 'outputs', 0), { x: 700, y: 750 });
    await expect.poll(() => graph.told('search')).toBe(1);
    await graph.undo();
    await graph.drag(await graph.slotAt('4', 'outputs', 0), await graph.titleAt('6'));
    await expect.poll(graph.links).toContain('4.0>6.0');
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
    await expect.poll(graph.links).not.toContain('6.0>7.0');
    await page.keyboard.down('Alt');
    await graph.drag(await graph.pointAt(850, 40), await graph.pointAt(850, 560));
    await page.keyboard.up('Alt');
    await expect.poll(async () => (await graph.links()).filter((link) => link.includes('>5.'))).toEqual([]);
    await graph.undo();
    await expect
      .poll(async () => (await graph.links()).filter((link) => link.includes('>5.')).length)
      .toBe(4);
  });

  it('resizes nodes and groups, and moves groups with what is in them', async () => {
    const corner = await graph.pointAt(1212, 378);
    await graph.drag(corner, { x: corner.x + 60, y: corner.y + 60 });
    const size = async () => (await graph.node('5'))['size'] as readonly [number, number];
    await expect.poll(async () => (await size())[0]).toBeGreaterThan(380);
    const title = await graph.pointAt(700, 0);
    await graph.drag(title, { x: title.x + 40, y: title.y });
    await expect.poll(async () => (await graph.posOf('2'))[0]).toBeGreaterThan(440);
    await expect.poll(async () => (await graph.posOf('3'))[0]).toBeGreaterThan(440);
    expect(await graph.posOf('1')).toEqual([0, 200]);
    await graph.undo();
    await expect.poll(() => graph.posOf('2')).toEqual([400, 60]);
  });

  it('tells of double clicks and menus', async () => {
    const title = await graph.titleAt('5');
    await page.mouse.dblclick(title.x, title.y);
    await page.mouse.dblclick(640, 760);
    await page.mouse.click(title.x, title.y, { button: 'right' });
    for (const name of ['rename', 'search', 'menu']) await expect.poll(() => graph.told(name)).toBe(1);
    const middle = await page.evaluate(() => {
      const { view } = window.fixture;
      return view.view.toScreen(view.scene?.middle('9') ?? { x: 0, y: 0 });
    });
    await page.mouse.click(middle.x, middle.y);
    await expect.poll(() => graph.told('linkMenu')).toBe(1);
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
    await graph.settle();
    const from = await graph.titleAt('8');
    const zoom = await graph.zoom();
    const before = await graph.stepCount();
    await graph.drag(from, { x: from.x, y: from.y - (500 - 180) * zoom });
    await expect.poll(graph.links).toEqual(expect.arrayContaining(['6.0>8.0', '8.0>7.0']));
    expect(await graph.links()).not.toContain('6.0>7.0');
    expect(await graph.stepCount()).toBe(before + 1);
    await graph.undo();
    await expect.poll(graph.links).toContain('6.0>7.0');
  });

  it('moves reroutes of 0.4 files, and keeps where they stand in the file', async () => {
    await graph.open(
      textToImage({
        extra: {
          reroutes: [{ id: 1, pos: [850, 600], linkIds: [6] }],
          linkExtensions: [{ id: 6, parentId: 1 }],
        },
      }),
    );
    await expect.poll(() => page.evaluate(() => window.fixture.view.scene?.stretches('6').length)).toBe(2);
    const at = await graph.pointAt(850, 600);
    await graph.drag(at, { x: at.x + 30, y: at.y + 30 });
    const saved = async () => {
      const { extra } = JSON.parse(await page.evaluate(() => window.fixture.save()));
      return extra.reroutes[0].pos as readonly [number, number];
    };
    await expect.poll(async () => (await saved())[0]).toBeGreaterThan(880);
    await graph.undo();
    await expect.poll(saved).toEqual([850, 600]);
  });
});

describe('touch', () => {
  it('pans with one finger, pinches with two, links by two taps', async () => {
    await again({ hasTouch: true, viewport: { width: 390, height: 844 } });
    await graph.open(textToImage());
    const client: CDPSession = await page.context().newCDPSession(page);
    const send = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      points: { x: number; y: number; id: number }[],
    ) => client.send('Input.dispatchTouchEvent', { type, touchPoints: points });
    const before = await graph.pointAt(0, 0);
    await send('touchStart', [{ x: 100, y: 800, id: 1 }]);
    for (let step = 1; step <= 5; step += 1) await send('touchMove', [{ x: 100 + step * 10, y: 800, id: 1 }]);
    await send('touchEnd', []);
    await expect.poll(async () => Math.round((await graph.pointAt(0, 0)).x - before.x)).toBe(50);
    const zoom = await graph.zoom();
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
    await expect.poll(async () => (await graph.zoom()) / zoom).toBeCloseTo(2, 1);
    await page.evaluate(() => {
      const { view } = window.fixture;
      view.view.zoom = 0.5;
      view.view.centerOn({ x: 1100, y: 400 });
      view.moved();
    });
    await graph.settle();
    const tap = async ({ x, y }: { x: number; y: number }) => {
      await send('touchStart', [{ x, y, id: 1 }]);
      await send('touchEnd', []);
    };
    await tap(await graph.slotAt('4', 'outputs', 0));
    await tap(await graph.slotAt('6', 'inputs', 0));
    await expect.poll(graph.links).toContain('4.0>6.0');
  });

  it('pinches that begin on a field zoom, and the field has what it had', async () => {
    await again({ hasTouch: true, viewport: { width: 1000, height: 900 } });
    await page.evaluate(() => window.fixture.view.reveal('5'));
    await graph.settle();
    const client: CDPSession = await page.context().newCDPSession(page);
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: readonly Spot[]) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at.map((point, index) => ({ ...point, id: index + 1 })),
      });
    const steps = page.locator('[data-node="5"] [data-widget="steps"] [role="spinbutton"]');
    const cfg = page.locator('[data-node="5"] [data-widget="cfg"] [role="spinbutton"]');
    await steps.waitFor();
    const shown = () => steps.getAttribute('aria-valuetext');
    const [value, count] = [await shown(), await graph.stepCount()];
    /** Two fingers go apart by so much, the second one from another place. */
    const pinch = async (other: Spot, isDragged: boolean, on = steps) => {
      const [zoom, one] = [await graph.zoom(), await middle(on)];
      const first = isDragged ? { x: one.x + 48, y: one.y } : one;
      await send('touchStart', one);
      if (isDragged) {
        await send('touchMove', first);
        // The field has the finger, as long as it is the only one.
        await expect.poll(shown).not.toBe(value);
      }
      await send('touchStart', first, other);
      for (let step = 1; step <= 4; step += 1)
        await send(
          'touchMove',
          { x: first.x - 10 * step, y: first.y - 5 * step },
          { x: other.x + 10 * step, y: other.y + 20 * step },
        );
      await send('touchEnd');
      await expect.poll(graph.zoom).toBeGreaterThan(zoom * 1.2);
      await graph.settle();
      expect([await shown(), await graph.stepCount()]).toEqual([value, count]);
      expect(await page.locator('[data-node="5"] input').count()).toBe(0);
      await page.evaluate(() => {
        window.fixture.view.view.zoom = 0.8;
        window.fixture.view.reveal('5');
      });
      await graph.settle();
    };
    const onNothing = async () => ({ x: 500, y: 860 });
    await pinch(await onNothing(), true);
    await pinch(await onNothing(), false);
    await pinch(await middle(cfg), true);
    // Any other field: a list that opens by a tap, a text that a finger scrolls.
    const list = page.locator('[data-node="5"] [data-widget="sampler_name"] button').first();
    await pinch(await middle(steps), false, list);
    expect(await page.locator('[role="listbox"]').count()).toBe(0);
    await page.evaluate(() => window.fixture.view.reveal('2'));
    await graph.settle();
    const text = page.locator('[data-node="2"] textarea');
    await text.waitFor();
    await pinch(await onNothing(), false, text);
    await steps.waitFor();
    // The second finger is the one on a field.
    const [zoom, field] = [await graph.zoom(), await middle(steps)];
    const first = { x: field.x, y: 860 };
    await send('touchStart', first);
    await send('touchStart', first, field);
    for (let step = 1; step <= 4; step += 1)
      await send('touchMove', first, { x: field.x + 12 * step, y: field.y - 20 * step });
    await send('touchEnd');
    await expect.poll(graph.zoom).toBeGreaterThan(zoom * 1.1);
    await graph.settle();
    expect([await shown(), await graph.stepCount()]).toEqual([value, count]);
    // One finger alone changes it, as one step.
    await page.evaluate(() => window.fixture.view.reveal('5'));
    await graph.settle();
    const alone = await middle(steps);
    await send('touchStart', alone);
    for (let step = 1; step <= 4; step += 1) await send('touchMove', { x: alone.x + 12 * step, y: alone.y });
    await send('touchEnd');
    await expect.poll(shown).not.toBe(value);
    await expect.poll(graph.stepCount).toBe(count + 1);
  });
});

describe('while nodes are dragged', () => {
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
    await graph.settle();
    const before = await graph.picture();
    const start = await graph.titleAt('5');
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 20, start.y + 160, { steps: 6 });
    await graph.settle();
    await expect.poll(async () => difference(before, await graph.picture())).toBeGreaterThan(2);
    const fromParts = await graph.picture();
    await page.evaluate(() => window.fixture.view.invalidate());
    await graph.settle();
    await expect.poll(async () => difference(await graph.picture(), fromParts)).toBeLessThan(1);
    await page.evaluate(() => window.fixture.view.setMark('1', 'failed'));
    await expect.poll(graph.picture).not.toBe(fromParts);
    await graph.settle();
    const marked = await graph.picture();
    await page.mouse.move(start.x + 21, start.y + 160);
    await page.mouse.move(start.x + 20, start.y + 160);
    await graph.settle();
    expect(await difference(await graph.picture(), marked)).toBeLessThan(1);
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
    await graph.settle();
    const zoom = await graph.zoom();
    const start = await graph.titleAt('31');
    const near = { x: start.x, y: start.y - 300 * zoom + 2 };
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 3, start.y + 30, { steps: 3 });
    await page.mouse.move(near.x, near.y, { steps: 3 });
    await graph.settle();
    await expect.poll(guides).toBeGreaterThan(20);
    await page.mouse.up();
    await graph.settle();
    await expect.poll(guides).toBe(0);
    expect((await graph.posOf('31'))[1]).not.toBe(0);
    await page.evaluate(() => {
      window.fixture.doc?.undo();
      window.fixture.view.setPreferences({ snapsToNodes: true });
    });
    await graph.drag(start, near);
    await expect.poll(async () => (await graph.posOf('31'))[1]).toBe(0);
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
      await graph.settle();
    };
    await at(-4000, -4000);
    await at(-4003, -4007);
    const one = await graph.picture();
    await at(-5003, -3007);
    // A thousand is a multiple of the grid's pitch.
    await expect.poll(graph.picture).toBe(one);
    await at(-4004, -4007);
    await expect.poll(graph.picture).not.toBe(one);
  });
});
