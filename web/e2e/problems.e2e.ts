// What stands between people and a run, and what ends one: said before it, at the input, on the node and in the list,
// until it is put right or dismissed. Runs of some of the nodes, in front of others, stopped, and exactly again.

import { rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addPack } from './fixtures/packs';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { forgiveErrors, type Opened, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { acted } from './harness/settle';
import { pick } from './harness/steps';

const LONG = { timeout: 40_000 };

let server: Server;
let opened: Opened;
let page: Page;
let graph: GraphPage;

eachOnOwnPage(
  (bench) => {
    ({ server, opened, page, graph } = bench);
  },
  { prepare: (base) => addPack(base, 'trials') },
);

vi.setConfig({ testTimeout: 120_000 });

type Row = Readonly<Record<string, unknown>>;

const node = (id: number, type: string, at: readonly [number, number], more: Row = {}): Row => ({
  ...{ id, type, pos: at, size: [240, 120], flags: {}, mode: 0, inputs: [], outputs: [], properties: {} },
  ...more,
});

/** A number, and two ends that take it or not: 1 > 2, and 3 by itself. */
function numbers(value: number, ends: readonly [boolean, string] = [false, '']): string {
  const slot = (link: number | null) => [{ name: 'value', type: 'INT', link, widget: { name: 'value' } }];
  return JSON.stringify({
    nodes: [
      node(1, 'TrialNumber', [0, 0], {
        widgets_values: [value],
        outputs: [{ name: 'INT', type: 'INT', links: [1] }],
      }),
      node(2, 'TrialEnd', [320, 0], { inputs: slot(1), widgets_values: [0, ...ends] }),
      node(3, 'TrialEnd', [320, 220], { inputs: slot(null), widgets_values: [3, false, ''] }),
    ],
    links: [[1, 1, 0, 2, 0, 'INT']],
    version: 0.4,
  });
}

const marked = (id: number, mark: string) => page.locator(`[data-node="${id}"][data-mark="${mark}"]`);
const bar = () => page.getByRole('region', { name: 'Runs' });
const list = () => page.getByRole('region', { name: 'Problems' });
const ring = (field: Locator) => field.evaluate((element) => getComputedStyle(element).outlineStyle);

/** Press keys that run something, until the server has taken it. */
async function submit(keys: string): Promise<void> {
  const isTaken = page.waitForResponse(
    (response) => response.request().method() === 'POST' && response.url().endsWith('/api/v1/jobs'),
  );
  await graph.press(keys);
  await (await isTaken).finished();
}

interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly targets: readonly string[];
}

async function jobs(): Promise<readonly JobRow[]> {
  return (await (await fetch(`${server.url}/api/v1/jobs`)).json()).jobs;
}

// A test that breaks off leaves no run behind that waits for ever.
afterEach(() => writeFileSync(join(server.base, 'release now'), ''));

describe('before a run', () => {
  it('nodes say that they will run, that they are blocked and why, and that they are cached', async () => {
    const preview = (id: number, at: readonly [number, number], link: number) =>
      node(id, 'PreviewImage', at, { inputs: [{ name: 'images', type: 'IMAGE', link }] });
    const image = (link: number) => [{ name: 'IMAGE', type: 'IMAGE', links: [link] }];
    const document = {
      nodes: [
        node(1, 'TrialShade', [0, 0], { outputs: image(1) }),
        preview(2, [320, 0], 1),
        node(3, 'ImageInvert', [0, 300], {
          inputs: [{ name: 'image', type: 'IMAGE', link: null }],
          outputs: image(2),
        }),
        preview(4, [320, 300], 2),
      ],
      links: [
        [1, 1, 0, 2, 0, 'IMAGE'],
        [2, 3, 0, 4, 0, 'IMAGE'],
      ],
      version: 0.4,
    };
    await graph.open('blocked', JSON.stringify(document));
    await bar().getByText('2 nodes will run, 2 nodes are blocked').waitFor(LONG);
    await marked(1, 'planned').waitFor();
    await marked(2, 'planned').waitFor();
    await marked(3, 'blocked')
      .getByTitle(/^Node '?3'?.*image/)
      .waitFor();
    await marked(4, 'blocked')
      .getByTitle(/^It needs what cannot run\. Node '?3'?/)
      .waitFor();
    await bar().getByText('2 nodes are blocked').click();
    await list()
      .getByRole('button', { name: /Invert Image/ })
      .waitFor();
    await page.locator('[data-node="4"] h3').click();
    await graph.press('Delete');
    await bar().getByText('2 nodes will run', { exact: true }).waitFor(LONG);
    await marked(3, 'blocked').waitFor({ state: 'detached' });
    await graph.press('Control+Enter');
    await marked(1, 'cached').waitFor(LONG);
    await bar()
      .getByText(/^Done in |^Nothing/)
      .waitFor(LONG);
  });
});

