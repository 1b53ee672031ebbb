// Everything that can be seen, in three themes, two sizes, a language with long texts, at 200 %, 320 px wide and on a
// phone: no text is cut off or covered, no control covered or too small, nothing wider than the window, and axe finds
// nothing serious. `SKEIN_PICTURES` names a directory for a picture of each, which people should look at.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { translate } from '../src/i18n/pseudo';
import { setTranslation } from '../src/i18n/t';
import { withServer } from './harness/bench';
import { furnish } from './harness/furnish';
import { type LookOptions, look } from './harness/look';
import { forgiveErrors, keepAccount } from './harness/page';
import type { Server } from './harness/server';
import { Settling } from './harness/settle';
import { tour } from './harness/tour';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf-8');
const PICTURES = process.env['SKEIN_PICTURES'];

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

beforeAll(() => furnish(server));

afterEach(() => setTranslation((text) => text));

/** How the page is looked at at each stop of a tour; a change of it closes nothing. */
interface Light {
  /** For its pictures. */
  readonly name: string;
  readonly media: NonNullable<Parameters<Page['emulateMedia']>[0]>;
}

const AS_IT_IS: readonly Light[] = [{ name: '', media: {} }];
/** The three themes, as the page takes them from the system. */
const THEMES: readonly Light[] = [
  { name: 'light', media: { colorScheme: 'light', contrast: 'no-preference' } },
  { name: 'contrast', media: { colorScheme: 'dark', contrast: 'more' } },
  { name: 'dark', media: { colorScheme: 'dark', contrast: 'no-preference' } },
];

interface Case {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly storage?: Readonly<Record<string, string>>;
  readonly look?: LookOptions;
  readonly lights?: readonly Light[];
  readonly hasAxe?: boolean;
  readonly isShort?: boolean;
}

const SMALL = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1080 };

async function walk({
  name,
  options,
  storage = {},
  look: how,
  lights = AS_IT_IS,
  hasAxe,
  isShort,
}: Case): Promise<void> {
  // axe is put into the page as text, which the page's policy would not let happen.
  const context = await browser.newContext({
    ...{ reducedMotion: 'reduce', ...options },
    bypassCSP: hasAxe === true,
  });
  const page = await context.newPage();
  const settling = new Settling(page);
  await page.addInitScript((kept) => {
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
  }, storage);
  if (hasAxe === true) await page.addInitScript(AXE);
  await page.goto(server.url);
  const wrong: string[] = [];
  const tell = (what: string) => void wrong.push(what);
  let number = 0;
  const visit = async (stop: string) => {
    number += 1;
    for (const [index, light] of lights.entries()) {
      if (lights.length > 1) await page.emulateMedia(light.media);
      await settling.rest();
      const place = [stop, light.name].filter((part) => part !== '').join(', ');
      await takePicture(page, `${name} ${light.name}`, `${String(number).padStart(2, '0')} ${stop}`);
      for (const each of await look(page, how)) tell(`${place}: ${each}`);
      if (hasAxe !== true) continue;
      // All else that axe finds is the same in every theme.
      const rules = index === 0 ? {} : { runOnly: { type: 'rule', values: ['color-contrast'] } };
      for (const each of await page.evaluate(scan, rules)) tell(`${place}: axe ${each}`);
    }
  };
  // What was found before the tour broke off is told, too.
  await tour(page, visit, tell, isShort).catch((error) => tell(`after stop ${number}: ${error}`));
  // One of the stops is a run that the server refuses, one a file that somebody else has saved.
  forgiveErrors({ account: keepAccount(context) }, /status of 4(00|12)/);
  expect([...new Set(wrong)], name).toEqual([]);
}

// Runs in the page.
async function scan(how: object): Promise<string[]> {
  const axe = (window as unknown as { readonly axe: Axe }).axe;
  const found = await axe.run(document, { resultTypes: ['violations'], ...how });
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

interface Axe {
  run(
    where: Document,
    how: object,
  ): Promise<{ readonly violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

async function takePicture(page: Page, name: string, stop: string): Promise<void> {
  if (PICTURES === undefined) return;
  const folder = join(PICTURES, name.trim().replace(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const file = stop.normalize('NFD').replace(/[^\w ,.-]/g, '');
  await page.screenshot({ path: join(folder, `${file}.png`) });
}

describe('every screen', () => {
  it.each<Case>([
    { name: 'small', options: { viewport: SMALL }, lights: THEMES, hasAxe: true },
    { name: 'large', options: { viewport: LARGE }, lights: THEMES },
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
  ])('$name', walk, 300_000);

  it('pseudo-locale', async () => {
    setTranslation(translate);
    await walk({
      name: 'pseudo-locale',
      options: { viewport: SMALL },
      storage: { 'skein.locale': 'pseudo' },
      look: { mark: '⟦' },
    });
  }, 300_000);
});
