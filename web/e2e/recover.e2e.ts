// Nothing is lost: a browser that is killed, two windows on one file, a server that is killed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, FLAGS, forgiveErrors, launchBrowser, openPage, openTemplate } from './harness/page';
import { type Server, startServer } from './harness/server';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function persistent(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: [...FLAGS],
    viewport: { width: 1280, height: 800 },
  });
}

/** The browser's processes all have its folder on their command line. */
function killBrowser(folder: string): void {
  const rows = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf-8' }).split('\n');
  for (const row of rows) {
    const pid = Number(row.trim().split(/\s+/)[0]);
    if (row.includes(`--user-data-dir=${folder}`) && pid > 0) process.kill(pid, 'SIGKILL');
  }
}

async function collapseAll(page: Page): Promise<void> {
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Alt+c');
}

describe('recovery', () => {
  it('brings back tabs, edits and undo after the browser was killed half a second after an edit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skein-profile-'));
    try {
      const first = await persistent(folder);
      const page = await first.newPage();
      await page.goto(server.url);
      await openTemplate(page, 'Text to image');
      await page.waitForSelector('[data-node="6"]');
      await collapseAll(page);
      await page.waitForTimeout(500);
      killBrowser(folder);
      await first.close().catch(() => {});
      const second = await persistent(folder);
      const again = await second.newPage();
      await again.goto(server.url);
      await again.getByRole('tab', { name: 'Text to image' }).waitFor();
      await again.getByRole('tab', { name: /, Not saved/ }).waitFor();
      const height = async () => (await again.locator('[data-node="7"]').boundingBox())?.height ?? 0;
      const collapsed = await height();
      await again.getByRole('application').focus();
      await again.keyboard.press('Control+z');
      await expect.poll(height).toBeGreaterThan(collapsed + 50);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('marks a file that two windows have open, and lets neither overwrite what the other saved', async () => {
    const { page: one, context, account } = await openPage(browser, server.url);
    await openTemplate(one, 'Text to image');
    await one.keyboard.press('Control+s');
    await one.getByRole('textbox', { name: /Name/ }).fill('shared');
    await one.keyboard.press('Enter');
    await one.getByText('Saved as shared.json').waitFor();
    const two = await context.newPage();
    await two.goto(server.url);
    await two.getByRole('button', { name: 'Workflows', exact: true }).click();
    await two.getByRole('treeitem', { name: /^shared/ }).click();
    await two.getByRole('tab', { name: 'shared' }).waitFor();
    await expect
      .poll(() => one.getByRole('tab', { name: 'shared' }).getAttribute('title'))
      .toContain('another window');
    await collapseAll(two);
    await two.keyboard.press('Control+s');
    await two.getByText('Saved as shared.json').waitFor();
    await one.getByRole('application').focus();
    await one.keyboard.press('Control+a');
    await one.keyboard.press('Control+m');
    await one.keyboard.press('Control+s');
    const dialog = one.getByRole('dialog', { name: /changed elsewhere/ });
    await dialog.getByRole('button', { name: 'Take theirs' }).click();
    await one.getByRole('tab', { name: /, Not saved/ }).waitFor({ state: 'detached' });
    forgiveErrors({ account }, /status of 412/);
    await context.close();
  });

  it('goes on while the server is away, and connects again when it is back', async () => {
    const { page, context, account } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    const back = server.restart();
    await page.getByText('Offline').waitFor();
    await collapseAll(page);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await back;
    await page.getByText('Offline').waitFor({ state: 'detached', timeout: 20_000 });
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
    forgiveErrors({ account }, /ERR_CONNECTION_REFUSED|WebSocket connection/);
    await context.close();
  });
});
