// A server and a browser for the tests of a file, and, where that is wanted, a fresh page with a graph for each of them.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { GraphPage } from './graph';
import { launchBrowser, type Opened, openPage } from './page';
import { type Server, startServer } from './server';

export interface House {
  readonly server: Server;
  readonly browser: Browser;
}

export interface Bench extends House {
  readonly opened: Opened;
  readonly page: Page;
  readonly graph: GraphPage;
}

/** A page as large as on a small screen. */
export const LAPTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

/** `prepare` may put packs and files into the server's directories before it starts. */
export type Prepare = (base: string) => void;

/** Sets up both. Pages that a test has opened are closed after it: they would slow down those of the next ones. */
export function withServer(take: (house: House) => void, prepare?: Prepare): void {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(prepare), launchBrowser()]);
    take({ server, browser });
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
}

/** Sets up all of it; `take` is given the page of each test, on which nothing is open yet. */
export function eachOnOwnPage(
  take: (bench: Bench) => void,
  { prepare, ...options }: BrowserContextOptions & { readonly prepare?: Prepare } = {},
): void {
  let house: House;
  withServer((its) => {
    house = its;
  }, prepare);

  beforeEach(async () => {
    const opened = await openPage(house.browser, house.server.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
      // Wide enough for the whole graph to be near enough to read.
      viewport: { width: 1920, height: 1080 },
      ...options,
    });
    const { page } = opened;
    page.setDefaultTimeout(20_000);
    await page.getByRole('region', { name: 'Begin with a workflow' }).waitFor();
    take({ ...house, opened, page, graph: new GraphPage(page) });
  });
}