describe('what is refused', () => {
  it('is said at the input and in the list, whose click goes there; the right value takes it away', async () => {
    await graph.open('refused', numbers(7));
    const field = page.locator('[data-node="1"] [data-widget="value"]');
    const message = list().getByRole('button', { name: /Trial Number.*value.*Seven is not wanted/ });
    await graph.press('Control+Enter');
    await message.waitFor(LONG);
    await marked(1, 'failed').waitFor();
    await expect.poll(() => ring(field)).toBe('solid');
    await graph.canvas.focus();
    await message.click();
    await expect
      .poll(() =>
        page.evaluate(() => document.activeElement?.closest('[data-widget]')?.getAttribute('data-widget')),
      )
      .toBe('value');
    await graph.press('Control+a');
    await page.keyboard.type('8');
    await graph.press('Enter');
    await message.waitFor({ state: 'detached' });
    await list().waitFor({ state: 'detached' });
    await marked(1, 'failed').waitFor({ state: 'detached' });
    await expect.poll(() => ring(field)).toBe('none');
    forgiveErrors(opened, /status of 400/);
  });

  it('can be dismissed, and stays when something else is edited', async () => {
    await graph.open('dismissed', numbers(7));
    const message = list().getByRole('button', { name: /Seven is not wanted/ });
    await graph.press('Control+Enter');
    await message.waitFor(LONG);
    await page.locator('[data-node="3"] [data-widget="value"]').getByRole('spinbutton').click();
    await graph.press('Control+a');
    await page.keyboard.type('4');
    await graph.press('Enter');
    await page.getByRole('tab', { name: /, Not saved/ }).waitFor();
    await acted(page);
    expect(await message.isVisible()).toBe(true);
    await list().getByRole('button', { name: 'Dismiss' }).click();
    await list().waitFor({ state: 'detached' });
    forgiveErrors(opened, /status of 400/);
  });
});

describe('a run that fails', () => {
  it('says where and why, on the node and in the list, until that is dismissed, also after a reload', async () => {
    await graph.open('fails', numbers(5, [true, '']));
    await graph.press('Control+Enter');
    await list()
      .getByRole('button', { name: /The number 5 fell to pieces/ })
      .waitFor(LONG);
    await marked(2, 'failed').waitFor();
    await bar().getByText('The run failed').waitFor();
    await list().getByRole('button', { name: 'Dismiss' }).click();
    await list().waitFor({ state: 'detached' });
    await marked(2, 'failed').waitFor({ state: 'detached' });
    await bar().getByText('The run failed').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('tab', { name: /fails/ }).waitFor();
    await bar()
      .getByText(/will run/)
      .waitFor(LONG);
    expect(await bar().getByText('The run failed').count()).toBe(0);
    expect(await marked(2, 'failed').count()).toBe(0);
  });
});

