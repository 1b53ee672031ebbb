// Through everything that can be seen: the start page, the canvas, every panel that the rail lists (so a new one is
// visited by itself), every dialog and menu. Texts come from the catalogue, so it works in every language.

import type { Page } from 'playwright-core';
import { type TextKey, t } from '../../src/i18n/t';
import { beginning, byPalette, leave, openPanel, openSaved, pick } from './steps';
import { colours, conflict, missing, onGraph, results, subgraphs } from './stops';

/** Called at each stop, with its name. */
export type Visit = (name: string) => Promise<void>;

/** Dialogs that a command opens, by the command's title. A new dialog of the application is one line here. */
const DIALOGS: readonly TextKey[] = [
  ...(['shortcuts.title', 'settings.title', 'about.title', 'templates.browse', 'trash.show'] as const),
  'drafts.show',
  ...(['workflows.saveAs', 'workflows.renameTab', 'graph.find', 'search.title'] as const),
];

/**
 * Start page, canvas, panels, then all else. The page is at the server's address, and nothing is open yet. What cannot be
 * reached is told, and the tour goes on behind it.
 */
export async function tour(
  page: Page,
  visit: Visit,
  tell: (what: string) => void,
  isShort = false,
): Promise<void> {
  page.setDefaultTimeout(20_000);
  await page.getByRole('heading', { name: t('workflows.begin') }).waitFor();
  await page.getByText(t('templates.ready')).first().waitFor();
  await visit('start');
  await openText(page);
  await visit('canvas');
  const isRoomy = (page.viewportSize()?.width ?? 0) >= 1000;
  const rest = [dialogs, menus, pictures, files, mask, colours, conflict, missing, trouble];
  // Nodes that are worked on must be large enough to be elements.
  const roomy = isRoomy ? [results, subgraphs, onGraph] : [];
  for (const part of isShort ? [panels] : [panels, ...rest, ...roomy]) {
    await part(page, visit).catch((error) => tell(`${part.name} breaks off: ${error}`));
    await leave(page);
  }
}

async function dialogs(page: Page, visit: Visit): Promise<void> {
  for (const key of DIALOGS) {
    await byPalette(page, t(key));
    // The one to find nodes is none, and has found nothing yet.
    await page.locator('[role="dialog"], #find-results').first().waitFor({ state: 'attached' });
    await visit(`dialog ${key}`);
    const tabs = page.getByRole('dialog').getByRole('tab');
    for (let place = 1; place < (await tabs.count()); place += 1) {
      await tabs.nth(place).click();
      await visit(`dialog ${key}, ${await tabs.nth(place).textContent()}`);
    }
    await leave(page);
  }
  await byPalette(page, t('trash.show'));
  await page.getByRole('button', { name: t('trash.empty'), exact: true }).click();
  // What lies below is hidden from readers of the page meanwhile.
  await page.locator('[role="dialog"]').nth(1).waitFor();
  await visit('question before files are gone for good');
  await leave(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('listbox', { name: t('commands.palette') }).waitFor();
  await visit('palette');
}

async function openText(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Text to image/ })
    .first()
    .click();
  await page.getByRole('tab', { name: 'Text to image' }).waitFor();
  await page.locator('[data-node]').first().waitFor();
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
}

/** One after the other, each closed again before the next. */
async function panels(page: Page, visit: Visit): Promise<void> {
  const buttons = page.getByRole('navigation', { name: t('app.rail') }).getByRole('button');
  for (let index = 0; index < (await buttons.count()); index += 1) {
    const button = buttons.nth(index);
    const name = (await button.getAttribute('aria-label')) ?? '';
    await button.click();
    const panel = page.getByRole('region', { name, exact: true });
    await panel.waitFor();
    await visit(`panel ${name}`);
    const tabs = panel.getByRole('tab');
    for (let place = 1; place < (await tabs.count()); place += 1) {
      await tabs.nth(place).click();
      await visit(`panel ${name}, ${await tabs.nth(place).textContent()}`);
    }
    await panel.getByRole('button', { name: t('app.closePanel'), exact: true }).click();
  }
}

