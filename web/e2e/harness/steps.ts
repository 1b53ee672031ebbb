// What people do on every screen, by the texts of the catalogue, so that it works in every language.

import type { Locator, Page } from 'playwright-core';
import { t } from '../../src/i18n/t';
import { acted } from './settle';

const SHEETS = '[role="dialog"], [role="menu"], [role="listbox"]';

/** Close what lies over the page. */
export async function leave(page: Page): Promise<void> {
  const sheets = page.locator(SHEETS);
  for (let round = 0; round < 5; round += 1) {
    const count = await sheets.count();
    if (count === 0) break;
    await page.keyboard.press('Escape');
    // Not every Escape closes one: a tip over it goes first.
    const isFewer = ([selector, before]: readonly [string, number]) =>
      document.querySelectorAll(selector).length < before;
    await page.waitForFunction(isFewer, [SHEETS, count] as const, { timeout: 500 }).catch(() => {});
  }
  await acted(page);
}

/** Take an item of the menu that is open, and wait until what it does is done: first the menu goes, then it is done. */
export async function pick(item: Locator, key?: 'Enter'): Promise<void> {
  await (key === undefined ? item.click() : item.press(key));
  await item.waitFor({ state: 'detached' });
  await acted(item.page());
}

/** Run a command by its title. */
export async function byPalette(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: t('commands.placeholder') });
  await field.fill(title);
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
  await acted(page);
}

/** A panel, opened by its button in the rail. */
export async function openPanel(page: Page, title: string) {
  await page.getByRole('button', { name: title, exact: true }).click();
  const panel = page.getByRole('region', { name: title, exact: true });
  await panel.waitFor();
  const close = async () => {
    const button = panel.getByRole('button', { name: t('app.closePanel'), exact: true });
    // Where there is little room it goes by itself, perhaps while it is pressed.
    await acted(page);
    if (!(await button.isVisible())) return;
    await button.click({ timeout: 5000 }).catch(async (error) => {
      if (await panel.isVisible()) throw error;
    });
  };
  return { panel, close };
}

/** A workflow that was saved, and the canvas with the keyboard. */
export async function openSaved(page: Page, name: string): Promise<void> {
  const { panel, close } = await openPanel(page, t('workflows.title'));
  await panel.getByText(name, { exact: true }).first().click();
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).waitFor();
  await close();
  await page.getByRole('application').focus();
}

export const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A text that a name begins with. */
export const beginning = (text: string) => new RegExp(`^${escaped(text)}`);
