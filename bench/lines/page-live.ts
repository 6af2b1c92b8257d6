/**
 * A stream of 5,000 events a second through the real bridge, while a page in real Chromium follows it: the
 * longest task of the page, and that it shows every event at the end.
 */
import { toResult, type BenchLine, type Pair } from '../bench-line.ts';
import { startNetwork } from '../lib/network.ts';
import { openPageStage } from '../lib/page-stage.ts';

const PER_SECOND = 5_000;
const MAX_TASK_MS = 50;
const MAX_BEHIND_MS = 1_000;
/** What a translated stream of deltas has around them: created, in progress, the item and its part, completed. */
const EVENTS_AROUND = 8;

export const pageLive: BenchLine = {
  id: 'page-live',
  async run(options) {
    const seconds = options.isQuick ? 1 : 10;
    const longest: Pair[] = [];
    const arrival: Pair[] = [];
    for (let i = 0; i < (options.isQuick ? 1 : 3); i++) {
      const network = await startNetwork(options);
      const stage = await openPageStage(network.bridge, '#/');
      try {
        const floor = await stage.longestTaskMs(() => stage.page.waitForTimeout(seconds * 1_000));
        const shape = { deltas: seconds * PER_SECOND, streams: 1, concurrency: 1, perSecond: PER_SECOND };
        const events = shape.deltas + EVENTS_AROUND;
        let behindMs = 0;
        const value = await stage.longestTaskMs(async () => {
          await network.throughBridge('anthropic', shape);
          const endedAt = performance.now();
          await stage.page.locator('.event-count', { hasText: `${events.toLocaleString('en')} events` }).waitFor();
          behindMs = performance.now() - endedAt;
        });
        longest.push({ value, floor });
        arrival.push({ value: behindMs, floor: 0 });
      } finally {
        await stage.close();
        await network.stop();
      }
    }
    const load = `${PER_SECOND.toLocaleString('en')} events/s for ${seconds} s`;
    return [
      toResult({
        line: `page, longest task while following ${load}`,
        unit: 'ms',
        floorIs: 'the same page, and nothing streams',
        target: { as: 'value', atMost: MAX_TASK_MS },
        pairs: longest,
      }),
      toResult({
        line: `page, all events of ${load} in the table after its end`,
        unit: 'ms',
        floorIs: 'the last byte at the client',
        target: { as: 'value', atMost: MAX_BEHIND_MS },
        pairs: arrival,
      }),
    ];
  },
};
