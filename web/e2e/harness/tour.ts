// Through everything that can be seen: the start page, the canvas, every panel that the rail lists (so a new one is
// visited by itself), every dialog and menu. Texts come from the catalogue, so it works in every language.

import type { Page } from 'playwright-core';
import { type TextKey, t } from '../../src/i18n/t';
import { textToImage } from '../fixtures/files';
import type { Server } from './server';

/** Called at each stop, with its name. */
export type Visit = (name: string) => Promise<void>;

/** Dialogs that a command opens, by the command's title. A new dialog of the application is one line here. */
const DIALOGS: readonly TextKey[] = [
  ...(['shortcuts.title', 'settings.title', 'about.title', 'templates.browse', 'trash.show'] as const),
  ...(['workflows.saveAs', 'workflows.renameTab', 'graph.find', 'search.title'] as const),
];

const PNG_RUN = {
  '1': { class_type: 'EmptyImage', inputs: { width: 320, height: 200, batch_size: 1, color: 0x3366aa } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a long name of a picture' } },
};

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PICTURE = {
  ...{ last_node_id: 1, last_link_id: 0, links: [], groups: [], config: {}, extra: {}, version: 0.4 },
  nodes: [
    {
      ...{
        id: 1,
        type: 'LoadImage',
        pos: [0, 0],
        size: [300, 320],
        flags: {},
        order: 0,
        mode: 0,
        inputs: [],
      },
      outputs: [
        { name: 'IMAGE', type: 'IMAGE', links: null },
        { name: 'MASK', type: 'MASK', links: null },
      ],
      ...{ properties: {}, widgets_values: ['tour.png', 'image'] },
    },
  ],
};

/** Something for every panel to show: saved files with versions, runs that ended, pictures. */
export async function furnish(server: Server): Promise<void> {
  const send = async (method: string, path: string, body: string) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${server.url}/api/v1${path}`, { method, headers, body });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  };
  const text = textToImage();
  for (const name of ['fox.json', 'portraits/red/a name that is rather long for a panel.json'])
    await send('PUT', `/workflows/files/${encodeURIComponent(name)}`, text);
  await send('PUT', '/workflows/files/fox.json', text.replace('a fox', 'two foxes'));
  await send('POST', '/workflows/files/fox.json/mark', '{"favourite":true}');
  await send('PUT', '/workflows/files/deleted.json', text);
  await send('DELETE', '/workflows/files/deleted.json', '');
  const form = new FormData();
  form.append('image', new Blob([Buffer.from(PIXEL, 'base64')], { type: 'image/png' }), 'tour.png');
  await fetch(`${server.url}/upload/image`, { method: 'POST', body: form });
  await send('PUT', '/workflows/files/picture.json', JSON.stringify(PICTURE));
  for (const color of [0x3366aa, 0xaa6633, 0x66aa33]) {
    const prompt = { ...PNG_RUN, '1': { ...PNG_RUN['1'], inputs: { ...PNG_RUN['1'].inputs, color } } };
    await send('POST', '/jobs?wait=60', JSON.stringify({ workflow: prompt }));
  }
}

/** Start page, canvas, panels, then all else. The page is at the server's address, and nothing is open yet. */
export async function tour(page: Page, visit: Visit, isShort = false): Promise<void> {
  page.setDefaultTimeout(20_000);
  await page.getByRole('heading', { name: t('workflows.begin') }).waitFor();
  await page.getByText(t('templates.ready')).first().waitFor();
  await visit('start');
  await openText(page);
  await visit('canvas');
  await panels(page, visit);
  if (isShort) return;
  for (const key of DIALOGS) {
    await byPalette(page, t(key));
    await visit(`dialog ${key}`);
    const tabs = page.getByRole('dialog').getByRole('tab');
    for (let place = 1; place < (await tabs.count()); place += 1) {
      await tabs.nth(place).click();
      await visit(`dialog ${key}, ${await tabs.nth(place).textContent()}`);
    }
    await leave(page);
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('listbox', { name: t('commands.palette') }).waitFor();
  await visit('palette');
  await leave(page);
  await menus(page, visit);
  await pictures(page, visit);
  await files(page, visit);
  await trouble(page, visit);
  await mask(page, visit);
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

/** Close what lies over the page. */
export async function leave(page: Page): Promise<void> {
  const sheets = page.locator('[role="dialog"], [role="menu"], [role="listbox"]');
  for (let round = 0; round < 5 && (await sheets.count()) > 0; round += 1) {
    await page.keyboard.press('Escape');
    await page.waitForTimeout(100);
  }
}

/** Run a command by its title, as people do. */
export async function byPalette(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: t('commands.placeholder') }).fill(title);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
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
    await page.waitForTimeout(400);
    await visit(`panel ${name}`);
    const tabs = panel.getByRole('tab');
    for (let place = 1; place < (await tabs.count()); place += 1) {
      await tabs.nth(place).click();
      await page.waitForTimeout(300);
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
  await page.getByRole('button', { name: t('gallery.title'), exact: true }).click();
  const panel = page.getByRole('region', { name: t('gallery.title'), exact: true });
  const cells = panel.getByRole('button').filter({ has: page.locator('img') });
  await cells.first().waitFor();
  await cells.nth(0).click({ modifiers: ['Control'] });
  await cells.nth(1).click({ modifiers: ['Control'] });
  await visit('gallery with a selection');
  await panel.getByRole('button', { name: t('gallery.compare'), exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(600);
  await visit('comparison');
  await leave(page);
  await cells.nth(0).dblclick();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(600);
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
  await panel.getByRole('button', { name: t('app.closePanel'), exact: true }).click();
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A saved file: its versions, and the question before what is not saved is closed. */
async function files(page: Page, visit: Visit): Promise<void> {
  await page.getByRole('button', { name: t('workflows.title'), exact: true }).click();
  const panel = page.getByRole('region', { name: t('workflows.title'), exact: true });
  await panel.getByText('fox', { exact: true }).first().click();
  await page.getByRole('tab', { name: /^fox/ }).waitFor();
  const close = panel.getByRole('button', { name: t('app.closePanel'), exact: true });
  if (await close.isVisible()) await close.click();
  await byPalette(page, t('versions.show'));
  await page.getByRole('dialog').waitFor();
  await visit('versions');
  await page
    .getByRole('button', { name: new RegExp(`^${escaped(t('versions.compareIt'))}`) })
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
  await page.getByRole('button', { name: t('workflows.title'), exact: true }).click();
  const panel = page.getByRole('region', { name: t('workflows.title'), exact: true });
  await panel.getByText('picture', { exact: true }).first().click();
  await page.getByRole('tab', { name: /^picture/ }).waitFor();
  const close = panel.getByRole('button', { name: t('app.closePanel'), exact: true });
  if (await close.isVisible()) await close.click();
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Alt+e');
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(600);
  await visit('mask editor');
  await leave(page);
}

/** A run that is refused, for it names no model: the message, and the list of problems. */
async function trouble(page: Page, visit: Visit): Promise<void> {
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: t('run.start'), exact: true }).click();
  await page.getByRole('region', { name: t('issues.title'), exact: true }).waitFor();
  await page.waitForTimeout(400);
  await visit('refused run');
}
