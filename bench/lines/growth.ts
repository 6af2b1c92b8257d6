/** Whether an event costs more in a longer stream, or on a fuller store: 1 ×, 10 ×, 100 ×. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePairs, toResult, type BenchLine, type BenchResult } from '../bench-line.ts';
import { fillStore } from '../lib/fill-store.ts';
import { startNetwork, toRate, type Shape } from '../lib/network.ts';

/** What noise may take; growth would take far more at 100 ×. */
const target = { as: 'times', atLeast: 0.75 } as const;
const SMALL_STORE = 10_000;

export const streamGrowth: BenchLine = {
  id: 'stream-growth',
  async run(options) {
    const unit = options.isQuick ? 500 : 2_000;
    const network = await startNetwork(options);
    const rateOf = (times: number) => async (): Promise<number> => {
      const shape: Shape = { deltas: unit * times, streams: Math.max(1, 100 / times / (options.isQuick ? 10 : 2)), concurrency: 1 };
      return toRate(shape, await network.throughBridge('anthropic', shape));
    };
    try {
      await rateOf(1)();
      const results: BenchResult[] = [];
      for (const times of [10, 100]) {
        await rateOf(times)();
        results.push(
          toResult({
            line: `one stream, ${times} × ${unit.toLocaleString('en-US')} deltas`,
            unit: 'events/s',
            floorIs: `streams of ${unit.toLocaleString('en-US')} deltas`,
            target,
            pairs: await takePairs(options.isQuick ? 1 : 3, rateOf(times), rateOf(1)),
          }),
        );
      }
      return results;
    } finally {
      await network.stop();
    }
  },
};

export const storeGrowth: BenchLine = {
  id: 'store-growth',
  async run(options) {
    const small = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
    const large = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
    const shapes: [string, Shape][] = [
      ['2,000-delta streams', { deltas: 2_000, streams: options.isQuick ? 2 : 10, concurrency: 1 }],
      ['20-delta streams', { deltas: 20, streams: options.isQuick ? 50 : 300, concurrency: 8 }],
    ];
    try {
      await fillStore(small, SMALL_STORE);
      let stored = 0;
      const results: BenchResult[] = [];
      for (const times of options.isQuick ? [2] : [10, 100]) {
        await fillStore(large, SMALL_STORE * times - stored);
        stored = SMALL_STORE * times;
        // One after the other: two bridges at once would measure each other.
        const rates: { [where in 'small' | 'large']: number[][] } = { small: [], large: [] };
        for (let round = 0; round < (options.isQuick ? 1 : 3); round++) {
          for (const where of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const)) {
            const network = await startNetwork(options, { dataDir: where === 'small' ? small : large });
            const perShape: number[] = [];
            for (const [, shape] of shapes) {
              await network.throughBridge('anthropic', shape);
              perShape.push(toRate(shape, await network.throughBridge('anthropic', shape)));
            }
            rates[where].push(perShape);
            await network.stop();
          }
        }
        results.push(
          ...shapes.map(([name], i) =>
            toResult({
              line: `${name} on a store of ${stored.toLocaleString('en-US')} events`,
              unit: 'events/s',
              floorIs: `a store of ${SMALL_STORE.toLocaleString('en-US')} events`,
              target,
              pairs: rates.large.map((onLarge, round) => ({
                value: onLarge[i] ?? Number.NaN,
                floor: rates.small[round]?.[i] ?? Number.NaN,
              })),
            }),
          ),
        );
      }
      return results;
    } finally {
      for (const dir of [small, large]) rmSync(dir, { recursive: true, force: true });
    }
  },
};
