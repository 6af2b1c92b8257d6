/** Short streams, 32 at once: what a request costs beside its events. */
import { percentile, toResult, type BenchLine, type Pair } from '../bench-line.ts';
import { startNetwork, type Shape } from '../lib/network.ts';
import type { LoadReport } from '../programs/load.ts';

const WHAT = '20-delta streams, 32 at once';

export const manyStreams: BenchLine = {
  id: 'many-streams',
  async run(options) {
    const shape: Shape = { deltas: 20, streams: options.isQuick ? 64 : 800, concurrency: 32 };
    const network = await startNetwork(options);
    try {
      const floorIs = 'the same upstream bytes through a bare Node pipe';
      const ours = () => network.throughBridge('anthropic', shape);
      const { rates, tails } = await takeBoth(options.isQuick ? 3 : 9, ours, () => network.throughPipe('anthropic', shape));
      const results = [
        toResult({ line: WHAT, unit: 'streams/s', floorIs, target: { as: 'times', atLeast: 0.3 }, pairs: rates }),
        toResult({ line: `${WHAT}, p95`, unit: 'ms', floorIs, target: { as: 'times', atMost: 4 }, pairs: tails }),
      ];
      for (const { name, baseURL } of options.peers) {
        const peer = await takeBoth(1, ours, () => network.throughPeer(baseURL, { ...shape, streams: 64 }));
        results.push(
          toResult({ line: `${WHAT}, beside ${name}`, unit: 'streams/s', floorIs: name, target: null, pairs: peer.rates }),
          toResult({ line: `${WHAT}, p95, beside ${name}`, unit: 'ms', floorIs: name, target: null, pairs: peer.tails }),
        );
      }
      return results;
    } finally {
      await network.stop();
    }
  },
};

/** Streams a second and the 95th percentile, from the same runs. The first pair only warms up. */
async function takeBoth(
  count: number,
  value: () => Promise<LoadReport>,
  floor: () => Promise<LoadReport>,
): Promise<{ rates: Pair[]; tails: Pair[] }> {
  const rate = ({ totalMs, elapsedMs }: LoadReport): number => (totalMs.length * 1000) / elapsedMs;
  const rates: Pair[] = [];
  const tails: Pair[] = [];
  for (let i = 0; i <= count; i++) {
    const below = await floor();
    const above = await value();
    if (i === 0) continue;
    rates.push({ value: rate(above), floor: rate(below) });
    tails.push({ value: percentile(above.totalMs, 0.95), floor: percentile(below.totalMs, 0.95) });
  }
  return { rates, tails };
}
