// Tabs: moved, closed with a question, opened again where they were; a workflow cleared, and the one to begin with.

import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { keptTabs } from './harness/kept';
import { openPage } from './harness/page';
import type { Server } from './harness/server';
import { byPalette, pick } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

const names = (page: Page) => page.getByRole('tab').allTextContents();

async function openThree(): Promise<Page> {
  const { page } = await openPage(browser, server.url, { viewport: { width: 1600, height: 900 } });
  await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
  for (const count of [1, 2, 3]) {
    await page.keyboard.press('Alt+n');
    await expect.poll(() => names(page).then((all) => all.length)).toBe(count);
  }
  return page;
}

describe('tabs', () => {
  it('are dragged into another order, which a reload keeps', async () => {
    const page = await openThree();
    await page
      .getByRole('tab', { name: 'Untitled (3)' })
      .dragTo(page.getByRole('tab', { name: 'Untitled', exact: true }));
    await expect.poll(() => names(page)).toEqual(['Untitled (3)', 'Untitled', 'Untitled (2)']);
    const kept = async () => (await keptTabs(page)).map(({ name }) => name);
    await expect.poll(kept).toEqual(['Untitled (3)', 'Untitled', 'Untitled (2)']);
    await page.reload();
    await expect.poll(() => names(page)).toEqual(['Untitled (3)', 'Untitled', 'Untitled (2)']);
  });

  it('show the one that is worked in, however many there are, and lead to all by a list', async () => {
    const { page } = await openPage(browser, server.url, { viewport: { width: 900, height: 700 } });
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    const all = page.getByRole('button', { name: /^All \d+ open workflows$/ });
    for (let count = 1; count <= 10; count += 1) {
      await page.keyboard.press('Alt+n');
      await expect.poll(() => names(page).then((found) => found.length)).toBe(count);
    }
    const isSeen = async (name: string) => {
      const list = await page.getByRole('tablist', { name: 'Open workflows' }).boundingBox();
      const tab = await page.getByRole('tab', { name, exact: true }).boundingBox();
      if (list === null || tab === null) return false;
      return tab.x >= list.x - 1 && tab.x + tab.width <= list.x + list.width + 1;
    };
    await expect.poll(() => isSeen('Untitled (10)')).toBe(true);
    expect(await isSeen('Untitled')).toBe(false);
    await all.click();
    await pick(page.getByRole('menuitemcheckbox', { name: 'Untitled', exact: true }));
    await expect.poll(() => isSeen('Untitled')).toBe(true);
  });

  it('are walked by arrows, closed by the middle button and Delete, and come back where they were', async () => {
    const page = await openThree();
    await page.getByRole('tab', { name: 'Untitled (2)' }).click();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Untitled');
    await page.keyboard.press('Delete');
    await expect.poll(() => names(page)).toEqual(['Untitled (2)', 'Untitled (3)']);
    await page.keyboard.press('Alt+Shift+T');
    await expect.poll(() => names(page)).toEqual(['Untitled', 'Untitled (2)', 'Untitled (3)']);
    await page.getByRole('tab', { name: 'Untitled (2)' }).click({ button: 'middle' });
    await expect.poll(() => names(page)).toEqual(['Untitled', 'Untitled (3)']);
  });

  it('ask before they close unsaved, unless the user wants no questions', async () => {
    const page = await openThree();
    await byPalette(page, 'Open the default workflow');
    await page.getByRole('tab', { name: 'Text to image' }).waitFor();
    await page.waitForSelector('[data-node="5"]');
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+m');
    await page.keyboard.press('Alt+w');
    await page.getByRole('dialog', { name: 'Save Text to image before closing?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Text to image, Not saved' }).waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('switch', { name: 'Ask before closing what is not saved' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+w');
    await page.getByRole('tab', { name: /Text to image/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+Shift+T');
    await page.getByRole('tab', { name: 'Text to image, Not saved' }).waitFor();
  });
});

describe('clearing', () => {
  it('asks, removes everything in one step, and Backspace never does', async () => {
    const page = await openThree();
    await byPalette(page, 'Open the default workflow');
    await page.waitForSelector('[data-node="5"]');
    await page.getByRole('application').focus();
    await page.keyboard.press('Backspace');
    await byPalette(page, 'Clear workflow…');
    const question = page.getByRole('dialog', { name: 'Remove everything from Text to image?' });
    await question.getByText('All 7 nodes go').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-node="5"]').waitFor();
    await byPalette(page, 'Clear workflow…');
    await question.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.locator('[data-node]').first().waitFor({ state: 'detached' });
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+z');
    await page.locator('[data-node="5"]').waitFor();
    await page.getByRole('tab', { name: 'Text to image', exact: true }).waitFor();
  });
});
