import { defineConfig } from 'vitest/config';

// A real Firefox against a real server: what people do first. Needs what `npm run e2e` needs, and firefox-esr.
export default defineConfig({
  test: {
    include: ['e2e/firefox/*.firefox.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
