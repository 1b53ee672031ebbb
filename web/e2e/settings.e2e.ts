// Settings, kept on the server; keys that the user changes, and what they do then.

import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { keptTabs } from './harness/kept';
import { openPage } from './harness/page';
import type { Server } from './harness/server';
import { acted } from './harness/settle';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

afterEach(async () => {
  await fetch(`${server.url}/settings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"Skein.keys": {}, "Skein.keysBy": "letter", "Skein.theme": "system"}',
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
