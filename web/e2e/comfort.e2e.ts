// What people set in their system counts: less motion, colours of their own. And the keyboard shows where it is.

import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withServer } from './harness/bench';
import { openPage, openTemplate } from './harness/page';
import type { Server } from './harness/server';
import { acted } from './harness/settle';

let server: Server;
let browser: Browser;

withServer((house) => {
  ({ server, browser } = house);
});

/** Animations that go on for longer than a blink. */
const moving = (page: Page) =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter((each) => each.playState === 'running')
      .map((each) => ({ each, time: each.effect?.getComputedTiming() }))
      .filter(({ time }) => time?.endTime === Infinity || Number(time?.endTime ?? 0) > 50)
      .map(({ each }) => (each as CSSAnimation).animationName ?? 'transition'),
  );

describe('less motion', () => {
  it('moves nothing by itself, not even while something runs', async () => {
    const { page } = await openPage(browser, server.url, { reducedMotion: 'reduce' });
    await openTemplate(page, 'Text to image');
    const seen: string[] = [];
    await page.keyboard.press('Control+Enter');
    await page.getByRole('progressbar').first().waitFor();
    while ((await page.getByText(/^Done in /).count()) === 0) seen.push(...(await moving(page)));
    expect(seen).toEqual([]);
  });

  it('moves something where nobody minds, or the test above tells nothing', async () => {
    const { page } = await openPage(browser, server.url, { reducedMotion: 'no-preference' });
    // Another one: what has run already is done at once.
    await openTemplate(page, 'Hires fix');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => moving(page), { timeout: 30_000 }).not.toEqual([]);
  });
});

describe('colours of the system', () => {
  it('are taken by the canvas, and lines say what is pressed', async () => {
    const { page } = await openPage(browser, server.url, {
      forcedColors: 'active',
      colorScheme: 'light',
    });
    await openTemplate(page, 'Text to image');
    await page.getByRole('button', { name: 'Queue', exact: true }).click();
    const outline = () =>
      page
        .getByRole('button', { name: 'Queue', exact: true })
        .evaluate((button) => getComputedStyle(button).outlineStyle);
    await expect.poll(outline).toBe('solid');
    const canvasIs = () =>
      page.evaluate(() => {
        const surface = document.querySelector<HTMLCanvasElement>('[role="application"] > canvas');
        const pixel = surface?.getContext('2d')?.getImageData(2, surface.height - 2, 1, 1).data;
        const probe = document.body.appendChild(document.createElement('div'));
        probe.style.backgroundColor = 'Canvas';
        const wanted = getComputedStyle(probe).backgroundColor;
        probe.remove();
        const painted = `rgb(${[...(pixel ?? [])].slice(0, 3).join(', ')})`;
        return painted === wanted ? 'as the system has it' : `${painted} instead of ${wanted}`;
      });
    await expect.poll(canvasIs).toBe('as the system has it');
  });
});

describe('the keyboard', () => {
  it('shows where it is at each stop of the Tab key', async () => {
    const { page } = await openPage(browser, server.url);
    await page.getByText('Models found').first().waitFor();
    const stops: string[] = [];
    const bare: string[] = [];
    for (let count = 0; count < 30; count += 1) {
      await page.keyboard.press('Tab');
      await acted(page);
      const { name, hasRing } = await page.evaluate(() => {
        const at = document.activeElement ?? document.body;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
        const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
        return {
          name: at.getAttribute('aria-label') ?? at.textContent?.slice(0, 40) ?? at.tagName,
          hasRing: at === document.body || isOutlined || boxShadow !== 'none',
        };
      });
      stops.push(name);
      if (!hasRing) bare.push(name);
    }
    expect(bare).toEqual([]);
    // Everything on the page is reached: the bar, the rail, what there is to begin with.
    expect(new Set(stops).size).toBeGreaterThan(18);
  });

  it('goes back to where it was when a dialog closes, and stays there when a bar is clicked', async () => {
    const { page } = await openPage(browser, server.url, { viewport: { width: 1600, height: 900 } });
    await openTemplate(page, 'Text to image');
    const text = page.locator('[data-node][data-type="CLIPTextEncode"] textarea').first();
    const canvas = page.getByRole('application');
    const hasKeys = (of: typeof text) => () => of.evaluate((each) => each === document.activeElement);
    for (const [place, keys] of [
      [text, 'Control+,'],
      [canvas, 'Control+k'],
      [text, 'Control+Shift+s'],
    ] as const) {
      await place.focus();
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(hasKeys(place)).toBe(true);
    }
    await canvas.focus();
    await page.getByRole('toolbar', { name: 'View' }).getByRole('button', { name: /^Fit/ }).click();
    await expect.poll(hasKeys(canvas)).toBe(true);
  });
});
