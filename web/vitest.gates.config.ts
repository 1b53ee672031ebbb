import { defineConfig } from 'vitest/config';
import { inBrowser } from './vitest.browser.ts';

// What the page costs the processor, in a real Chromium: P1 to P16, each held to its gate (e2e/perf/gates.ts).
export default defineConfig({
  test: { ...inBrowser, include: ['e2e/perf/*.perf.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
});
