// Links in a real browser: their styles, what they are led to, what is linked by name, and what is lit.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type Begun, type EnginePage, eachOnEngine } from '../harness/engine';

let page: Page;
let graph: EnginePage;
let again: Begun['again'];

eachOnEngine((begun) => {
  ({ graph, again } = begun);
  page = graph.page;
});

const hovered = () => page.evaluate(() => window.fixture.view.hoveredLink);

describe('styles of links', () => {
  it.each(['spline', 'straight', 'linear'] as const)('%s: lit and cut where it is drawn', async (style) => {
    const middle = await page.evaluate((linkStyle) => {
      const { view, doc } = window.fixture;
      view.setPreferences({ linkStyle });
      const link = [...(doc?.graph('').links.values() ?? [])].find((each) => each.from === '4');
      return view.view.toScreen(view.scene?.middle(link?.id ?? '') ?? { x: 0, y: 0 });
    }, style);
    await page.mouse.move(middle.x + 30, middle.y + 60);
    await page.mouse.move(middle.x, middle.y);
    await expect.poll(hovered).not.toBeNull();
    await page.keyboard.down('Alt');
    await page.mouse.click(middle.x, middle.y);
    await page.keyboard.up('Alt');
    await expect.poll(graph.links).not.toContain('4.0>5.3');
  });

  it('hidden: nothing is lit, cut or boxed', async () => {
    const middle = await page.evaluate(() => {
      const { view } = window.fixture;
      view.setPreferences({ showsLinks: false });
      return view.view.toScreen(view.scene?.middle('9') ?? { x: 0, y: 0 });
    });
    await page.mouse.move(middle.x, middle.y);
    await graph.settle();
    expect(await hovered()).toBeNull();
    await page.keyboard.down('Alt');
    await graph.drag({ x: middle.x, y: middle.y - 60 }, { x: middle.x, y: middle.y + 60 });
    await page.keyboard.up('Alt');
    expect(await graph.links()).toHaveLength(9);
  });
});

describe('drawing links', () => {
  it('goes on to the next slot with a second drop on a node', async () => {
    const output = await graph.slotAt('3', 'outputs', 0);
    await graph.drag(output, await graph.titleAt('5'));
    // Both slots that fit were taken: the one after the one that it feeds already comes next, and then around.
    const inputs = async () => (await graph.links()).filter((link) => />5\.[12]$/.test(link));
    await expect.poll(inputs).toEqual(['3.0>5.2', '3.0>5.1']);
    await graph.undo();
    await expect.poll(graph.links).toContain('2.0>5.1');
  });

  it('ends at the slot whose row it is let go on: its label, or its widget', async () => {
    const beside = async (node: string, index: number, by = 70) => {
      const { x, y } = await graph.slotAt(node, 'inputs', index);
      return { x: x + by, y };
    };
    // It is there already: nothing is done, also not to the other slot that would fit.
    await graph.drag(await graph.slotAt('3', 'outputs', 0), await beside('5', 2));
    await graph.drag(await graph.slotAt('3', 'outputs', 0), await beside('5', 1));
    await expect.poll(graph.links).toEqual(expect.arrayContaining(['3.0>5.1', '3.0>5.2']));
    expect(await graph.stepCount()).toBe(1);
  });

  it('moves all links of an output with Shift, and keeps them where the type does not fit', async () => {
    await page.keyboard.down('Shift');
    await graph.drag(await graph.slotAt('1', 'outputs', 1), await graph.slotAt('6', 'outputs', 0), {
      isHeld: true,
    });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await expect.poll(graph.links).toEqual(expect.arrayContaining(['1.1>2.0', '1.1>3.0']));
    await page.keyboard.down('Shift');
    await graph.drag(await graph.slotAt('2', 'outputs', 0), await graph.slotAt('3', 'outputs', 0));
    await page.keyboard.up('Shift');
    await expect.poll(graph.links).toEqual(expect.arrayContaining(['3.0>5.1', '3.0>5.2']));
    expect(await graph.stepCount()).toBe(1);
  });

  it('asks for one node for all links of an output', async () => {
    await page.evaluate(() => window.fixture.told.splice(0));
    await page.keyboard.down('Shift');
    await graph.drag(await graph.slotAt('1', 'outputs', 1), { x: 640, y: 760 });
    await page.keyboard.up('Shift');
    await expect
      .poll(() => page.evaluate(() => window.fixture.told.find(([name]) => name === 'search')?.[3]))
      .toMatchObject({ node: '2', others: [{ node: '3' }] });
    expect(await graph.links()).toHaveLength(9);
  });

  it('pulses what fits while a link is drawn, and rests afterwards', async () => {
    await graph.drag(await graph.slotAt('4', 'outputs', 0), { x: 640, y: 700 }, { isHeld: true });
    await expect.poll(() => graph.framesIn(400)).toBeGreaterThan(3);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(() => graph.framesIn(400)).toBe(0);
  });

  it('does not pulse where the user wants no motion', async () => {
    await again({ reducedMotion: 'reduce' });
    await graph.drag(await graph.slotAt('4', 'outputs', 0), { x: 640, y: 700 }, { isHeld: true });
    expect(await graph.framesIn(400)).toBe(0);
    await page.mouse.up();
  });

  it('cuts with the key of the knife held', async () => {
    const at = await page.evaluate(() => window.fixture.view.view.toScreen({ x: 1255, y: 60 }));
    await page.mouse.click(640, 760);
    await page.keyboard.down('k');
    await graph.drag(at, { x: at.x, y: at.y + 160 });
    await page.keyboard.up('k');
    await expect.poll(async () => (await graph.links()).filter((link) => link.startsWith('5.'))).toEqual([]);
  });
});

