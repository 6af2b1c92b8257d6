/**
 * Files that break one wall each, and files that break none. They are laid out in a tree of their own under
 * the repository's real configuration; a wall that lets its canary through is a wall that has fallen.
 */
export interface Canary {
  path: string;
  source: string;
  /** Who must complain, and how; empty for a file that everybody must accept. */
  compiler?: RegExp;
  linter?: RegExp;
}

const neighbour = (folder: string, from: string): Canary => ({
  path: `proxy-core/${folder}/canary-${from.replace(/\W+/g, '-')}.ts`,
  source: `import { a } from '../${from}.ts';\nexport const b = a;\n`,
  linter: /no-restricted-imports/,
});

export const CANARIES: readonly Canary[] = [
  { path: 'proxy-core/protocol/a.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/protocol/good.ts', source: "import { a } from './a.ts';\nexport const b = a;\n" },
  {
    path: 'proxy-core/protocol/node-import.ts',
    source: "import { readFileSync } from 'node:fs';\nexport const b = readFileSync;\n",
    compiler: /TS2\d+/,
    linter: /no-restricted-imports/,
  },
  {
    path: 'proxy-core/protocol/node-global.ts',
    source: 'export const b = process.pid;\n',
    compiler: /TS2\d+/,
    linter: /no-restricted-globals/,
  },
  { path: 'proxy-core/protocol/dom-global.ts', source: 'export const b = document.title;\n', compiler: /TS2\d+/ },
  {
    path: 'proxy-core/protocol/timer.ts',
    source: 'setTimeout(() => undefined, 1);\nexport {};\n',
    compiler: /TS2\d+/,
    linter: /no-restricted-globals/,
  },
  { path: 'proxy-core/protocol/clock.ts', source: 'export const b = Date.now();\n', linter: /no-restricted-properties/ },
  { path: 'proxy-core/protocol/random.ts', source: 'export const b = Math.random();\n', linter: /no-restricted-properties/ },
  {
    path: 'proxy-core/protocol/bridge-import.ts',
    source: "import { a } from '../index.ts';\nexport const b = a;\n",
    compiler: /TS6\d+/,
  },
  { path: 'proxy-core/index.ts', source: 'export const a = 1;\n' },
  {
    path: 'proxy-core/good.ts',
    source: "import { pid } from 'node:process';\nimport { a } from './protocol/a.ts';\nexport const b = a + pid;\n",
  },
  { path: 'proxy-core/dom-global.ts', source: 'export const b = document.title;\n', compiler: /TS2\d+/ },
  {
    path: 'proxy-core/electron-import.ts',
    source: "import { app } from 'electron';\nexport const b = app;\n",
    linter: /no-restricted-imports/,
  },
  {
    path: 'proxy-core/page-import.ts',
    source: "import { a } from '../renderer/a.ts';\nexport const b = a;\n",
    compiler: /TS6\d+/,
    linter: /no-restricted-imports/,
  },
  { path: 'proxy-core/json-parse.ts', source: "export const b: unknown = JSON.parse('1');\n", linter: /no-restricted-properties/ },
  { path: 'proxy-core/floating.ts', source: 'export function b(): void {\n  Promise.resolve(1);\n}\n', linter: /no-floating-promises/ },
  {
    path: 'proxy-core/missed-case.ts',
    source: "export function b(kind: 'one' | 'two'): number {\n  switch (kind) {\n    case 'one':\n      return 1;\n  }\n  return 2;\n}\n",
    linter: /switch-exhaustiveness-check/,
  },
  { path: 'proxy-core/cycle-a.ts', source: "import { b } from './cycle-b.ts';\nexport const c = (): number => b();\n", linter: /no-cycle/ },
  {
    path: 'proxy-core/cycle-b.ts',
    source: "import { c } from './cycle-a.ts';\nexport const b = (): number => c();\n",
    linter: /no-cycle/,
  },
  { path: 'proxy-core/upstreams/upstream.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/sessions/response-store.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/recorder/recorder.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/linter/live-linter.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/recording/recording-thread.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/emitter/emitter.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/history/history.ts', source: 'export const a = 1;\n' },
  { path: 'proxy-core/upstreams/index.ts', source: 'export const a = 1;\n' },
  {
    path: 'proxy-core/recorder/good.ts',
    source:
      "import { a } from '../upstreams/upstream.ts';\nimport { a as b } from '../sessions/response-store.ts';\nexport const c = a + b;\n",
  },
  neighbour('upstreams', 'recorder/recorder'),
  neighbour('emitter', 'history/history'),
  neighbour('recorder', 'linter/live-linter'),
  neighbour('recorder', 'upstreams/index'),
  neighbour('linter', 'recorder/recorder'),
  neighbour('linter', 'recording/recording-thread'),
  neighbour('recorder', 'recording/recording-thread'),
  neighbour('sessions', 'emitter/emitter'),
  neighbour('history', 'recorder/recorder'),
  { path: 'renderer/a.ts', source: 'export const a = 1;\n' },
  { path: 'renderer/good.ts', source: "import { a } from '../proxy-core/protocol/a.ts';\nexport const b = `${a}${document.title}`;\n" },
  {
    path: 'renderer/node-import.ts',
    source: "import { readFileSync } from 'node:fs';\nexport const b = readFileSync;\n",
    linter: /no-restricted-imports/,
  },
  {
    path: 'renderer/bridge-import.ts',
    source: "import { a } from '../proxy-core/index.ts';\nexport const b = a;\n",
    compiler: /TS6\d+/,
    linter: /no-restricted-imports/,
  },
  {
    path: 'renderer/electron-import.ts',
    source: "import { app } from 'electron';\nexport const b = app;\n",
    linter: /no-restricted-imports/,
  },
  {
    path: 'electron/good.ts',
    source: "import { app } from 'electron';\nimport { a } from '../proxy-core/protocol/a.ts';\nexport const b = [app, a];\n",
  },
  {
    path: 'electron/page-import.ts',
    source: "import { a } from '../renderer/a.ts';\nexport const b = a;\n",
    compiler: /TS6\d+/,
    linter: /no-restricted-imports/,
  },
  {
    path: 'electron/bridge-import.ts',
    source: "import { a } from '../proxy-core/index.ts';\nexport const b = a;\n",
    compiler: /TS6\d+/,
    linter: /no-restricted-imports/,
  },
  // In Electron 45's types, not in 25's: the second typecheck must see it.
  { path: 'electron/too-new.ts', source: "import { webUtils } from 'electron';\nexport const b = webUtils;\n", compiler: /TS2305/ },
];
