// What the page looks like in its themes, held to pictures in `pictures/`: at most one pixel in 200 may be another one.
// After a change that was meant, `SKEIN_TAKE=1 npm run e2e -- themes` takes them again: look at them before they are kept.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { leave } from './harness/steps';

const KEPT = fileURLToPath(new URL('./pictures', import.meta.url));
const TAKES = process.env['SKEIN_TAKE'] !== undefined;
const MOST_OTHER = 1 / 200;
/** The same letters everywhere. */
const FONTS = '*, ::before, ::after { font-family: "DejaVu Sans" !important; }';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

it.each(['dark', 'light', 'contrast'])('%s', async (theme) => {
  // The page's policy lets nobody put styles into it.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript((id) => localStorage.setItem('skein.theme', id), theme);
  await page.goto(server.url);
  await page.addStyleTag({ content: FONTS });
  const wrong: string[] = [];
  const visit = async (screen: string) => {
    const found = await judge(page, `${screen} ${theme}`);
    if (found !== '') wrong.push(found);
  };

  await page.getByText('Models found').first().waitFor();
  await visit('start');
  await openTemplate(page, 'Text to image');
  await page.locator('[data-node]').first().waitFor();
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await visit('canvas');
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog').waitFor();
  await visit('settings');
  await leave(page);
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+A');
  await page.getByRole('combobox', { name: 'Name of the node' }).fill('latent');
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await visit('search');
  expect(wrong).toEqual([]);
});

/** What is wrong with a screen: nothing, or how far it is from its picture and where to see that. */
async function judge(page: Page, name: string): Promise<string> {
  // What is drawn in parts is drawn by then.
  await page.waitForTimeout(1000);
  const now = await page.screenshot({ animations: 'disabled' });
  const path = join(KEPT, `${name}.png`);
  if (TAKES) {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(path, now);
    return '';
  }
  if (!existsSync(path)) return `there is no ${path}`;
  const other = await shareOfOther(readFileSync(path), now);
  if (other <= MOST_OTHER) return '';
  const seen = join(mkdtempSync(join(tmpdir(), 'skein-themes-')), `${name}.png`);
  writeFileSync(seen, now);
  return `${(other * 100).toFixed(2)} % of ${name} is other than in ${path}: see ${seen}`;
}

/** The share of pixels that differ by more than the edge of a letter does. */
async function shareOfOther(one: Buffer, other: Buffer): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const share = await page.evaluate(
    async (files) => {
      const pixels = async (file: string) => {
        const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${file}`)).blob());
        const area = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
        area?.drawImage(picture, 0, 0);
        return area?.getImageData(0, 0, picture.width, picture.height).data ?? new Uint8ClampedArray();
      };
      const [before, after] = await Promise.all(files.map(pixels));
      if (before === undefined || after === undefined || before.length !== after.length) return 1;
      let count = 0;
      for (let at = 0; at < before.length; at += 4)
        if (
          [0, 1, 2].some((channel) => Math.abs((before[at + channel] ?? 0) - (after[at + channel] ?? 0)) > 32)
        )
          count += 1;
      return count / (before.length / 4);
    },
    [one.toString('base64'), other.toString('base64')],
  );
  await context.close();
  return share;
}
