/** How long things take to begin: `lint` of a small file, and the bridge on an empty and on a full store. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { fillStore } from '../lib/fill-store.ts';
import { CLI, startBridge } from '../lib/run-programs.ts';
import { responsesFrames } from '../lib/wire-frames.ts';

export const lintStart: BenchLine = {
  id: 'lint-start',
  async run({ isQuick }) {
    const dir = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
    try {
      const file = join(dir, 'small.sse');
      writeFileSync(file, Buffer.concat(responsesFrames(20)));
      const node =
        (...args: string[]) =>
        (): number => {
          const startedAt = performance.now();
          const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
          if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
          return performance.now() - startedAt;
        };
      const lint = node(CLI, 'lint', file);
      lint();
      return [
        toResult({
          line: 'lint of one small file',
          unit: 'ms',
          floorIs: 'node -e 0',
          target: { as: 'more', atMost: 100 },
          pairs: await takePairs(isQuick ? 3 : 15, lint, node('-e', '0')),
        }),
      ];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

export const bridgeStart: BenchLine = {
  id: 'bridge-start',
  async run({ isQuick }) {
    const events = isQuick ? 20_000 : 1_000_000;
    const full = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
    const start = (dataDir?: string) => async (): Promise<number> => {
      const bridge = await startBridge({ withLiveFeed: false, ...(dataDir === undefined ? {} : { dataDir }) });
      await bridge.stop();
      return bridge.startMs;
    };
    try {
      await fillStore(full, events);
      await start(full)();
      return [
        toResult({
          line: `start to ready line on ${events.toLocaleString('en-US')} recorded events`,
          unit: 'ms',
          floorIs: 'the same on an empty store',
          target: { as: 'more', atMost: 200 },
          pairs: await takePairs(isQuick ? 3 : 9, start(full), start()),
        }),
      ];
    } finally {
      rmSync(full, { recursive: true, force: true });
    }
  },
};
