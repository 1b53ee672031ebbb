import { defineConfig } from 'vitest/config';

// The engine in a real browser, without a server: e2e/graph (behaviour) and e2e/perf (P1 to P8, P14).
export default defineConfig({
  test: {
    include: ['e2e/graph/*.e2e.ts', 'e2e/perf/*.perf.ts'],
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
