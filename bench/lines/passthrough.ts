/** An upstream that speaks Responses itself: bytes go through unchanged, linted and recorded on the way. */
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { startNetwork, toRate } from '../lib/network.ts';

export const passthrough: BenchLine = {
  id: 'passthrough',
  async run(options) {
    const shape = { deltas: 2_000, streams: options.isQuick ? 2 : 10, concurrency: 1 };
    const network = await startNetwork(options);
    try {
      for (let i = 0; i < (options.isQuick ? 1 : 5); i++) {
        await network.throughBridge('responses', shape);
        await network.throughPipe('responses', shape);
      }
      return [
        toResult({
          line: 'responses passthrough with lint and record',
          unit: 'events/s',
          floorIs: 'the same upstream bytes through a bare Node pipe',
          target: { as: 'times', atLeast: 0.35 },
          pairs: await takePairs(
            options.isQuick ? 3 : 11,
            async () => toRate(shape, await network.throughBridge('responses', shape)),
            async () => toRate(shape, await network.throughPipe('responses', shape)),
          ),
        }),
      ];
    } finally {
      await network.stop();
    }
  },
};
