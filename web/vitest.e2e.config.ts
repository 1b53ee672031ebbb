import { defineConfig } from 'vitest/config';

// A real Chromium against a real server. Needs `dist` (npm run build) and Python with requirements.txt.
export default defineConfig({
  test: {
    include: ['e2e/*.e2e.ts', 'e2e/graph/*.e2e.ts'],
    setupFiles: ['e2e/harness/setup.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // A browser and a server on two cores: what does not happen again is told, but does not stop what comes after.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
