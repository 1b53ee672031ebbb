// P13 of gates.ts: the gallery with 10,000 files, scrolled through in the panel and in its window, on the built
// page with a real server.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { fillGallery } from '../fixtures/gallery';
import { launchBrowser, openPage } from '../harness/page';
import { type Server, startServer } from '../harness/server';
import { measure, percentile, traceFrames } from './harness';

const COUNT = 10_000;
const STEPS = 120;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  await fillGallery(server, COUNT);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function scroll(page: Page, name: string, by: number): Promise<void> {
  const list = page.getByRole('region', { name: 'Files' }).last();
  return measure(`P13 ${name}`, async () => {
    await list.evaluate((element) => {
      element.scrollTop = 0;
    });
    await list.locator('[data-key]').first().waitFor();
    await page.waitForTimeout(1500);
    let most = 0;
    const frames = await traceFrames(page, async () => {
      for (let step = 0; step < STEPS; step += 1) {
        const cells = await list.evaluate(
          (element, [at, jump]) =>
            new Promise<number>((done) => {
              element.scrollTop = at * jump;
              requestAnimationFrame(() => done(element.querySelectorAll('[data-index]').length));
            }),
          [step, by] as const,
        );
        most = Math.max(most, cells);
      }
    });
    return {
      cells: most,
      cpu50: percentile(frames.cpu, 0.5),
      cpu95: percentile(frames.cpu, 0.95),
      worst: Math.max(...frames.cpu),
    };
  });
}

it('P13 scrolls through 10,000 files', async () => {
  const { page, context } = await openPage(browser, server.url);
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery', exact: true }).click();
  await scroll(page, 'panel, by the wheel', 100);
  await scroll(page, 'panel, by leaps', 4000);
  await page.getByRole('button', { name: 'In a window' }).click();
  await page.getByRole('dialog').waitFor();
  await scroll(page, 'window, by the wheel', 100);
  await scroll(page, 'window, by leaps', 900);
  await context.close();
});
