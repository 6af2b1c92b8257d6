/** The SSE reader: the same frames however the bytes are cut, places inside the bytes, one after the other. */
import { isDeepStrictEqual } from 'node:util';
import { createFrameReader, readFrames, type SseFrame } from '../../../proxy-core/sse/frame-reader.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { chop } from '../mutate.ts';
import { providerSeeds, responsesSeeds } from '../seed-files.ts';

export const sse: FuzzTarget = {
  name: 'sse',
  seeds: () => [...responsesSeeds(), ...providerSeeds('anthropic')],
  cases: 600,
  start: () => ({
    maxGrowth: 3,
    run(bytes, random) {
      const whole = readFrames(bytes);
      const reader = createFrameReader();
      const cut: SseFrame[] = [];
      for (const piece of chop(bytes, random)) cut.push(...reader.push(piece));
      cut.push(...reader.end());
      // Where a CR ends one read, its LF may count for the next frame: only what clients see must be the same.
      if (!isDeepStrictEqual(whole.map(toSeen), cut.map(toSeen))) throw new Error('The frames differ when the bytes are cut.');
      let end = 0;
      for (const { offset, length } of whole) {
        if (offset < end || length <= 0 || offset + length > bytes.length)
          throw new Error(`A frame lies at ${offset}, ${length} bytes long.`);
        end = offset + length;
      }
      return whole.reduce((sum, { data, event }) => sum + data.length + (event?.length ?? 0), 0);
    },
  }),
};

function toSeen({ event, data, id, terminated }: SseFrame): unknown {
  return { event, data, id, terminated };
}
