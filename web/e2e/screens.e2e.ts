// Everything that can be seen, in three themes, two sizes, a language with long texts, at 200 %, 320 px wide and on a
// phone: no text is cut off or covered, no control covered or too small, nothing wider than the window, and axe finds
// nothing serious. `SKEIN_PICTURES` names a directory for a picture of each, which people should look at.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { translate } from '../src/i18n/pseudo';
import { setTranslation } from '../src/i18n/t';
import { type LookOptions, look } from './harness/look';
import { forgiveErrors, keepAccount, launchBrowser } from './harness/page';
import { type Server, startServer } from './harness/server';
import { furnish, tour } from './harness/tour';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf-8');
const SCAN = `axe.run({ resultTypes: ['violations'] }).then((found) =>
  found.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 120)).join(' | ')))`;
const PICTURES = process.env['SKEIN_PICTURES'];

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
  await furnish(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => setTranslation((text) => text));

interface Case {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly storage?: Readonly<Record<string, string>>;
  readonly look?: LookOptions;
  readonly hasAxe?: boolean;
  readonly isShort?: boolean;
}

const SMALL = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1080 };

async function walk({ name, options, storage = {}, look: how, hasAxe, isShort }: Case): Promise<void> {
  // axe is put into the page as text, which the page's policy would not let happen.
  const context = await browser.newContext({ ...options, bypassCSP: hasAxe === true });
  const page = await context.newPage();
  await page.addInitScript((kept) => {
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
  }, storage);
  await page.goto(server.url);
  const wrong: string[] = [];
  let number = 0;
  const visit = async (stop: string) => {
    await page.waitForTimeout(200);
    number += 1;
    await takePicture(page, name, `${String(number).padStart(2, '0')} ${stop}`);
    for (const each of await look(page, how)) wrong.push(`${stop}: ${each}`);
    if (hasAxe !== true) return;
    await page.evaluate(`${AXE};0`);
    for (const each of (await page.evaluate(SCAN)) as string[]) wrong.push(`${stop}: axe ${each}`);
  };
  // What was found before the tour broke off is told, too.
  await tour(page, visit, isShort).catch((error) => wrong.push(`after stop ${number}: ${error}`));
  // The tour ends with a run that the server refuses.
  forgiveErrors({ account: keepAccount(context) }, /status of 400/);
  await context.close();
  expect([...new Set(wrong)], name).toEqual([]);
}

async function takePicture(page: Page, name: string, stop: string): Promise<void> {
  if (PICTURES === undefined) return;
  const folder = join(PICTURES, name.replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const file = stop.normalize('NFD').replace(/[^\w ,.-]/g, '');
  await page.screenshot({ path: join(folder, `${file}.png`) });
}

const theme = (id: string) => ({ 'skein.theme': id });

describe('every screen', () => {
  it.each<Case>([
    { name: 'dark', options: { viewport: SMALL }, storage: theme('dark'), hasAxe: true },
    { name: 'light', options: { viewport: SMALL }, storage: theme('light'), hasAxe: true },
    { name: 'contrast', options: { viewport: SMALL }, storage: theme('contrast'), hasAxe: true },
    { name: 'dark, large', options: { viewport: LARGE }, storage: theme('dark') },
    { name: 'light, large', options: { viewport: LARGE }, storage: theme('light'), isShort: true },
    { name: 'contrast, large', options: { viewport: LARGE }, storage: theme('contrast'), isShort: true },
    {
      name: 'zoom 200',
      options: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
      look: { leastTarget: 24 },
    },
    {
      name: 'forced colours',
      options: { viewport: SMALL, forcedColors: 'active', colorScheme: 'dark' },
      isShort: true,
    },
    { name: '320 wide', options: { viewport: { width: 320, height: 640 } } },
    {
      name: 'phone 390x844',
      options: {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
      },
    },
  ])('$name', walk, 180_000);

  it('pseudo-locale', async () => {
    setTranslation(translate);
    await walk({
      name: 'pseudo-locale',
      options: { viewport: SMALL },
      storage: { 'skein.locale': 'pseudo' },
      look: { mark: '⟦' },
    });
  }, 180_000);
});
