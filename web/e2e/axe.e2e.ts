// No serious or critical finding of axe on any panel or dialog of the frame, in any theme.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openTemplate } from './harness/page';
import { type Server, startServer } from './harness/server';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf-8');
const SCAN = `axe.run({ resultTypes: ['violations'] }).then((found) =>
  found.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 120)).join(' | ')))`;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function scan(page: Page, where: string): Promise<void> {
  await page.waitForTimeout(200);
  await page.evaluate(`${AXE};0`);
  expect(await page.evaluate(SCAN), where).toEqual([]);
}

describe.each(['dark', 'light', 'contrast'])('axe, %s', (theme) => {
  it('finds nothing serious', async () => {
    // axe is put into the page as text, which the page's policy would not let happen.
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    await page.addInitScript(`localStorage.setItem('skein.theme', '${theme}')`);
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    await scan(page, 'start');
    await openTemplate(page, 'Text to image');
    await scan(page, 'canvas');
    for (const name of ['Workflows', 'Queue', 'Problems', 'Logs']) {
      await page.getByRole('navigation').getByRole('button', { name, exact: true }).click();
      await scan(page, name);
    }
    await page.keyboard.press('Control+k');
    await scan(page, 'palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+K');
    await scan(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+,');
    await scan(page, 'settings');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await scan(page, 'keys');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Menu' }).click();
    await scan(page, 'menu');
    await page.getByRole('menuitem', { name: 'About Skein' }).click();
    await scan(page, 'about');
    await context.close();
  });
});
