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
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // For what is there in a moment on any machine; what takes longer says so.
    expect: { poll: { timeout: 15_000 } },
  },
});
