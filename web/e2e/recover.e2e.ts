// Nothing is lost: a browser that is killed, two windows on one file, a server that is killed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { keptTabs } from './harness/kept';
import { CHROMIUM, FLAGS, forgiveErrors, keepAccount, openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';
import { byPalette } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
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

async function saveTemplateAs(page: Page, name: string): Promise<void> {
  await openTemplate(page, 'Text to image');
  await page.keyboard.press('Control+s');
  await page.getByRole('textbox', { name: /Name/ }).fill(name);
  await page.keyboard.press('Enter');
  await page.getByText(`Saved as ${name}.json`).waitFor();
}

async function stored(name: string): Promise<string> {
  const path = `${server.url}/api/v1/workflows/files/${encodeURIComponent(`${name}.json`)}`;
  return (await fetch(path)).text();
}

/** Of which files the server has drafts. */
async function drafts(): Promise<string[]> {
  const listed = await (await fetch(`${server.url}/api/v1/drafts`)).json();
  return listed.drafts.map((draft: { file: string | null }) => draft.file ?? '');
}

/** Two windows of one browser that have the same file open. */
async function twoWindows(name: string) {
  const { page: one, context } = await openPage(browser, server.url);
  await saveTemplateAs(one, name);
  const two = await context.newPage();
  await two.goto(server.url);
  await two.getByRole('button', { name: 'Workflows', exact: true }).click();
  await two.getByRole('treeitem', { name: new RegExp(`^${name}$`) }).click();
  await two.getByRole('tab', { name }).waitFor();
  return { one, two, context };
}

async function saveChanged(page: Page, name: string): Promise<void> {
  const before = await stored(name);
  await collapseAll(page);
  await page.keyboard.press('Control+s');
  await expect.poll(() => stored(name)).not.toBe(before);
}

/** Change and save what somebody else saved meanwhile: the question that is asked then. */
async function conflict(page: Page) {
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog', { name: /changed elsewhere/ });
  await dialog.waitFor();
  // The refusal itself, which the browser writes to the console.
  forgiveErrors({ account: keepAccount(page.context()) }, /status of 412/);
  return dialog;
}

/** Steps that are kept of each tab, and some more; even, so that what is turned off and on again ends as it began. */
const KEPT = 100;
const STEPS = KEPT + 4;

const zoomOf = (page: Page) => page.getByRole('button', { name: /^Zoom: / }).getAttribute('aria-label');

describe('recovery', () => {
  it('brings back tabs, edits and undo after the browser was killed half a second after an edit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skein-profile-'));
    try {
      const first = await persistent(folder);
      const page = await first.newPage();
      await page.goto(server.url);
      // One tab with as many steps as are kept, and more; the other one is looked at when the browser dies.
      await page.getByRole('button', { name: 'New workflow' }).first().click();
      await page.getByRole('application').focus();
      await page.keyboard.press('Shift+A');
      await page.keyboard.type('empty image');
      await page.keyboard.press('Enter');
      await page.locator('[data-node="1"]').waitFor();
      await page.getByRole('application').focus();
      for (let step = 0; step < STEPS; step += 1) await page.keyboard.press('Control+m');
      await page.getByRole('tab', { name: 'Untitled, Not saved' }).waitFor();
      await byPalette(page, 'Open the default workflow');
      await page.getByRole('tab', { name: 'Text to image' }).waitFor();
      await page.waitForSelector('[data-node="6"]');
      await collapseAll(page);
      await page.keyboard.press('Escape');
      await page.locator('[data-node="7"]').click({ position: { x: 40, y: 10 } });
      await page.keyboard.press('Alt+=');
      await page.keyboard.press('Alt+=');
      await acted(page);
      const looked = await zoomOf(page);
      await page.waitForTimeout(500);
      // On a machine that is busy with other things it may be more than half a second.
      const percent = Number(/\d+/.exec(looked ?? ''));
      const kept = async () =>
        (await keptTabs(page)).map(({ name, steps, zoom }) => [name, steps, Math.round(zoom * 100)]);
      await expect.poll(kept).toEqual([
        ['Untitled', KEPT, expect.any(Number)],
        ['Text to image', 1, percent],
      ]);
      killBrowser(folder);
      await first.close().catch(() => {});
      const second = await persistent(folder);
      const again = await second.newPage();
      await again.goto(server.url);
      const tabs = again.getByRole('tab');
      await expect
        .poll(() => tabs.evaluateAll((all) => all.map((each) => each.ariaLabel)))
        .toEqual(['Untitled, Not saved', 'Text to image, Not saved']);
      const active = again.getByRole('tab', { selected: true });
      await expect.poll(() => active.getAttribute('aria-label')).toMatch(/^Text/);
      await expect.poll(() => zoomOf(again)).toBe(looked);
      await again.locator('[data-node="7"]').waitFor();
      const height = async () => (await again.locator('[data-node="7"]').boundingBox())?.height ?? 0;
      await rested(again);
      const collapsed = await height();
      await again.getByRole('application').focus();
      await again.keyboard.press('Control+z');
      await expect.poll(height).toBeGreaterThan(collapsed + 50);
      // Of the tab that was not looked at: the last hundred steps, each of which turns the node off or on.
      await again.getByRole('tab', { name: /^Untitled/ }).click();
      await again.locator('[data-node="1"]').waitFor();
      const isMuted = async () => (await again.locator('[data-node="1"]').textContent())?.includes('Muted');
      const undo = again.getByRole('toolbar', { name: 'View' }).getByRole('button', { name: 'Undo' });
      await again.getByRole('application').focus();
      await expect.poll(isMuted).toBe(false);
      await again.keyboard.press('Control+z');
      await expect.poll(isMuted).toBe(true);
      for (let step = 1; step < KEPT - 1; step += 1) await again.keyboard.press('Control+z');
      await expect.poll(isMuted).toBe(true);
      expect(await undo.isEnabled()).toBe(true);
      await again.keyboard.press('Control+z');
      await expect.poll(() => undo.isDisabled()).toBe(true);
      await expect.poll(isMuted).toBe(false);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('marks a file that two windows have open, and lets neither overwrite what the other saved', async () => {
    const { one, two } = await twoWindows('shared');
    await expect
      .poll(() => one.getByRole('tab', { name: 'shared' }).getAttribute('title'))
      .toContain('another window');
    await saveChanged(two, 'shared');
    const dialog = await conflict(one);
    await dialog.getByRole('button', { name: 'Take theirs' }).click();
    await one.getByRole('tab', { name: /, Not saved/ }).waitFor({ state: 'detached' });
    // The own state is not lost either.
    await one.keyboard.press('Alt+Shift+T');
    await one.getByRole('tab', { name: /, Not saved/ }).waitFor();
  });

  it('keeps both in a conflict, or overwrites, which stays a version', async () => {
    const { one, two } = await twoWindows('both');
    await saveChanged(two, 'both');
    const theirs = await stored('both');
    const first = await conflict(one);
    await first.getByRole('button', { name: 'Keep both…' }).click();
    await one.getByRole('textbox', { name: /Name/ }).fill('both mine');
    await one.keyboard.press('Enter');
    await one.getByText('Saved as both mine.json').waitFor();
    expect(await stored('both')).toBe(theirs);
    const mine = await stored('both mine');
    await saveChanged(two, 'both');
    await one.getByRole('button', { name: 'Workflows', exact: true }).click();
    await one.getByRole('treeitem', { name: /^both mine/ }).waitFor();
    await one.getByRole('treeitem', { name: /^both(,|$)/ }).click();
    await one.getByRole('tab', { name: /^both(,|$)/ }).waitFor();
    await saveChanged(two, 'both');
    const second = await conflict(one);
    await second.getByRole('button', { name: 'Overwrite' }).click();
    await one.getByText('Saved as both.json').waitFor();
    const versions = await (await fetch(`${server.url}/api/v1/workflows/files/both.json/versions`)).json();
    expect(versions.versions.length).toBe(5);
    expect(await stored('both mine')).toBe(mine);
  });

  it('never writes a file by itself: drafts are kept here and on the server, the file changes by Save', async () => {
    const { page } = await openPage(browser, server.url);
    await saveTemplateAs(page, 'quiet');
    const before = await stored('quiet');
    await collapseAll(page);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await expect.poll(drafts, { timeout: 10_000 }).toContain('quiet.json');
    expect(await stored('quiet')).toBe(before);
    await page.keyboard.press('Control+s');
    await expect.poll(() => stored('quiet')).not.toBe(before);
    await expect.poll(drafts).not.toContain('quiet.json');
  });

  it('sends what waits while the page is closed', async () => {
    const { page } = await openPage(browser, server.url);
    await saveTemplateAs(page, 'left');
    await collapseAll(page);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await page.close({ runBeforeUnload: true });
    await expect.poll(drafts, { timeout: 10_000 }).toContain('left.json');
  });

  it('says as long as it is so that this browser cannot keep a change, and asks before the page goes', async () => {
    const { page, context } = await openPage(browser, server.url);
    await saveTemplateAs(page, 'full');
    await page.evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      Object.assign(window, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { put }) });
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await page.route('**/api/v1/drafts/**', (route) => route.abort());
    await collapseAll(page);
    const banner = page.getByRole('alert').filter({ hasText: 'no room left' });
    await banner.waitFor();
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const question = await asked;
    expect(question.type()).toBe('beforeunload');
    await question.dismiss();
    await page.evaluate('makeRoom()');
    await banner.waitFor({ state: 'detached' });
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => context.pages().length).toBe(0);
    forgiveErrors({ account: keepAccount(context) }, /ERR_FAILED/);
  });

  it('goes on while the server is away, and connects again when it is back', async () => {
    const listed = async () => (await (await fetch(`${server.url}/api/v1/drafts`)).json()).drafts;
    for (const { id } of await listed())
      await fetch(`${server.url}/api/v1/drafts/${id}`, { method: 'DELETE' });
    const { page, account } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    const back = server.restart();
    await page.getByText('Offline').waitFor();
    await collapseAll(page);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await back;
    await page.getByText('Offline').waitFor({ state: 'detached', timeout: 20_000 });
    // What was changed meanwhile is on the server now, too.
    await expect.poll(listed, { timeout: 20_000 }).toMatchObject([{ name: 'Text to image', file: null }]);
    const [kept] = await listed();
    const { document } = await (await fetch(`${server.url}/api/v1/drafts/${kept.id}`)).json();
    expect(document.nodes.every((node: { flags: object }) => 'collapsed' in node.flags)).toBe(true);
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
    forgiveErrors({ account }, /ERR_CONNECTION_(REFUSED|RESET)|WebSocket connection/);
  });
});
