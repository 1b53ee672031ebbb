// When a page has done what it was told to, and when it has come to rest: sooner than any fixed wait on a fast machine, and
// as late as it takes on a slow one. What a test expects it reads until it is so (`expect.poll`), never once right after
// what leads to it; that nothing has changed it reads once, after something that did, or after `acted`.

import type { Page } from 'playwright-core';

/** How long nothing may have changed, and how long that is waited for, in milliseconds. */
const QUIET = 80;
const MOST = 3000;

/**
 * What was pressed last is done, as far as the page does it alone: menus and dialogs give the keyboard back and act by
 * timers of no length, and what they change is painted in the next frame.
 */
export async function acted(page: Page): Promise<void> {
  await page.evaluate(turn);
}

/** Nothing moves or changes on the page any more. Never fails: what does not come to rest is taken as it is. */
export async function rested(page: Page): Promise<void> {
  await page.evaluate(quiet, { pause: QUIET, most: MOST, hasStyles: true });
}

export class Settling {
  readonly #page: Page;
  readonly #waiting = new Set<object>();

  constructor(page: Page) {
    this.#page = page;
    page.on('request', (request) => void this.#waiting.add(request));
    page.on('requestfinished', (request) => void this.#waiting.delete(request));
    page.on('requestfailed', (request) => void this.#waiting.delete(request));
  }

  /** Never fails: what does not come to rest is looked at as it is. */
  async rest(): Promise<void> {
    const end = Date.now() + MOST;
    do {
      await this.#page.evaluate(quiet, { pause: QUIET, most: end - Date.now(), hasStyles: false });
    } while (this.#waiting.size > 0 && Date.now() < end);
  }
}

// These run in the page, so they use nothing from outside.

async function turn(): Promise<void> {
  // One timer may set another.
  for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise<unknown>((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
    // A page behind another one may paint nothing.
    setTimeout(resolve, 1000);
  });
}

interface Quiet {
  readonly pause: number;
  readonly most: number;
  /** Whether elements that are only put elsewhere or get another look count. */
  readonly hasStyles: boolean;
}

async function quiet({ pause, most, hasStyles }: Quiet): Promise<void> {
  const end = performance.now() + most;
  const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  const moves = () =>
    document.getAnimations().some((each) => ends(each) && each.playState === 'running') ||
    [...document.images].some((image) => !image.complete && image.loading !== 'lazy');
  let changed = performance.now();
  const watcher = new MutationObserver(() => {
    changed = performance.now();
  });
  const styles = hasStyles ? { attributeFilter: ['style', 'class'] } : {};
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, ...styles });
  for (let now = changed; now < end && (now < changed + pause || moves()); now = performance.now())
    await new Promise((resolve) => setTimeout(resolve, 20));
  watcher.disconnect();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
