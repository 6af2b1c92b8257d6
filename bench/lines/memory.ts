/** Resident memory of the bridge after many events, and how far it is above that after a few. */
import { setTimeout as wait } from 'node:timers/promises';
import { toResult, type BenchLine } from '../bench-line.ts';
import { startNetwork } from '../lib/network.ts';

const SETTLE_MS = 3_000;

export const memory: BenchLine = {
  id: 'memory',
  async run(options) {
    const network = await startNetwork(options);
    const shape = { deltas: 2_000, concurrency: 4 };
    try {
      await network.throughBridge('anthropic', { ...shape, streams: 5 });
      await wait(SETTLE_MS);
      const floor = network.bridge.memoryMb();
      const streams = options.isQuick ? 20 : 500;
      await network.throughBridge('anthropic', { ...shape, streams });
      await wait(SETTLE_MS);
      const value = network.bridge.memoryMb();
      const events = (streams * shape.deltas).toLocaleString('en-US');
      return [
        toResult({
          line: `memory of the bridge after ${events} events`,
          unit: 'MB',
          floorIs: 'after 10,000',
          target: { as: 'more', atMost: 60 },
          pairs: [{ value, floor }],
        }),
        toResult({
          line: `memory of the bridge after ${events} events, in all`,
          unit: 'MB',
          floorIs: 'nothing',
          target: { as: 'more', atMost: 200 },
          pairs: [{ value, floor: 0 }],
        }),
      ];
    } finally {
      await network.stop();
    }
  },
};
