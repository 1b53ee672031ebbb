// A server and a browser for the tests of a file, and a fresh page with an own graph for each of them.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { GraphPage } from './graph';
import { launchBrowser, type Opened, openPage } from './page';
import { type Server, startServer } from './server';

export interface Bench {
  readonly server: Server;
  readonly browser: Browser;
  readonly opened: Opened;
  readonly page: Page;
  readonly graph: GraphPage;
}

/**
 * Sets up all of it; `take` is given the page of each test, on which nothing is open yet. `prepare` may put packs and
 * files into the server's directories before it starts.
 */
export function eachOnOwnPage(take: (bench: Bench) => void, prepare?: (base: string) => void): void {
  let server: Server;
  let browser: Browser;
  let opened: Opened;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(prepare), launchBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    opened = await openPage(browser, server.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
      // Wide enough for the whole graph to be near enough to read.
      viewport: { width: 1920, height: 1080 },
    });
    const { page } = opened;
    page.setDefaultTimeout(10_000);
    await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
    take({ server, browser, opened, page, graph: new GraphPage(page) });
  });

  afterEach(() => opened.context.close());
}
