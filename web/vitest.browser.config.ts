import { defineConfig } from 'vitest/config';

// The browser tests: two files at a time, so that a machine of two cores is not idle while a page waits. Each has a server
// of its own, with which there is one page at a time; all share one Chromium.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['browser/**/*.test.ts'],
    globalSetup: ['browser/stage.ts'],
    maxWorkers: 2,
    // Limits, for a machine on which much else is going on; nothing is waited for that long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
