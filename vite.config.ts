/**
 * One build for all four programs: the page (client), the bridge, Electron's main process and its preload.
 * `vite build --app` makes them all; scripts/build.ts makes the ones that are stale. The bridge is ESM and
 * split, so that `deltascope lint` does not load a web server; main and preload are single CommonJS files,
 * because Electron 25 cannot load an ESM main.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type EnvironmentOptions } from 'vite';

const root = import.meta.dirname;

/**
 * Left outside the bundles: what is native or Electron's own, and the clients whose verdicts we run
 * (they are loaded at run time, from node_modules, where they are installed).
 */
const EXTERNAL = [/^electron$/, /^better-sqlite3$/, /^(ai\d?|openai\d?)(\/|$)/, /^@openai\/agents(\/|$)/, /^@ai-sdk\//, /^ai-sdk-/];

const nodeSide = (
  name: string,
  target: string,
  build: NonNullable<EnvironmentOptions['build']>['rolldownOptions'],
): EnvironmentOptions => ({
  consumer: 'server',
  resolve: { noExternal: true, conditions: ['node'] },
  build: {
    outDir: resolve(root, 'dist', name),
    emptyOutDir: true,
    target,
    minify: false,
    sourcemap: true,
    copyPublicDir: false,
    reportCompressedSize: false,
    rolldownOptions: { external: EXTERNAL, ...build },
  },
});

const singleCommonJs = { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false } as const;

export default defineConfig({
  root: resolve(root, 'renderer'),
  base: './',
  plugins: [react()],
  environments: {
    client: {
      build: { outDir: resolve(root, 'dist/renderer'), emptyOutDir: true, target: 'chrome114', reportCompressedSize: false },
    },
    main: nodeSide('main', 'node18', { input: { main: resolve(root, 'electron/main.ts') }, output: singleCommonJs }),
    preload: nodeSide('preload', 'node18', { input: { preload: resolve(root, 'electron/preload.ts') }, output: singleCommonJs }),
    bridge: nodeSide('bridge', 'node22', {
      input: {
        cli: resolve(root, 'proxy-core/cli.ts'),
        'bridge-process': resolve(root, 'proxy-core/bridge-process.ts'),
        'bundle-worker': resolve(root, 'proxy-core/bundle/bundle-worker.ts'),
        'checkpoint-worker': resolve(root, 'proxy-core/recorder/checkpoint-worker.ts'),
        'recording-worker': resolve(root, 'proxy-core/recording/recording-worker.ts'),
        'verdict-worker': resolve(root, 'proxy-core/verdicts/worker.ts'),
      },
      // All in one folder: what finds its neighbours by import.meta.url finds them from a chunk, too.
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    }),
  },
  builder: {
    buildApp: async (builder) => {
      const wanted = Object.values(builder.environments).filter(({ name }) => name !== 'ssr');
      await Promise.all(wanted.map((environment) => builder.build(environment)));
    },
  },
});
