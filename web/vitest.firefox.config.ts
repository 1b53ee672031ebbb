import { defineConfig } from 'vitest/config';
import { inBrowser } from './vitest.browser.ts';

// A real Firefox against a real server: what people do first. Needs what `npm run e2e` needs, and firefox-esr.
export default defineConfig({ test: { ...inBrowser, include: ['e2e/firefox/*.firefox.ts'] } });
