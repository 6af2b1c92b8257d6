/** One long stream at a time, Anthropic to Responses; peers get the same requests. */
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { startNetwork, toRate } from '../lib/network.ts';

export const oneStream: BenchLine = {
  id: 'one-stream',
  async run(options) {
    const shape = { deltas: 2_000, streams: options.isQuick ? 2 : 10, concurrency: 1 };
    const peerShape = { ...shape, streams: 1 };
    const network = await startNetwork(options);
    try {
      const seen = await network.throughBridge('anthropic', { ...shape, streams: 1 }, { countDeltas: true });
      if (seen.deltas !== shape.deltas) throw new Error(`The bridge passed on ${seen.deltas} of ${shape.deltas} deltas.`);
      for (let i = 0; i < (options.isQuick ? 1 : 5); i++) {
        await network.throughBridge('anthropic', shape);
        await network.throughPipe('anthropic', shape);
      }
      const ours = async (): Promise<number> => toRate(shape, await network.throughBridge('anthropic', shape));
      const count = options.isQuick ? 3 : 11;
      const results = [
        toResult({
          line: 'one stream of 2,000 deltas, Anthropic to Responses',
          unit: 'events/s',
          floorIs: 'the same upstream bytes through a bare Node pipe',
          target: { as: 'times', atLeast: 0.2 },
          pairs: await takePairs(count, ours, async () => toRate(shape, await network.throughPipe('anthropic', shape))),
        }),
      ];
      for (const { name, baseURL } of options.peers) {
        await network.throughPeer(baseURL, peerShape);
        results.push(
          toResult({
            line: `one stream of 2,000 deltas, beside ${name}`,
            unit: 'events/s',
            floorIs: name,
            target: { as: 'times', atLeast: 25 },
            pairs: await takePairs(3, ours, async () => toRate(peerShape, await network.throughPeer(baseURL, peerShape))),
          }),
        );
      }
      return results;
    } finally {
      await network.stop();
    }
  },
};
