import { defineConfig } from 'vitest/config';

// The browser tests: one server and one Chromium for all files, one page at a time.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['browser/**/*.test.ts'],
    globalSetup: ['browser/stage.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
