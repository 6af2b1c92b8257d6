import { defineConfig } from 'vitest/config';

/** `npm run test:clients`: real clients that npm's `npm ci` does not bring (scripts/test-clients.ts fetches them). */
export default defineConfig({
  test: {
    include: ['test/clients/**/*.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    environment: 'node',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
