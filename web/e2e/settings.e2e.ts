// Settings, kept on the server; keys that the user changes, and what they do then.

import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { t } from '../src/i18n/t';
import { textToImage } from './fixtures/files';
import { withServer } from './harness/bench';
import { GraphPage } from './harness/graph';
import { keptTabs } from './harness/kept';
import { openPage } from './harness/page';
import type { Server } from './harness/server';
import { acted } from './harness/settle';
import { leave } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

afterEach(async () => {
  await fetch(`${server.url}/settings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"Skein.keys": {}, "Skein.keysBy": "letter", "Skein.theme": "system", "Skein.tabKey": "next"}',
  });
});

const kept = async (name: string) => (await fetch(`${server.url}/settings/Skein.${name}`)).json();

async function openKeys(page: Page, filter: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Keys' }).click();
  await page.getByRole('searchbox', { name: 'Search settings' }).fill(filter);
}

async function record(page: Page, command: string, keys: string): Promise<void> {
  await page.getByRole('button', { name: `Change the keys of ${command}`, exact: true }).click();
  await page.keyboard.press(keys);
}

describe('settings', () => {
  it('are found by a word, count at once, and are there in another browser', async () => {
    const { page } = await openPage(browser, server.url);
    await page.keyboard.press('Control+,');
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('contrast nothing');
    await page.getByText('No setting has this in its name.').waitFor();
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('theme');
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('contrast');
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'contrast');
    await expect.poll(() => kept('theme')).toBe('contrast');
    const { page: other } = await openPage(browser, server.url);
    await other.waitForFunction(() => document.documentElement.dataset['theme'] === 'contrast');
  });
});

it('Tab on the canvas opens the node search for those who want that, and Shift+Tab leaves the canvas', async () => {
  const { page } = await openPage(browser, server.url);
  const graph = new GraphPage(page);
  const search = page.getByRole('combobox', { name: t('search.query') });
  await graph.open('mine', textToImage());
  await graph.press('ArrowRight', 'Tab');
  await expect.poll(() => graph.spoken()).toContain('2 of 7');
  await graph.press('Control+,');
  await page.getByRole('combobox', { name: t('settings.tabKey') }).selectOption('search');
  await expect.poll(() => kept('tabKey')).toBe('search');
  await leave(page);
  // The sheet of keys says so.
  await graph.press('Control+Shift+K');
  const sheet = page.getByRole('dialog', { name: t('shortcuts.title') });
  const row = sheet
    .locator('dl > div')
    .filter({ hasText: t('search.title') })
    .first();
  await expect.poll(() => row.textContent()).toContain('Tab');
  expect(await sheet.getByText(t('graph.next'), { exact: true }).count()).toBe(0);
  await leave(page);
  await graph.canvas.focus();
  await graph.press('Tab');
  await search.waitFor();
  await page.keyboard.type('Invert');
  await graph.press('Enter');
  await graph.node('ImageInvert').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'application');
  await graph.press('Tab');
  await search.waitFor();
  await graph.press('Escape');
  await search.waitFor({ state: 'detached' });
  await graph.press('Shift+Tab');
  await page.waitForFunction(() => document.activeElement?.closest('[role="application"]') === null);
  await page.waitForFunction(() => document.activeElement !== document.body);
  // From nowhere, Tab goes into the page.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await graph.press('Tab');
  await acted(page);
  expect(await search.count()).toBe(0);
});

describe('keys', () => {
  it('are recorded, say who has them, and are taken away there on request', async () => {
    const { page } = await openPage(browser, server.url);
    await openKeys(page, 'new workflow');
    await record(page, 'New workflow', 'Alt+Shift+T');
    await page.getByRole('alert').filter({ hasText: 'Also: Reopen closed' }).waitFor();
    await page.getByRole('button', { name: 'Take them away there' }).click();
    await expect
      .poll(() => kept('keys'))
      .toEqual({
        'workflow.new': ['Alt+Shift+T Alt+Shift+T'],
        'workflow.reopen': [],
      });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+Shift+T');
    await page.getByRole('tab', { name: 'Untitled' }).waitFor();
    // The sheet of keys knows, too; and after a reload all is as it was.
    await page.keyboard.press('Control+Shift+K');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('New workflow').waitFor();
    expect(await sheet.getByText('Reopen closed').count()).toBe(0);
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await keptTabs(page)).map(({ name }) => name)).toEqual(['Untitled']);
    await page.reload();
    await page.getByRole('tab', { name: 'Untitled', exact: true }).waitFor();
    await page.keyboard.press('Alt+Shift+T');
    await page.getByRole('tab', { name: 'Untitled (2)' }).waitFor();
    await openKeys(page, 'new workflow');
    await page.getByRole('button', { name: 'All back to the defaults' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+n');
    await page.getByRole('tab', { name: 'Untitled (3)' }).waitFor();
  });

  it('mean the letter on them, or their place, as the user wants', async () => {
    const { page } = await openPage(browser, server.url);
    /** A German keyboard: Y is where others have Z. */
    const press = (key: string, code: string) =>
      page.evaluate(
        (event) => {
          document.body.dispatchEvent(
            new KeyboardEvent('keydown', {
              ...event,
              altKey: true,
              ctrlKey: true,
              bubbles: true,
              cancelable: true,
            }),
          );
        },
        { key, code },
      );
    await openKeys(page, 'new workflow');
    await record(page, 'New workflow', 'Control+Alt+z');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.keyboard.press('Escape');
    await press('z', 'KeyY');
    await page.getByRole('tab', { name: 'Untitled', exact: true }).waitFor();
    await press('y', 'KeyZ');
    await openKeys(page, '');
    await expect.poll(() => page.getByRole('tab', { name: /^Untitled/ }).count()).toBe(0);
    await page.getByRole('combobox', { name: 'Keys mean' }).selectOption('place');
    await expect.poll(() => kept('keysBy')).toBe('place');
    await page.keyboard.press('Escape');
    await press('z', 'KeyY');
    await press('y', 'KeyZ');
    await page.getByRole('tab', { name: 'Untitled (2)' }).waitFor();
    expect(await page.getByRole('tab', { name: /^Untitled/ }).count()).toBe(2);
  });

  it('are left as they were by Escape, and can be none', async () => {
    const { page } = await openPage(browser, server.url);
    await openKeys(page, 'new workflow');
    await record(page, 'New workflow', 'Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await acted(page);
    expect(await kept('keys')).toEqual({});
    await page.getByRole('button', { name: 'No keys' }).first().click();
    await expect.poll(() => kept('keys')).toEqual({ 'workflow.new': [] });
  });
});
