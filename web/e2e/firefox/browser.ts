// A Firefox over WebDriver BiDi, and pages of it that keep account of what must never happen: requests to elsewhere,
// breaches of the content security policy, errors on the console.

import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';

const FIREFOX = process.env['SKEIN_FIREFOX'] ?? '/usr/bin/firefox-esr';

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly account: string[];
}

/** Fails where there is no Firefox. */
export async function launchFirefox(): Promise<Browser> {
  if (!existsSync(FIREFOX)) throw new Error(`there is no ${FIREFOX}: apt-get install firefox-esr`);
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    protocolTimeout: 60_000,
  });
}

/** A page with nothing kept from others, and the account of it. */
export async function openPage(browser: Browser, url: string): Promise<Opened> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const account: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !/^(blob|data|about):/.test(request.url()))
      account.push(`request to elsewhere: ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') account.push(message.text());
  });
  // Breaches of the policy are told here, too.
  page.on('pageerror', (error) => account.push(String(error)));
  await page.setViewport({ width: 1920, height: 1080 });
  await page.goto(url);
  return { page, context, account };
}