describe('links by name', () => {
  const names = () =>
    page.evaluate(() => {
      window.fixture.doc?.edit('names', '', (tx) => {
        const set = { inputs: [{ name: 'LATENT', type: 'LATENT', link: null }], widgets_values: ['a'] };
        const get = { outputs: [{ name: 'LATENT', type: 'LATENT', links: [] }], widgets_values: ['a'] };
        tx.put('node', '20', { id: 20, type: 'SetNode', pos: [0, 620], size: [200, 60], ...set });
        tx.put('node', '21', { id: 21, type: 'GetNode', pos: [1200, 620], size: [200, 60], ...get });
      });
      window.fixture.view.fit();
    });

  it('show their partner to who points at them', async () => {
    await names();
    await graph.settle();
    const title = await graph.titleAt('21');
    await page.mouse.move(title.x, title.y);
    const pointed = () => page.evaluate(() => window.fixture.view.hoveredNode);
    await expect.poll(pointed).toBe('21');
    await page.mouse.move(640, 780);
    await expect.poll(pointed).toBeNull();
  });

  it('have lines while one of them is selected, or all of them where that is wanted', async () => {
    await names();
    await graph.settle();
    const pixels = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas.graph-base');
        const { view } = window.fixture;
        const at = view.view.toScreen({ x: 700, y: 635 });
        const ratio = window.devicePixelRatio;
        const [x, y] = [Math.round((at.x - 60) * ratio), Math.round((at.y - 12) * ratio)];
        const data = canvas?.getContext('2d')?.getImageData(x, y, 120 * ratio, 24 * ratio).data ?? [];
        // Latents are pink: much more red than green.
        let found = 0;
        for (let index = 0; index < data.length; index += 4)
          if ((data[index] ?? 0) > (data[index + 1] ?? 0) + 25) found += 1;
        return found;
      });
    expect(await pixels()).toBe(0);
    await page.evaluate(() => window.fixture.view.select(['20']));
    await expect.poll(pixels).toBeGreaterThan(5);
    await page.evaluate(() => {
      window.fixture.view.select([]);
      window.fixture.view.setPreferences({ showsTeleports: true });
    });
    await expect.poll(pixels).toBeGreaterThan(5);
  });
});

describe('links into a node that runs', () => {
  const run = (id: string, mark: 'running' | null) =>
    page.evaluate(([node, state]) => window.fixture.view.setMark(node, state), [id, mark] as const);

  it('flow, on frames of their own, until it has ended', async () => {
    await run('5', 'running');
    await expect.poll(() => graph.framesIn(800)).toBeGreaterThan(3);
    // Not as often as the screen could.
    expect(await graph.framesIn(800)).toBeLessThan(20);
    await run('5', null);
    await expect.poll(() => graph.framesIn(400)).toBe(0);
  });

  it('rest where the user wants no motion, or has switched it off', async () => {
    await page.evaluate(() => window.fixture.view.setPreferences({ animatesLinks: false }));
    await run('5', 'running');
    await graph.settle();
    expect(await graph.framesIn(400)).toBe(0);
    await again({ reducedMotion: 'reduce' });
    await run('5', 'running');
    await graph.settle();
    expect(await graph.framesIn(400)).toBe(0);
  });

  it('do not cover nodes', async () => {
    await run('7', 'running');
    const painted = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas.graph-overlay');
        const { view } = window.fixture;
        const box = view.scene?.layout('7')?.box ?? { x: 0, y: 0, w: 1, h: 1 };
        const at = view.view.toScreen(box);
        const ratio = window.devicePixelRatio;
        const size = [box.w * view.view.zoom, box.h * view.view.zoom].map(
          (each) => Math.floor(each * ratio) - 2,
        );
        const whole = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const inside =
          canvas
            ?.getContext('2d')
            ?.getImageData(
              Math.ceil(at.x * ratio) + 1,
              Math.ceil(at.y * ratio) + 1,
              size[0] ?? 1,
              size[1] ?? 1,
            ).data ?? [];
        const count = (data: ArrayLike<number>) => {
          let found = 0;
          for (let index = 3; index < data.length; index += 4) if ((data[index] ?? 0) > 0) found += 1;
          return found;
        };
        return [count(whole), count(inside)];
      });
    await expect.poll(async () => (await painted())[0]).toBeGreaterThan(10);
    expect((await painted())[1]).toBe(0);
  });
});
