// Runs from the page: progress and previews, in mid-run reloads and server restarts, what changed from one to the next,
// and that nothing is asked of the server in vain.

import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { dragNode } from './harness/graph';
import { forgiveErrors, openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { rested } from './harness/settle';
import { byPalette, pick } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

const LONG = { timeout: 40_000 };
/** For what is there as soon as the page is; far from what a run takes. */
const SHORT = { timeout: 8_000 };

interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly restarted: boolean;
}

async function jobs(): Promise<JobRow[]> {
  return (await (await fetch(`${server.url}/api/v1/jobs`)).json()).jobs;
}

async function runTimes(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: 'How to run' }).click();
  await pick(page.getByRole('menuitemcheckbox', { name: `${count}`, exact: true }));
  await page.getByRole('button', { name: `Run × ${count}` }).click();
}

/** How many times a path was asked for. */
function countRequests(page: Page, path: string): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.url().includes(path)) count += 1;
  });
  return () => count;
}

async function setSteps(page: Page, steps: number): Promise<void> {
  const field = page.locator('[data-node="5"] [data-widget="steps"]').getByRole('spinbutton');
  // By keys: the large preview may lie over it.
  await field.focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-node="5"] [data-widget="steps"] input').waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(`${steps}`);
  await page.keyboard.press('Enter');
}

describe('a run', () => {
  it('shows its steps and unfinished pictures, also after a reload in the middle, and its result', async () => {
    const { page } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    await setSteps(page, 400);
    await page.getByRole('application').focus();
    await page.keyboard.press('Shift+V');
    const large = page.getByRole('region', { name: 'Large preview' });
    await large.getByText('Nothing to show yet').waitFor();
    await page.keyboard.press('q');
    await page.keyboard.press('Control+Enter');
    const bar = page.getByRole('region', { name: 'Runs' });
    await bar.getByText(/^\d+ % · \d+\/400 · [\d.]+ (it\/s|s\/it) · ([\d.]+ s|[\d:]+) left$/).waitFor(LONG);
    await large.getByRole('img', { name: 'Unfinished picture of Text to image' }).waitFor(LONG);
    await page.locator('[data-node]').getByRole('img', { name: 'Unfinished picture' }).first().waitFor(LONG);
    const running = page.getByRole('list', { name: 'Running' }).getByRole('listitem');
    await running.getByRole('img', { name: 'Unfinished picture' }).waitFor(LONG);

    await page.reload();
    await page.waitForSelector('[role="tab"]');
    // Restored from what the server knows, not found again by the events of later steps.
    await bar.getByRole('progressbar').waitFor(SHORT);
    await page.locator('[data-node="5"][data-mark="running"]').waitFor(SHORT);
    await large.getByRole('img', { name: 'Unfinished picture of Text to image' }).waitFor(SHORT);
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
    await bar.getByRole('progressbar').waitFor({ state: 'detached', ...LONG });
    await setSteps(page, 2);
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor(LONG);
    await large.getByRole('button', { name: /^Open .*\.png large$/ }).waitFor(LONG);
  }, 150_000);

  it('outlives the server: what waited is run when it is back, what was cut short is run again', async () => {
    const opened = await openPage(browser, server.url);
    const { page } = opened;
    await openTemplate(page, 'Hires fix');
    const known = new Set((await jobs()).map((job) => job.id));
    await runTimes(page, 4);
    await page.getByRole('region', { name: 'Runs' }).getByRole('progressbar').waitFor(LONG);
    const made = async () => (await jobs()).filter((job) => !known.has(job.id)).length;
    await expect.poll(made, LONG).toBe(4);
    const back = server.restart();
    await page.getByText('Offline').waitFor(LONG);
    await back;
    await page.getByText('Offline').waitFor({ state: 'detached', ...LONG });
    const states = async () => (await jobs()).filter((job) => !known.has(job.id)).map((job) => job.state);
    await expect.poll(states, LONG).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    await page.getByText(/^(Done in|Nothing had changed)/).waitFor(LONG);
    forgiveErrors(opened, /WebSocket|ERR_CONNECTION|Failed to load resource/);
  }, 150_000);

  it('is told apart from the one before it by what was changed', async () => {
    const { page } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    const done = page.getByText(/^Done in /);
    await setSteps(page, 3);
    await page.keyboard.press('Control+Enter');
    await done.waitFor(LONG);
    await setSteps(page, 4);
    await page.getByText(/nodes? will run/).waitFor(LONG);
    await page.keyboard.press('Control+Enter');
    await done.waitFor(LONG);
    await page.getByRole('navigation').getByRole('button', { name: 'Queue', exact: true }).click();
    await page.getByRole('tab', { name: 'History' }).click();
    const history = page.getByRole('tabpanel', { name: 'History' });
    await history.getByText(/steps: 4, was 3 · /).waitFor(LONG);
    await history.locator('img').first().waitFor(LONG);
  });
});

describe('the server is asked', () => {
  it('what will run only after what runs was changed, and how busy it is only while that is shown', async () => {
    const { page } = await openPage(browser, server.url);
    const forecasts = countRequests(page, '/workflows/forecast');
    const loads = countRequests(page, '/api/v1/load');
    await openTemplate(page, 'Text to image');
    const plan = page.getByText(/nodes? will run/);
    await plan.waitFor(LONG);
    await rested(page);
    const before = forecasts();
    await dragNode(page, 6, 40, 52);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    // Longer than it waits before it asks.
    await page.waitForTimeout(1000);
    expect(await plan.isVisible()).toBe(true);
    expect(forecasts()).toBe(before);
    await setSteps(page, 7);
    await expect.poll(forecasts).toBe(before + 1);

    const meters = page.getByRole('button', { name: /^The server: / });
    await meters.click();
    await page.getByText(/^\d+\.\d of \d+\.\d GiB$/).waitFor();
    await page.keyboard.press('Escape');
    await byPalette(page, 'meters');
    await meters.waitFor({ state: 'detached' });
    await page.waitForTimeout(1000); // one may be on its way
    const asked = loads();
    expect(asked).toBeGreaterThan(0);
    await page.waitForTimeout(2500);
    expect(loads()).toBe(asked);
  });
});

describe('the large preview', () => {
  it('is moved and sized by keys, stays where it was put, and docks', async () => {
    const { page } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    await page.getByRole('application').focus();
    await page.keyboard.press('Shift+V');
    const large = page.getByRole('region', { name: 'Large preview' });
    await large.waitFor();
    await rested(page);
    const before = await large.boundingBox();
    await large.getByRole('button', { name: /^Move the large preview/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    const changed = async () => {
      const after = await large.boundingBox();
      return (['x', 'y', 'width'] as const).map((side) => (after?.[side] ?? 0) - (before?.[side] ?? 0));
    };
    await expect.poll(changed).toEqual([16, 16, 16]);
    const after = await large.boundingBox();
    await page.reload();
    await page.getByRole('tab', { name: /Text to image/ }).waitFor();
    await expect.poll(() => large.boundingBox()).toEqual(after);
    await large.getByRole('button', { name: 'Dock it at the side' }).click();
    await page.getByRole('button', { name: 'Let it float over the canvas' }).click();
    await large.getByRole('button', { name: 'Close the large preview' }).click();
    await large.waitFor({ state: 'detached' });
  });
});
