import { defineConfig } from 'vitest/config';

// Figures of the whole page that need a quiet machine and some minutes; no test among them.
export default defineConfig({
  test: {
    include: ['e2e/perf/*.figures.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    hookTimeout: 120_000,
  },
});
