// A Chromium and pages of it that keep account of what must never happen: requests to elsewhere, breaches of the
// content security policy, errors on the console. `setup.ts` looks at the accounts after every test.

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
  /** Errors that the test means to cause. */
  readonly meant: RegExp[];
}

const accounts = new Map<BrowserContext, Account>();

/** A browser of which every context is watched. */
export async function launchBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const make = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await make(options);
    keepAccount(context);
    return context;
  };
  return browser;
}

/** Note everything that a page of this context does and must not. */
export function keepAccount(context: BrowserContext): Account {
  const known = accounts.get(context);
  if (known !== undefined) return known;
  const account: Account = { foreign: [], violations: [], errors: [], meant: [] };
  accounts.set(context, account);
  context.on('request', (request) => {
    const url = request.url();
    if (!/^(https?|wss?):\/\/127\.0\.0\.1[:/]/.test(url) && !/^(blob|data|about):/.test(url))
      account.foreign.push(url);
  });
  context.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy/i.test(text)) account.violations.push(text);
    else if (message.type() === 'error') account.errors.push(text);
  });
  context.on('weberror', (error) => account.errors.push(String(error.error().stack)));
  return account;
}

/** What was noted since this was asked last. */
export function takeAccounts(): Pick<Account, 'foreign' | 'violations' | 'errors'>[] {
  return [...accounts.values()].map(({ foreign, violations, errors, meant }) => {
    const forgiven = meant.splice(0);
    return {
      foreign: foreign.splice(0),
      violations: violations.splice(0),
      errors: errors.splice(0).filter((text) => !forgiven.some((pattern) => pattern.test(text))),
    };
  });
}

/**
 * Errors that a test means to cause are none: a refused request, a server that is gone. All others must be none. The
 * browser tells of some after the page has gone on, so it counts to the end of the test.
 */
export function forgiveErrors({ account }: Pick<Opened, 'account'>, meant: RegExp): void {
  account.meant.push(meant);
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
  const account = keepAccount(context);
  const page = await context.newPage();
  // Choosers of files are caught as long as somebody listens; without this one the first could come before that.
  page.on('filechooser', () => undefined);
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
