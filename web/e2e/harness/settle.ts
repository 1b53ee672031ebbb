// Whether a page has come to rest: nothing is asked of the server, nothing moves, nothing changes. Sooner than any fixed
// wait on a fast machine, and as late as it takes on a slow one.

import type { Page } from 'playwright-core';

/** How long nothing may have changed, and how long that is waited for, in milliseconds. */
const QUIET = 80;
const MOST = 3000;

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
      await this.#page.evaluate(quiet, { pause: QUIET, most: end - Date.now() });
    } while (this.#waiting.size > 0 && Date.now() < end);
  }
}

// Runs in the page, so it uses nothing from outside.
async function quiet({ pause, most }: { pause: number; most: number }): Promise<void> {
  const end = performance.now() + most;
  const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  const moves = () =>
    document.getAnimations().some((each) => ends(each) && each.playState === 'running') ||
    [...document.images].some((image) => !image.complete && image.loading !== 'lazy');
  let changed = performance.now();
  const watcher = new MutationObserver(() => {
    changed = performance.now();
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
  for (let now = changed; now < end && (now < changed + pause || moves()); now = performance.now())
    await new Promise((resolve) => setTimeout(resolve, 20));
  watcher.disconnect();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
