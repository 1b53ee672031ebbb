// P9, P10, P12, P15 and P16 of gates.ts, on the built page with a real server.

import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largeWorkflow } from '../fixtures/files';
import { launchBrowser, openPage } from '../harness/page';
import { type Server, startServer } from '../harness/server';
import { measure, percentile, traceFrames } from './harness';
import { bootWeight } from './weight';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

type NodeType = { type: string; display_name: string; inputs: { name: string; choices: unknown }[] };

/** The server's node types, changed on their way to the page. */
async function withTypes(page: Page, change: (types: NodeType[]) => NodeType[]): Promise<void> {
  await page.route('**/api/v1/nodes*', async (route) => {
    const response = await route.fetch();
    const found = await response.json();
    const nodes = change(found.nodes);
    await route.fulfill({ response, json: { ...found, nodes, total: nodes.length } });
  });
}

async function openText(page: Page, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file…' }).first().click();
  const file = { name: 'large.json', mimeType: 'application/json', buffer: Buffer.from(text) };
  await (await chooser).setFiles(file);
  await page.getByRole('tab', { name: 'large' }).waitFor();
  await page.getByRole('application').focus();
}

/** Bring a node of this type to where it can be worked with. */
async function goTo(page: Page, type: string): Promise<void> {
  await page.keyboard.press('Control+f');
  await page.getByRole('combobox', { name: 'Find in this workflow' }).fill(type);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.locator(`[data-node][data-type="${type}"]`).first().waitFor();
  await page.waitForTimeout(1500);
}

/** Milliseconds from each key to the frame after it, by the clock; and what each costs the main thread. */
async function typing(page: Page, text: string): Promise<{ wall: number[]; cpu: readonly number[] }> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { keyTimes: times });
    window.addEventListener(
      'keydown',
      (event) => {
        // From when the key was pressed, so that what waited before is counted.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => times.push(performance.now() - event.timeStamp);
          channel.port2.postMessage(null);
        });
      },
      true,
    );
  });
  const { cpu } = await traceFrames(page, async () => {
    for (const letter of text) {
      await page.keyboard.press(letter === ' ' ? 'Space' : letter);
      await page.waitForTimeout(60);
    }
  });
  const wall = await page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes);
  return { wall, cpu };
}

function keyFigures(wall: readonly number[], cpu: readonly number[]) {
  return {
    wall50: percentile(wall, 0.5),
    wall95: percentile(wall, 0.95),
    cpu50: percentile(cpu, 0.5),
    cpu95: percentile(cpu, 0.95),
  };
}

const WORDS = 'a lighthouse at dusk with a long road and quiet water under it';

