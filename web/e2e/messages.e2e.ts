// What the page says, and where: messages that stay until what they are about is mended, that cover nothing, and that say
// what this server takes.

import type { Locator } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { t } from '../src/i18n/t';
import { textToImage } from './fixtures/files';
import { addPack } from './fixtures/packs';
import { eachOnOwnPage } from './harness/bench';
import type { GraphPage } from './harness/graph';
import { forgiveErrors, type Opened } from './harness/page';
import { byPalette, openPanel } from './harness/steps';

const LONG = { timeout: 40_000 };

let opened: Opened;
let graph: GraphPage;
const page = () => opened.page;

eachOnOwnPage(
  (bench) => {
    ({ opened, graph } = bench);
  },
  { prepare: (base) => addPack(base, 'trials') },
);

vi.setConfig({ testTimeout: 120_000 });

describe('what is refused', () => {
  const NUMBER = JSON.stringify({
    nodes: [
      {
        ...{ id: 1, type: 'TrialNumber', pos: [0, 0], size: [240, 120], flags: {}, mode: 0, inputs: [] },
        ...{ outputs: [{ name: 'INT', type: 'INT', links: [1] }], widgets_values: [7] },
      },
      {
        ...{ id: 2, type: 'TrialEnd', pos: [320, 0], size: [240, 120], flags: {}, mode: 0, outputs: [] },
        inputs: [{ name: 'value', type: 'INT', link: 1, widget: { name: 'value' } }],
        widgets_values: [0, false, ''],
      },
    ],
    links: [[1, 1, 0, 2, 0, 'INT']],
    version: 0.4,
  });

  it('is said while an edit does not mend it, in the words of then, and no longer once one does', async () => {
    await graph.open('unmended', NUMBER);
    const list = page().getByRole('region', { name: t('issues.title') });
    const message = (words: RegExp) => list.getByRole('button', { name: words });
    const failed = page().locator('[data-node="1"][data-mark="failed"]');
    const type = async (value: string) => {
      await graph.byId(1).locator('[data-widget="value"]').getByRole('spinbutton').click();
      await graph.press('Control+a');
      await page().keyboard.type(value);
      await graph.press('Enter');
    };
    await graph.press('Control+Enter');
    await message(/Seven is not wanted/).waitFor(LONG);
    await failed.waitFor();
    // Looked at in every frame: it is not away for a moment, either.
    await page().evaluate(() => {
      const look = () => {
        const isThere = document.querySelector('[data-node="1"][data-mark="failed"]') !== null;
        if (!isThere) document.body.dataset['wasAway'] = '';
        requestAnimationFrame(look);
      };
      look();
    });
    await type('9');
    await message(/Nine is not wanted, either/).waitFor(LONG);
    expect(await page().locator('body[data-was-away]').count()).toBe(0);
    expect(await message(/Seven is not wanted/).count()).toBe(0);
    await type('8');
    await list.waitFor({ state: 'detached', ...LONG });
    await failed.waitFor({ state: 'detached' });
    forgiveErrors(opened, /status of 400/);
  });

  it('is said no longer of a node that is gone', async () => {
    await graph.open('gone', NUMBER);
    const list = page().getByRole('region', { name: t('issues.title') });
    await graph.press('Control+Enter');
    await list.getByRole('button', { name: /Seven is not wanted/ }).waitFor(LONG);
    await graph.title(1).click();
    await graph.canvas.focus();
    await graph.press('Delete');
    await expect.poll(() => list.getByRole('button', { name: /Seven is not wanted/ }).count()).toBe(0);
    forgiveErrors(opened, /status of 400/);
  });
});

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function rectOf(of: Locator): Promise<Rect> {
  const rect = await of.boundingBox();
  if (rect === null) throw new Error(`not on the screen: ${of}`);
  return rect;
}

const overlap = (one: Rect, other: Rect) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** A message that stays. */
async function failToOpen(name: string): Promise<Locator> {
  await graph.drop(`${name}.json`, '{"nothing": [');
  const message = page().getByRole('alert').filter({ hasText: name });
  await message.waitFor();
  return message;
}

