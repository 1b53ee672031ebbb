// On a phone, by touch alone: look, move, change a value, connect by two taps, run, and see the result.

import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { workflow } from './fixtures/files';
import { withServer } from './harness/bench';
import { middle } from './harness/graph';
import { openPage } from './harness/page';
import type { Server } from './harness/server';
import { rested } from './harness/settle';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};

type Finger = readonly { readonly x: number; readonly y: number }[];

/** Fingers go from place to place, as a screen reports them. */
async function fingers(page: Page, ...path: readonly Finger[]): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Finger) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints: [...touchPoints] });
  const [first = [], ...rest] = path;
  await send('touchStart', first);
  for (const next of rest) await send('touchMove', next);
  await send('touchEnd', []);
  await client.detach();
}

const node = (page: Page, type: string) => page.locator(`[data-node][data-type="${type}"]`).first();

describe('a phone', () => {
  it('makes a picture, from the start page to the gallery', async () => {
    const { page } = await openPage(browser, server.url, PHONE);
    await page
      .getByRole('button', { name: /^Text to image/ })
      .first()
      .tap();
    await node(page, 'CheckpointLoaderSimple').waitFor();
    await rested(page);

    // Another prompt, typed into the node itself.
    const prompt = node(page, 'CLIPTextEncode').locator('textarea');
    const before = await middle(node(page, 'CheckpointLoaderSimple'));
    await fingers(page, [{ x: 200, y: 600 }], [{ x: 160, y: 600 }], [{ x: 80, y: 600 }], [{ x: 20, y: 600 }]);
    await expect
      .poll(async () => before.x - (await middle(node(page, 'CheckpointLoaderSimple'))).x)
      .toBeGreaterThan(100);
    await prompt.tap();
    await prompt.fill('a yellow circle');
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();

    // A value by the panel of properties, which a tap on the node fills.
    const sampler = node(page, 'KSampler');
    const zoom = page.getByRole('button', { name: /^Zoom: / });
    const shown = await zoom.textContent();
    // Where no node is.
    await fingers(
      page,
      [
        { x: 150, y: 200 },
        { x: 250, y: 200 },
      ],
      [
        { x: 160, y: 200 },
        { x: 240, y: 200 },
      ],
      [
        { x: 170, y: 200 },
        { x: 230, y: 200 },
      ],
    );
    await expect.poll(() => zoom.textContent()).not.toBe(shown);
    await page.getByRole('button', { name: 'Outline', exact: true }).tap();
    await page.getByRole('treeitem', { name: /KSampler/ }).tap();
    // The panel makes way for what it showed.
    await page.getByRole('region', { name: 'Outline' }).waitFor({ state: 'detached' });
    await sampler.waitFor();
    await page.getByRole('button', { name: 'Properties', exact: true }).tap();
    const panel = page.getByRole('region', { name: 'Properties', exact: true });
    const steps = panel.getByRole('spinbutton', { name: 'steps' });
    await steps.tap();
    // What was a picture of a number is a field now, with all of it selected.
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    await panel.getByRole('button', { name: 'Close panel' }).tap();

    await page.getByRole('button', { name: 'Run', exact: true }).tap();
    await page.getByText(/^Done in /).waitFor({ timeout: 60_000 });
    // What it made stands far from what is in sight, so it is shown.
    await page.getByRole('region', { name: 'Results', exact: true }).locator('img').first().waitFor();
    const { jobs } = await (await fetch(`${server.url}/api/v1/jobs?limit=1`)).json();
    const { prompt: ran } = await (await fetch(`${server.url}/api/v1/jobs/${jobs[0].id}/workflow`)).json();
    const inputs = Object.values(ran as Record<string, { inputs: Record<string, unknown> }>).map(
      (each) => each.inputs,
    );
    expect(inputs.some((each) => each['text'] === 'a yellow circle')).toBe(true);
    expect(inputs.some((each) => each['steps'] === 2)).toBe(true);

    await page.getByRole('button', { name: 'Gallery', exact: true }).tap();
    await page
      .getByRole('region', { name: 'Gallery', exact: true })
      .getByRole('button')
      .filter({ has: page.locator('img') })
      .first()
      .tap();
    await page.getByRole('dialog').locator('img').first().waitFor();
  });

  it('links by two taps, and has a menu for a long press', async () => {
    const { page } = await openPage(browser, server.url, PHONE);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a file…' }).first().tap();
    const text = workflow(
      [
        { id: 1, type: 'ImageInvert', pos: [0, 0], size: [210, 60] },
        { id: 2, type: 'SaveImage', pos: [0, 160], size: [300, 120], values: ['out'] },
      ],
      [],
    );
    const file = { name: 'two.json', mimeType: 'application/json', buffer: Buffer.from(text) };
    await (await chooser).setFiles(file);
    const from = node(page, 'ImageInvert');
    const slot = node(page, 'SaveImage').locator('[data-input="images"]');
    await slot.waitFor();
    await expect.poll(() => slot.getAttribute('aria-label')).toContain('not linked');
    await rested(page);
    await from.locator('[data-output="IMAGE"] > span').first().tap();
    await slot.locator('span').first().tap();
    await expect.poll(() => slot.getAttribute('aria-label')).not.toContain('not linked');

    const head = await from.boundingBox();
    if (head === null) throw new Error('not on the screen');
    const client = await page.context().newCDPSession(page);
    const at = [{ x: head.x + 60, y: head.y + 10 }];
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at });
    await page.getByRole('menu').waitFor();
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.getByRole('menuitem', { name: /^Collapse/ }).waitFor();
  });
});
