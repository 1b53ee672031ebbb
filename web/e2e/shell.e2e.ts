// The frame around the canvas, from the first byte to a picture, and what may never happen meanwhile.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { dragNode } from './harness/graph';
import { keptTabs } from './harness/kept';
import { forgiveErrors, type Opened, openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { rested } from './harness/settle';
import { pick } from './harness/steps';

const WORKFLOWS = fileURLToPath(new URL('../../workflows', import.meta.url));

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

const open = (): Promise<Opened> => openPage(browser, server.url);

async function placeOf(page: Page, node: string): Promise<string> {
  const style = await page.locator(`[data-node="${node}"]`).getAttribute('style');
  return /translate\([^)]*\)/.exec(style ?? '')?.[0] ?? '';
}

async function waitDone(page: Page): Promise<void> {
  await page.getByText(/^Done in /).waitFor({ timeout: 40_000 });
}

describe('the frame', () => {
  it('boots without a request to elsewhere, breach of policy or error', async () => {
    const { page } = await open();
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    for (const name of ['Workflows', 'Queue', 'Problems', 'Logs'])
      await page.getByRole('button', { name, exact: true }).click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+,');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menu').waitFor();
  });

  it('opens a template and runs it to a picture', async () => {
    const { page } = await open();
    await openTemplate(page, 'Text to image');
    await page.keyboard.press('Control+Enter');
    await waitDone(page);
    const jobs = await (await fetch(`${server.url}/api/v1/jobs?limit=1`)).json();
    const job = await (await fetch(`${server.url}/api/v1/jobs/${jobs.jobs[0].id}`)).json();
    expect(job.state).toBe('succeeded');
    const asset = job.outputs[0].assets[0];
    const bytes = new Uint8Array(await (await fetch(new URL(asset.url, server.url))).arrayBuffer());
    expect([...bytes.slice(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
    expect(bytes.length).toBeGreaterThan(1000);
  });

  it('shows progress, in the bar, the title and the icon; a reload in mid-run restores it at once', async () => {
    const { page } = await open();
    await openTemplate(page, 'Hires fix');
    await page.getByRole('button', { name: 'How to run' }).click();
    await pick(page.getByRole('menuitemcheckbox', { name: '4', exact: true }));
    await page.getByRole('button', { name: 'Run × 4' }).click();
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await page.waitForFunction(() => document.title.startsWith('['));
    await expect
      .poll(() => page.locator('link[rel="icon"]').getAttribute('href'))
      .toContain('data:image/svg');
    await page.reload();
    await page.waitForSelector('[role="tab"]');
    await page.getByRole('progressbar', { name: 'Progress of the run' }).waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await fetch(`${server.url}/api/v1/jobs/cancel`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"pending":true}',
    });
    await page
      .getByRole('progressbar', { name: 'Progress of the run' })
      .waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('undoes and redoes a drag as one step, and marks what is not saved', async () => {
    const { page } = await open();
    await openTemplate(page, 'Text to image');
    await rested(page);
    const before = await placeOf(page, '6');
    await dragNode(page, 6, 40, 92);
    await expect.poll(() => placeOf(page, '6')).not.toBe(before);
    await rested(page);
    const moved = await placeOf(page, '6');
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => placeOf(page, '6')).toBe(before);
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+y');
    await expect.poll(() => placeOf(page, '6')).toBe(moved);
  });

  it('brings tabs and their undo back after a reload, and saves only when asked', async () => {
    const { page } = await open();
    await openTemplate(page, 'Text to image');
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Alt+c');
    await expect.poll(() => keptTabs(page)).toMatchObject([{ name: 'Text to image', isDirty: true }]);
    await page.reload();
    await page.getByRole('tab', { name: 'Text to image' }).waitFor();
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+z');
    await page.locator('[data-node="6"]').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByRole('textbox', { name: /Name/ }).fill('kept/one');
    await page.keyboard.press('Enter');
    await page.getByText('Saved as kept/one.json').waitFor();
    const kept = await (await fetch(`${server.url}/userdata/workflows%2Fkept%2Fone.json`)).json();
    expect(kept).toEqual(JSON.parse(readFileSync(join(WORKFLOWS, 'text_to_image.json'), 'utf-8')));
  });

  it('asks before it closes what is not saved, and opens it again', async () => {
    const { page } = await open();
    await openTemplate(page, 'Text to image');
    await page.getByRole('application').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+m');
    await page.keyboard.press('Alt+w');
    await page.getByRole('dialog').getByRole('button', { name: 'Don’t save' }).click();
    await page.getByRole('heading', { name: 'Begin with a workflow' }).waitFor();
    await page.keyboard.press('Alt+Shift+T');
    await page.getByRole('tab', { name: 'Text to image' }).waitFor();
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
  });

  it('says what is wrong where it is wrong, in the words of the server', async () => {
    const shown = await open();
    const { page } = shown;
    const raw = JSON.parse(readFileSync(join(WORKFLOWS, 'text_to_image.json'), 'utf-8'));
    for (const node of raw.nodes) if (node.id === 1) node.widgets_values = ['nowhere.safetensors'];
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a file…' }).first().click();
    await (await chooser).setFiles({
      name: 'wrong.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(raw)),
    });
    await page.getByRole('tab', { name: 'wrong' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: /Load Checkpoint › ckpt_name/ }).click();
    await expect
      .poll(() => page.getByRole('region', { name: 'Problems' }).textContent())
      .toContain('nowhere.safetensors');
    // The refusal itself is the one error that the browser writes to the console.
    forgiveErrors(shown, /status of 400/);
  });
});
