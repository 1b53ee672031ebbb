// A Chromium and pages of it that keep account of what must never happen: requests to elsewhere, breaches of the
// content security policy, errors on the console.

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

export const CHROMIUM = process.env['SKEIN_CHROMIUM'] ?? '/usr/bin/chromium';
export const FLAGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...[
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
  ],
];

export interface Account {
  readonly foreign: string[];
  readonly violations: string[];
  readonly errors: string[];
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Note everything that a page of this context does and must not. */
export async function keepAccount(context: BrowserContext, origin: string): Promise<Account> {
  const account: Account = { foreign: [], violations: [], errors: [] };
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data|about):/.test(url)) account.foreign.push(url);
  });
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy/i.test(text)) account.violations.push(text);
    else if (message.type() === 'error') account.errors.push(text);
  });
  context.on('weberror', (error) => account.errors.push(String(error.error().stack)));
  return account;
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly account: Account;
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const account = await keepAccount(context, url);
  const page = await context.newPage();
  await page.goto(url);
  return { page, context, account };
}

/** The workflow of that name among those to begin with, on an empty page. */
export async function openTemplate(page: Page, name: string): Promise<void> {
  await page
    .getByRole('region', { name: 'Begin with a workflow' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();
  await page.getByRole('tab', { name }).waitFor();
}
