// What takes long to open is told of meanwhile: what is being done, how far it is, and how to stop it. What does not, is not.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { largeWorkflow, textToImage } from './fixtures/files';
import { eachOnOwnPage, LAPTOP } from './harness/bench';
import type { GraphPage } from './harness/graph';
import type { Server } from './harness/server';
import { acted, rested } from './harness/settle';
import { byPalette, openPanel } from './harness/steps';

const LONG = { timeout: 60_000 };

let server: Server;
let page: Page;
let graph: GraphPage;

eachOnOwnPage((bench) => {
  ({ server, page, graph } = bench);
}, LAPTOP);

const note = () => page.locator('[data-opening]');
const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) });

async function choose(name: string, text: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  const file = { name: `${name}.json`, mimeType: 'application/json', buffer: Buffer.from(text) };
  await (await chooser).setFiles([file]);
}

interface Seen {
  readonly words: string;
  readonly percent: number;
}

/** What the note says from now on, frame by frame: what is not painted nobody sees. With `stopAt` it is stopped then. */
async function follow(stopAt = ''): Promise<() => Promise<Seen[]>> {
  await page.evaluate((words) => {
    const seen: Seen[] = [];
    Object.assign(window, { seenNotes: seen });
    const look = () => {
      const element = document.querySelector<HTMLElement>('[data-opening]');
      if (element !== null) {
        const bar = element.querySelector('[role="progressbar"]');
        seen.push({ words: element.textContent, percent: Number(bar?.getAttribute('aria-valuenow')) });
        if (words !== '' && element.textContent.includes(words)) element.querySelector('button')?.click();
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, stopAt);
  return () => page.evaluate(() => (window as unknown as { readonly seenNotes: Seen[] }).seenNotes);
}

describe('a large file', () => {
  it('is told of while it is opened: its name, each step, and how far that is', async () => {
    const seen = await follow();
    await choose('huge', largeWorkflow(8000));
    await tab('huge').waitFor(LONG);
    await note().waitFor({ state: 'detached', ...LONG });
    const all = await seen();
    for (const step of ['Reading what is in it', 'Building the graph', 'Laying out nodes and links'])
      expect(all.map(({ words }) => words)).toContainEqual(
        expect.stringMatching(`^Opening huge\\.json\\s*${step}`),
      );
    const percents = all.map(({ percent }) => percent);
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    expect(percents.at(-1)).toBeGreaterThan(40);
    // What was made in parts is whole.
    await graph.canvas.focus();
    await expect.poll(() => page.locator('[data-info]').textContent()).toMatch(/^8000 nodes, /);
    await byPalette(page, 'Zoom to 100');
    await page.locator('[data-node]').first().waitFor();
  });

  it('is opened no further once it is stopped', async () => {
    await follow('Laying out nodes and links');
    await choose('huge', largeWorkflow(8000));
    await note().waitFor(LONG);
    await note().waitFor({ state: 'detached', ...LONG });
    await rested(page);
    expect(await tab('huge').count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    await choose('next', textToImage());
    await tab('next').waitFor();
  });
});

describe('a small file', () => {
  it('is just opened', async () => {
    const seen = await follow();
    await choose('small', textToImage());
    await tab('small').waitFor();
    await rested(page);
    expect(await seen()).toEqual([]);
  });
});

describe('a file that the server is slow to give', () => {
  it('is told of, can be opened no more, and nothing is said of it then', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const address = `${server.url}/api/v1/workflows/files/far.json`;
    await fetch(address, { method: 'PUT', headers, body: textToImage() });
    let isHeld = true;
    await page.route('**/api/v1/workflows/files/far.json', async (route) => {
      while (isHeld) await new Promise((resolve) => setTimeout(resolve, 50));
      await route.continue().catch(() => {});
    });
    const { panel } = await openPanel(page, 'Workflows');
    await panel.getByText('far', { exact: true }).first().click();
    const bar = page.getByRole('progressbar', { name: 'Opening far' });
    await bar.waitFor();
    // How long it takes nobody knows.
    expect(await bar.getAttribute('aria-valuenow')).toBeNull();
    await page.getByRole('status').filter({ hasText: 'Waiting for the file' }).waitFor();
    await byPalette(page, 'Stop opening workflows');
    await note().waitFor({ state: 'detached' });
    isHeld = false;
    await acted(page);
    await rested(page);
    expect(await tab('far').count()).toBe(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    await panel.getByText('far', { exact: true }).first().click();
    await tab('far').waitFor();
  });
});
