// The queue: paused, put into another order, cancelled one by one, resumed, and run again from its history.

import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { pick } from './harness/steps';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

async function pending(): Promise<string[]> {
  const queue = await (await fetch(`${server.url}/api/v1/queue`)).json();
  return queue.pending.map((job: { id: string }) => job.id);
}

describe('the queue', () => {
  it('can be paused, reordered, thinned out and resumed; an ended run runs again', async () => {
    const { page } = await openPage(browser, server.url);
    await openTemplate(page, 'Text to image');
    await page.getByRole('navigation').getByRole('button', { name: 'Queue', exact: true }).click();
    await page.getByRole('button', { name: 'Pause queue' }).click();
    await page.getByRole('button', { name: 'Resume queue' }).waitFor();
    for (let count = 1; count <= 3; count += 1) {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await expect.poll(async () => (await pending()).length).toBe(count);
    }
    const [first, second, third] = await pending();
    const rows = page.getByRole('list', { name: 'Waiting' }).getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(3);
    await rows
      .nth(2)
      .getByRole('button', { name: /^More for/ })
      .click();
    await pick(page.getByRole('menuitem', { name: 'To the front' }));
    await expect.poll(pending).toEqual([third, first, second]);
    const shown = () => rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-job')));
    await expect.poll(shown).toEqual([third, first, second]);
    await rows.nth(1).dragTo(rows.nth(0));
    await expect.poll(pending).toEqual([first, third, second]);
    await rows.nth(2).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(pending).toEqual([first, third]);
    await page.getByRole('button', { name: 'Resume queue' }).click();
    await expect.poll(pending, { timeout: 40_000 }).toEqual([]);
    await page.getByRole('tab', { name: 'History' }).click();
    await page
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await pick(page.getByRole('menuitem', { name: 'Run again' }));
    const ended = async () => {
      const { jobs } = await (await fetch(`${server.url}/api/v1/jobs?state=succeeded`)).json();
      return jobs.length;
    };
    await expect.poll(ended, { timeout: 40_000 }).toBe(3);

    // Another browser knows what they are called.
    const { page: other } = await openPage(browser, server.url);
    await other.getByRole('navigation').getByRole('button', { name: 'Queue', exact: true }).click();
    await other.getByRole('tab', { name: 'History' }).click();
    const history = other.getByRole('region', { name: 'Queue' });
    await history.getByText('Text to image', { exact: true }).first().waitFor();
    expect(await history.getByText(/^Run [0-9a-f]{8}$/).count()).toBe(0);
  });
});