describe('the page', () => {
  it('P9 types into a prompt among 1,000 nodes', () =>
    measure('P9 prompt', async () => {
      const { page, context } = await openPage(browser, server.url);
      await openText(page, largeWorkflow(1000));
      await goTo(page, 'CLIPTextEncode');
      await page.locator('[data-node][data-type="CLIPTextEncode"] textarea').first().click();
      const { wall, cpu } = await typing(page, WORDS);
      await context.close();
      expect(wall.length).toBeGreaterThan(50);
      return { ...keyFigures(wall, cpu), keys: wall.length };
    }));

  it('P10 searches 5,000 node types', () =>
    measure('P10 search', async () => {
      const { page, context } = await openPage(browser, 'about:blank');
      await withTypes(page, (types) =>
        Array.from({ length: 5000 }, (_none, index): NodeType => {
          const base = types[index % types.length] as NodeType;
          const number = Math.floor(index / types.length);
          if (number === 0) return base;
          return { ...base, type: `${base.type}${number}`, display_name: `${base.display_name} ${number}` };
        }),
      );
      await page.goto(server.url);
      await page.getByRole('button', { name: 'New workflow' }).first().click();
      await page.getByRole('application').focus();
      await page.keyboard.press('Shift+A');
      await page.getByRole('combobox', { name: 'Name of the node' }).waitFor();
      await page.waitForTimeout(1000);
      const { wall, cpu } = await typing(page, 'image scale by latent');
      const rows = await page.getByRole('option').count();
      await context.close();
      return { ...keyFigures(wall, cpu), rows };
    }));

  it('P12 starts', async () => {
    const shifts: number[] = [];
    const weight = await bootWeight(async (path) => (await fetch(`${server.url}/${path}`)).text());
    await measure('P12 boot', async () => {
      const { page, context } = await openPage(browser, 'about:blank');
      const client = await context.newCDPSession(page);
      await client.send('Performance.enable', { timeDomain: 'threadTicks' });
      await page.addInitScript(() => {
        Object.assign(window, { shifted: 0 });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            (window as unknown as { shifted: number }).shifted += (
              entry as unknown as { value: number }
            ).value;
        }).observe({ type: 'layout-shift', buffered: true });
        const watch = new MutationObserver(() => {
          const button = [...document.querySelectorAll('main h1')][0];
          if (button === undefined) return;
          watch.disconnect();
          requestAnimationFrame(() =>
            setTimeout(() => Object.assign(window, { bootedAt: performance.now() })),
          );
        });
        watch.observe(document, { childList: true, subtree: true });
      });
      await page.goto(server.url);
      await page.waitForFunction(() => 'bootedAt' in window);
      const wall = await page.evaluate(() => (window as unknown as { bootedAt: number }).bootedAt);
      // What moves while templates are looked up and pictures come.
      await page.getByText('Models found').first().waitFor();
      await page.waitForTimeout(500);
      shifts.push(await page.evaluate(() => (window as unknown as { shifted: number }).shifted));
      const { metrics } = await client.send('Performance.getMetrics');
      const cpu = (metrics.find((each) => each.name === 'TaskDuration')?.value ?? 0) * 1000;
      await context.close();
      return { wall, cpu, kB: weight / 1000 };
    });
    await measure('P12 layout shift', async () => ({ thousandths: Math.max(...shifts) * 1000 }), 1);
  });

  it('P15 opens and closes each dialog 100 times', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page
      .getByRole('button', { name: /^Text to image/ })
      .first()
      .click();
    await page.getByRole('application').focus();
    const client = await context.newCDPSession(page);
    const growths: number[] = [];
    for (const [name, keys, sheet] of [
      ['palette', 'Control+k', '[role="dialog"]'],
      ['shortcuts', 'Control+Shift+K', '[role="dialog"]'],
      ['settings', 'Control+,', '[role="dialog"]'],
      ['save as', 'Control+Shift+S', '[role="dialog"]'],
      ['gallery', 'Alt+g', '[role="dialog"]'],
      ['search', 'Shift+A', '[aria-label="Name of the node"]'],
      ['find', 'Control+f', '[aria-label="Find in this workflow"]'],
    ] as const) {
      const cycle = async (times: number) => {
        for (let round = 0; round < times; round += 1) {
          await page.getByRole('application').focus();
          await page.keyboard.press(keys);
          await page.locator(sheet).first().waitFor();
          await page.keyboard.press('Escape');
          await page.locator(sheet).waitFor({ state: 'detached' });
        }
      };
      await cycle(5);
      const before = await weigh(client);
      await cycle(100);
      const after = await weigh(client);
      const growth = { nodes: after.nodes - before.nodes, mb: (after.heap - before.heap) / 1e6 };
      growths.push(growth.mb);
      console.log(
        `P15 ${name}`,
        JSON.stringify({ ...growth, listeners: after.listeners - before.listeners }),
      );
    }
    await context.close();
    await measure('P15 dialogs', async () => ({ mb: Math.max(...growths) }), 1);
  });

  it('P16 opens a list of 5,000 entries', () =>
    measure('P16 list', async () => {
      const { page, context } = await openPage(browser, 'about:blank');
      await withTypes(page, (types) => {
        for (const input of types.find((each) => each.type === 'CheckpointLoaderSimple')?.inputs ?? [])
          if (input.name === 'ckpt_name')
            input.choices = Array.from(
              { length: 5000 },
              (_none, index) => `folder${index % 40}/model ${index}`,
            );
        return types;
      });
      await page.goto(server.url);
      await page
        .getByRole('button', { name: /^Text to image/ })
        .first()
        .click();
      const combo = page.locator('[data-widget="ckpt_name"]').getByRole('combobox').first();
      await combo.waitFor();
      await page.waitForTimeout(2000);
      const opens: number[] = [];
      let rows = 0;
      for (let round = 0; round < 5; round += 1) {
        const { cpuTotal } = await traceFrames(page, async () => {
          await combo.click();
          await page.getByRole('option').first().waitFor();
        });
        opens.push(cpuTotal);
        rows = Math.max(rows, await page.getByRole('option').count());
        await page.keyboard.press('Escape');
        await page.waitForTimeout(200);
      }
      await context.close();
      return { cpu50: percentile(opens, 0.5), cpuWorst: Math.max(...opens), rows };
    }));
});

/** What is there after all that can be thrown away was. */
async function weigh(client: CDPSession): Promise<{ nodes: number; listeners: number; heap: number }> {
  for (let round = 0; round < 3; round += 1) await client.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  return { nodes, listeners: jsEventListeners, heap: usedSize };
}
