// What tests in real browsers have in common: one at a time, and patience.
export const inBrowser = {
  environment: 'node',
  pool: 'forks',
  maxWorkers: 1,
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;
