import { defineConfig } from 'vitest/config';

// What the page costs the processor, in a real Chromium: P1 to P16, each held to its gate (e2e/perf/gates.ts).
export default defineConfig({
  test: {
    include: ['e2e/perf/*.perf.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
