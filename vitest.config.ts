import { defineConfig } from 'vitest/config';

/** Unit tests lie beside the code; sockets, real clients and the CLI are driven from test/. */
const project = (name: string, include: string[], exclude: string[] = [], testTimeout = 30_000) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/node_modules/**', ...exclude], environment: 'node', testTimeout, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    projects: [
      project('protocol', ['proxy-core/protocol/**/*.test.ts']),
      project('core', ['proxy-core/**/*.test.ts'], ['proxy-core/protocol/**']),
      project('renderer', ['renderer/**/*.test.{ts,tsx}']),
      project('desktop', ['electron/**/*.test.ts']),
      project('integration', ['test/integration/**/*.test.ts']),
      // Each test starts bridges as processes of their own.
      project('reliability', ['test/reliability/**/*.test.ts'], [], 120_000),
      project('fuzz', ['test/fuzz/**/*.test.ts'], [], 120_000),
      project('architecture', ['test/architecture/**/*.test.ts']),
    ],
  },
});