async function menus(page: Page, visit: Visit): Promise<void> {
  for (const key of ['app.menu', 'run.options'] as const) {
    await page.getByRole('button', { name: t(key), exact: true }).click();
    await page.getByRole('menu').waitFor();
    await visit(`menu ${key}`);
    await leave(page);
  }
  await page
    .locator('[data-node]')
    .first()
    .click({ button: 'right', position: { x: 30, y: 10 } });
  await page.getByRole('menu').waitFor();
  await visit('menu of a node');
  await leave(page);
}

/** The gallery with its filters, its window and what it is searched by, the lightbox and the comparison. */
async function pictures(page: Page, visit: Visit): Promise<void> {
  const { panel, close } = await openPanel(page, t('gallery.title'));
  const cells = panel.getByRole('button').filter({ has: page.locator('img') });
  await cells.first().waitFor();
  await cells.nth(0).click({ modifiers: ['Control'] });
  await cells.nth(1).click({ modifiers: ['Control'] });
  await visit('gallery with a selection');
  for (const key of ['gallery.tag', 'gallery.delete'] as const) {
    await panel.getByRole('button', { name: t(key), exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await visit(`question ${key}`);
    await leave(page);
  }
  await panel.getByRole('button', { name: t('gallery.compare'), exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await visit('comparison');
  await leave(page);
  await cells.nth(0).dblclick();
  await page.getByRole('dialog').waitFor();
  await visit('lightbox');
  await leave(page);
  await panel.getByRole('button', { name: t('gallery.filters'), exact: true }).click();
  await page.getByRole('complementary', { name: t('gallery.filters') }).waitFor();
  await visit('gallery with filters');
  await panel.getByRole('button', { name: t('gallery.window'), exact: true }).click();
  const sheet = page.getByRole('dialog', { name: t('gallery.title') });
  await sheet.locator('img').first().waitFor();
  await visit('gallery in a window');
  await sheet.getByRole('button', { name: t('gallery.help'), exact: true }).click();
  await page.getByRole('dialog', { name: t('gallery.help') }).waitFor();
  await visit('what the gallery is searched by');
  await leave(page);
  await close();
}

/** A saved file: its versions, and the question before what is not saved is closed. */
async function files(page: Page, visit: Visit): Promise<void> {
  const { panel, close } = await openPanel(page, t('workflows.title'));
  await panel.getByText('portraits', { exact: true }).first().click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await visit('menu of a folder');
  await pick(page.getByRole('menuitem', { name: beginning(t('workflows.delete')) }));
  await page.getByRole('dialog').waitFor();
  await visit('question before a folder is deleted');
  await leave(page);
  await close();
  await openSaved(page, 'fox');
  await byPalette(page, t('versions.show'));
  await page.getByRole('dialog').waitFor();
  await visit('versions');
  await page
    .getByRole('button', { name: t('versions.label'), exact: true })
    .first()
    .click();
  const field = page.getByRole('textbox', { name: t('versions.labelField') });
  await field.waitFor();
  await visit('name of a version');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await page
    .getByRole('button', { name: beginning(t('versions.compareIt')) })
    .last()
    .click();
  await page.getByRole('table').waitFor();
  await visit('comparison of versions');
  await leave(page);
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Alt+w');
  await page.getByRole('dialog').waitFor();
  await visit('question');
  await leave(page);
}

/** The mask editor, on a picture that a node holds. */
async function mask(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'picture');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Alt+e');
  await page.getByRole('dialog').waitFor();
  await visit('mask editor');
  await leave(page);
}

/** A run that is refused, for inputs are not linked: the message, and the list of problems. */
async function trouble(page: Page, visit: Visit): Promise<void> {
  await openSaved(page, 'fox');
  // None of it is muted any more.
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: t('run.start'), exact: true }).click();
  const list = page.getByRole('region', { name: t('issues.title'), exact: true });
  await list.waitFor();
  await visit('refused run');
  await list.getByRole('button', { name: t('app.closePanel'), exact: true }).click();
}