describe('messages', () => {
  const bar = () => page().getByRole('toolbar', { name: t('view.bar') });
  const messages = () => page().locator('[data-toasts]');
  const coversNone = (...others: Locator[]) =>
    expect
      .poll(async () => {
        const own = await rectOf(messages());
        const rects = await Promise.all(others.map(rectOf));
        return rects.filter((rect) => overlap(own, rect)).length;
      })
      .toBe(0);

  it.each([
    { name: 'a large window', width: 1920, height: 1080 },
    { name: 'a small window', width: 1000, height: 700 },
  ])('cover neither the view bar nor the minimap, nor panels, in $name', async ({ width, height }) => {
    await page().setViewportSize({ width, height });
    await graph.open('mine', textToImage());
    await byPalette(page(), t('graph.minimap'));
    const minimap = page().getByRole('img', { name: t('graph.minimapLabel') });
    await minimap.waitFor();
    await failToOpen('one');
    await coversNone(bar(), minimap);
    await failToOpen('two');
    await failToOpen('three');
    await coversNone(bar(), minimap);
    // With panels there is less room over the canvas.
    const { panel } = await openPanel(page(), t('workflows.title'));
    await byPalette(page(), t('inspector.title'));
    const properties = page().getByRole('region', { name: t('inspector.title'), exact: true });
    await properties.waitFor();
    await coversNone(bar(), panel, properties);
  });

  it('cover nothing on a phone: they stand above the view bar, and panels make room for them', async () => {
    await page().setViewportSize({ width: 390, height: 844 });
    await graph.open('mine', textToImage());
    await failToOpen('one');
    await coversNone(bar(), page().getByRole('navigation', { name: t('app.rail') }));
    await page()
      .getByRole('button', { name: t('workflows.title'), exact: true })
      .click();
    const panel = page().getByRole('region', { name: t('workflows.title'), exact: true });
    await panel.waitFor();
    const body = panel.locator('> div').last();
    await expect
      .poll(async () => {
        const [own, rect] = [await rectOf(messages()), await rectOf(body)];
        return own.y - (rect.y + rect.height);
      })
      .toBeGreaterThanOrEqual(0);
    // There may be others, of drafts that tests before left.
    const close = messages().getByRole('button', { name: t('app.close') });
    await expect
      .poll(async () => {
        if ((await close.count()) > 0) await close.first().click();
        return close.count();
      })
      .toBe(0);
    await expect
      .poll(async () => Math.round((await rectOf(body)).y + (await rectOf(body)).height))
      .toBe(Math.round((await rectOf(panel)).y + (await rectOf(panel)).height));
  });
});

it('a dialog that fills the window is not covered by messages that were there before it', async () => {
  await page().setViewportSize({ width: 390, height: 844 });
  await graph.open('mine', textToImage());
  const message = await failToOpen('one');
  await page().keyboard.press('Control+,');
  const close = page()
    .getByRole('dialog')
    .getByRole('button', { name: t('app.close') });
  await message.waitFor({ state: 'hidden' });
  await close.click();
  await message.waitFor();
});

it('a workflow may be as large as the server takes it, which it tells', async () => {
  await page().route('**/api/v1/health', (route) =>
    route.fulfill({
      json: { status: 'ok', limits: { json_bytes: 2 * 2 ** 20, json_depth: 200, upload_bytes: 3 * 2 ** 20 } },
    }),
  );
  await page().reload();
  await page()
    .getByRole('region', { name: t('workflows.begin') })
    .waitFor();
  const told = (text: string) => page().getByRole('alert').filter({ hasText: text }).waitFor(LONG);
  await graph.drop('large.json', textToImage({ extra: { padding: 'x'.repeat(2 * 2 ** 20) } }));
  await told('It has 3 MiB of text; the canvas opens up to 2 MiB.');
  await graph.drop('large.png', Buffer.alloc(3 * 2 ** 20 + 1), 'image/png');
  await told('The file has 4 MiB; the page sends the server files of up to 3 MiB.');
  await graph.drop('small.json', textToImage({ extra: { padding: 'x'.repeat(2 ** 20) } }));
  await page().getByRole('tab', { name: 'small' }).waitFor();
});
