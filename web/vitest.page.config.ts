import { defineConfig } from 'vitest/config';

// The page as it is built, with a real server, in a real Chromium: P9, P10, P12, P15, P16 of the design.
export default defineConfig({
  test: {
    include: ['e2e/perf/page/*.perf.ts'],
    environment: 'node',
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
