// Drafts of browsers that are gone: taken over into this one, one by one or all, discarded; never doubled, never lost.

import type { Browser, Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { t } from '../src/i18n/t';
import { textToImage } from './fixtures/files';
import { withServer } from './harness/bench';
import { forgiveErrors, keepAccount, openPage } from './harness/page';
import type { Server } from './harness/server';
import { byPalette, escaped } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly is_open: boolean;
}

async function listed(): Promise<Listed[]> {
  return (await (await fetch(`${server.url}/api/v1/drafts`)).json()).drafts;
}

const names = async () => (await listed()).map(({ name }) => name).sort();
const openNames = async () => (await listed()).flatMap(({ name, is_open }) => (is_open ? [name] : [])).sort();

/** What a browser has left that never comes back. */
async function leave(...left: readonly string[]): Promise<void> {
  for (const name of left) {
    const { ok } = await fetch(`${server.url}/api/v1/drafts/${name}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ document: JSON.parse(textToImage()), name, window: `window of ${name}` }),
    });
    expect(ok).toBe(true);
  }
}

beforeEach(async () => {
  for (const { id } of await listed()) await fetch(`${server.url}/api/v1/drafts/${id}`, { method: 'DELETE' });
});

const notice = (page: Page, count: number) =>
  page.getByRole('status').filter({ hasText: t('drafts.found', { count }) });
const sheet = (page: Page) => page.getByRole('dialog', { name: t('drafts.title') });
/** A button of the list that begins with these words: its name goes on with the time. */
const button = (page: Page, key: 'openIt' | 'discardIt' | 'takeBack' | 'goTo', name: string) =>
  sheet(page).getByRole('button', {
    name: new RegExp(`^${escaped(t(`drafts.${key}`, { name, time: '' }))}`),
  });
const tabNames = (page: Page) =>
  // What lies behind a dialog is hidden.
  page
    .getByRole('tab', { includeHidden: true })
    .evaluateAll((all) => all.map((each) => each.ariaLabel?.split(',')[0]));

async function browse(count: number): Promise<Page> {
  const { page } = await openPage(browser, server.url);
  await notice(page, count)
    .getByRole('button', { name: t('drafts.look', { count }) })
    .click();
  await sheet(page).waitFor();
  return page;
}

it('opens drafts in place of those that were left: as many afterwards as before, in every browser', async () => {
  await leave('first', 'second', 'third');
  const page = await browse(3);
  const rows = sheet(page).getByRole('listitem');
  // The newest first.
  await expect
    .poll(() => rows.locator('p:first-child').allTextContents())
    .toEqual(['third', 'second', 'first']);
  await button(page, 'openIt', 'second').click();
  await button(page, 'goTo', 'second').waitFor();
  await expect.poll(() => tabNames(page)).toEqual(['second']);
  await sheet(page)
    .getByRole('button', { name: t('drafts.openAll') })
    .click();
  await sheet(page).waitFor({ state: 'detached' });
  await expect.poll(() => tabNames(page)).toEqual(['second', 'third', 'first']);
  await expect.poll(openNames).toEqual(['first', 'second', 'third']);
  expect(await names()).toEqual(['first', 'second', 'third']);
  // Another browser is offered nothing of a window that is there, and all of it once that is gone.
  const { page: other } = await openPage(browser, server.url);
  await other.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
  await byPalette(other, t('drafts.show'));
  await sheet(other).getByText(t('drafts.none'), { exact: true }).waitFor();
  await page.context().close();
  await expect.poll(openNames).toEqual([]);
  await other.reload();
  await notice(other, 3).waitFor();
  expect(await names()).toEqual(['first', 'second', 'third']);
});

it('gives a draft to one of two windows that open it at once', async () => {
  await leave('wanted');
  const [one, two] = [await browse(1), await browse(1)];
  await Promise.all([one, two].map((page) => button(page, 'openIt', 'wanted').click()));
  const taken = (page: Page) => sheet(page).getByText(t('drafts.taken')).count();
  const counts = async () => [
    (await tabNames(one)).length + (await tabNames(two)).length,
    (await taken(one)) + (await taken(two)),
  ];
  await expect.poll(counts).toEqual([1, 1]);
  expect(await names()).toEqual(['wanted']);
  for (const page of [one, two]) forgiveErrors({ account: keepAccount(page.context()) }, /status of 404/);
});

it('discards a draft, and takes that back', async () => {
  await leave('kept', 'unwanted');
  const page = await browse(2);
  await button(page, 'discardIt', 'unwanted').click();
  const back = button(page, 'takeBack', 'unwanted');
  await back.waitFor();
  expect(await names()).toEqual(['kept']);
  await expect.poll(() => back.evaluate((each) => each === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await button(page, 'discardIt', 'unwanted').waitFor();
  expect(await names()).toEqual(['kept', 'unwanted']);
  await page.keyboard.press('Enter');
  await expect.poll(names).toEqual(['kept']);
});

it('does not tell again of drafts that the message was closed for', async () => {
  await leave('old');
  const { page } = await openPage(browser, server.url);
  await notice(page, 1)
    .getByRole('button', { name: t('app.close') })
    .click();
  const answered = page.waitForResponse(/\/api\/v1\/drafts$/);
  await page.reload();
  await answered;
  await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
  await expect.poll(() => notice(page, 1).count()).toBe(0);
  await leave('new');
  await page.reload();
  await notice(page, 2).waitFor();
});
