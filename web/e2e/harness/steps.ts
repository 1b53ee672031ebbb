// What people do on every screen, by the texts of the catalogue, so that it works in every language.

import type { Page } from 'playwright-core';
import { t } from '../../src/i18n/t';

/** Close what lies over the page. */
export async function leave(page: Page): Promise<void> {
  const sheets = page.locator('[role="dialog"], [role="menu"], [role="listbox"]');
  for (let round = 0; round < 5 && (await sheets.count()) > 0; round += 1) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(100);
  }
}

/** Run a command by its title. */
export async function byPalette(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: t('commands.placeholder') }).fill(title);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(150);
}

/** A panel, opened by its button in the rail. */
export async function openPanel(page: Page, title: string) {
  await page.getByRole('button', { name: title, exact: true }).click();
  const panel = page.getByRole('region', { name: title, exact: true });
  await panel.waitFor();
  const close = async () => {
    const button = panel.getByRole('button', { name: t('app.closePanel'), exact: true });
    // Where there is little room it goes by itself.
    if (await button.isVisible()) await button.click();
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