describe('a report of what is wrong', () => {
  /** What is on the clipboard once the report is. */
  async function report(): Promise<string> {
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await list().getByRole('button', { name: 'Copy report' }).click();
    await page.getByText('Report copied').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  it('holds the node, the input and the message of what was refused', async () => {
    await graph.open('refused', numbers(7));
    await graph.press('Control+Enter');
    await list()
      .getByRole('button', { name: /Seven is not wanted/ })
      .waitFor(LONG);
    const text = await report();
    expect(text).toMatch(/^Skein: refused/);
    expect(text).toMatch(/^Trial Number \(1\) > value: .*Seven is not wanted\./m);
    forgiveErrors(opened, /status of 400/);
  });

  it('holds what a run failed of with the values given, and not who the user is', async () => {
    const words = 'There is no /home/anna/pictures/a.png, and no C:\\Users\\Anna\\b.png.';
    const fall = node(1, 'TrialFall', [0, 0], { widgets_values: [words] });
    await graph.open('falls', JSON.stringify({ nodes: [fall], links: [], version: 0.4 }));
    await graph.press('Control+Enter');
    await list()
      .getByRole('button', { name: /There is no .*a\.png/ })
      .waitFor(LONG);
    const text = await report();
    expect(text).toMatch(/^Skein: falls /);
    expect(text).toMatch(/^Trial Fall \(1\): .*There is no .*a\.png, and no .*b\.png/m);
    expect(text).toMatch(/^ {2}words = '/m);
    expect(text).not.toMatch(/anna/i);
    for (const path of [homedir(), server.base]) expect(text).not.toContain(`${path}/`);
  });
});

describe('a run', () => {
  it('goes up to the selected nodes from the menu of a node, and no further', async () => {
    await graph.open('partly', numbers(2));
    const known = new Set((await jobs()).map(({ id }) => id));
    await page.locator('[data-node="2"] h3').click({ button: 'right' });
    await pick(page.getByRole('menuitem', { name: 'Run up to the selected nodes' }));
    const own = async () => (await jobs()).filter(({ id }) => !known.has(id));
    await expect.poll(async () => (await own()).map(({ state }) => state), LONG).toEqual(['succeeded']);
    const [{ id }] = (await own()) as [JobRow];
    const job = await (await fetch(`${server.url}/api/v1/jobs/${id}`)).json();
    expect(Object.keys(job.nodes).sort()).toEqual(['1', '2']);
    await marked(3, 'planned').waitFor(LONG);
  });

  it('that was asked to stop is stopping until it has; another is put before all others', async () => {
    const release = join(server.base, 'release now');
    rmSync(release, { force: true });
    await graph.open('slow', numbers(1, [false, release]));
    await submit('Control+Enter');
    await marked(2, 'running').waitFor(LONG);
    const known = new Set((await jobs()).map(({ id }) => id));
    const pending = async () =>
      (await (await fetch(`${server.url}/api/v1/queue`)).json()).pending.map(({ id }: JobRow) => id);
    await submit('Control+Enter');
    await expect.poll(async () => (await pending()).length, LONG).toBe(1);
    const [waiting] = await pending();
    await submit('Control+Shift+Enter');
    await expect.poll(async () => (await pending()).length, LONG).toBe(2);
    expect((await pending())[1]).toBe(waiting);
    expect(known.has(waiting)).toBe(false);
    await fetch(`${server.url}/queue`, { method: 'POST', body: '{"clear":true}', headers: JSON_TYPE });
    await graph.press('Control+Alt+Enter');
    await bar().getByRole('button', { name: 'Stopping…' }).waitFor();
    await expect.poll(() => bar().getByRole('button', { name: 'Stopping…' }).isDisabled()).toBe(true);
    writeFileSync(release, '');
    await bar()
      .getByRole('button', { name: 'Stopping…' })
      .waitFor({ state: 'detached', ...LONG });
    const states = async () => (await jobs()).filter(({ id }) => known.has(id)).map(({ state }) => state);
    await expect.poll(states).not.toContain('running');
  });

  it('is as many as were typed', async () => {
    await graph.open('many', numbers(6));
    await page.getByRole('button', { name: 'How to run' }).click();
    await pick(page.getByRole('menuitemcheckbox', { name: /^Another number of runs/ }));
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Runs at a time' }).fill('many');
    await page.keyboard.press('Enter');
    await dialog.getByText('“many” is no number of runs').waitFor();
    await dialog.getByRole('textbox', { name: 'Runs at a time' }).fill('3');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Run × 3' }).waitFor();
    const before = (await jobs()).length;
    await graph.canvas.focus();
    await graph.press('Control+Enter');
    await expect.poll(async () => (await jobs()).length, LONG).toBe(before + 3);
  });
});

const JSON_TYPE = { 'Content-Type': 'application/json' };

async function bytesOf(name: string): Promise<Buffer> {
  const answer = await fetch(`${server.url}/view?filename=${encodeURIComponent(name)}&type=output`);
  return Buffer.from(await answer.arrayBuffer());
}

/** The names of the pictures that were kept, the latest first. */
async function kept(): Promise<string[]> {
  const { assets } = await (await fetch(`${server.url}/api/v1/assets?kind=output`)).json();
  return assets.map(({ filename }: { filename: string }) => filename);
}

/** From the menu of the latest picture in the panel of results. */
async function runExactlyAgain(): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Gallery', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Gallery', exact: true });
  await panel.locator('[data-key]').first().click({ button: 'right' });
  await pick(page.getByRole('menuitem', { name: 'Run exactly again' }));
}

describe('running exactly again', () => {
  it('gives the same picture, byte by byte', async () => {
    await openTemplate(page, 'Text to image');
    await graph.canvas.focus();
    await graph.press('Control+Enter');
    await page.getByText(/^Done in /).waitFor(LONG);
    await expect.poll(async () => (await kept()).length, LONG).toBe(1);
    // What is in memory would be shown again without computing it.
    await fetch(`${server.url}/api/v1/memory/free`, { method: 'POST', body: '{}', headers: JSON_TYPE });
    await runExactlyAgain();
    await page.getByText('The same picture again, pixel by pixel').waitFor(LONG);
    await expect.poll(async () => (await kept()).length).toBe(2);
    const [again, before] = (await kept()) as [string, string];
    expect(again).not.toBe(before);
    expect((await bytesOf(again)).equals(await bytesOf(before))).toBe(true);
  });

  it('says what changed where the picture is another one: the code of a pack', async () => {
    const document = {
      nodes: [
        node(1, 'TrialShade', [0, 0], { outputs: [{ name: 'IMAGE', type: 'IMAGE', links: [1] }] }),
        node(2, 'SaveImage', [320, 0], {
          inputs: [{ name: 'images', type: 'IMAGE', link: 1 }],
          widgets_values: ['shade'],
        }),
      ],
      links: [[1, 1, 0, 2, 0, 'IMAGE']],
      version: 0.4,
    };
    await graph.open('shade', JSON.stringify(document));
    await graph.press('Control+Enter');
    await expect.poll(async () => (await kept()).some((name) => name.startsWith('shade')), LONG).toBe(true);
    addPack(server.base, 'trials', (code) => code.replace('SHADE = 0.25', 'SHADE = 0.75'));
    await server.restart();
    await page.reload();
    await page.getByRole('tab', { name: /shade/ }).waitFor(LONG);
    await runExactlyAgain();
    await page.getByText('Another picture this time').waitFor(LONG);
    await page.getByText(/pack trials: code:\w+ → code:\w+/).waitFor();
    forgiveErrors(opened, /WebSocket|ERR_CONNECTION|Failed to load resource/);
  }, 180_000);
});
