/** How much later the first event arrives because of us; one stream at a time. */
import { median, takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { startNetwork } from '../lib/network.ts';

export const firstEvent: BenchLine = {
  id: 'first-event',
  async run(options) {
    const shape = { deltas: 20, streams: options.isQuick ? 20 : 200, concurrency: 1 };
    const network = await startNetwork(options);
    try {
      const ours = async (): Promise<number> => median((await network.throughBridge('anthropic', shape)).firstMs);
      const pipe = async (): Promise<number> => median((await network.throughPipe('anthropic', shape)).firstMs);
      await ours();
      await pipe();
      const results = [
        toResult({
          line: 'first event, one stream at a time, median',
          unit: 'ms',
          floorIs: 'a bare Node pipe',
          target: { as: 'more', atMost: 2 },
          pairs: await takePairs(options.isQuick ? 3 : 9, ours, pipe),
        }),
      ];
      for (const { name, baseURL } of options.peers) {
        const peer = async (): Promise<number> => median((await network.throughPeer(baseURL, { ...shape, streams: 20 })).firstMs);
        results.push(
          toResult({
            line: `first event, beside ${name}`,
            unit: 'ms',
            floorIs: name,
            target: null,
            pairs: await takePairs(1, ours, peer),
          }),
        );
      }
      return results;
    } finally {
      await network.stop();
    }
  },
};
