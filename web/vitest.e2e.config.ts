import { defineConfig } from 'vitest/config';
import { inBrowser } from './vitest.browser.ts';

// A real Chromium against a real server. Needs `dist` (npm run build) and Python with requirements.txt.
export default defineConfig({
  test: {
    ...inBrowser,
    include: ['e2e/*.e2e.ts', 'e2e/graph/*.e2e.ts'],
    setupFiles: ['e2e/harness/setup.ts'],
    // For what is there in a moment on any machine; what takes longer says so.
    expect: { poll: { timeout: 15_000 } },
  },
});
