/** Repair of a stream, live and of files: the same however the bytes are cut, and nothing to do a second time. */
import { isDeepStrictEqual } from 'node:util';
import { createStreamRepair, repairBytes } from '../../../proxy-core/repair/repair-stream.ts';
import { readFrames } from '../../../proxy-core/sse/frame-reader.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { chop } from '../mutate.ts';
import { responsesSeeds } from '../seed-files.ts';

export const repair: FuzzTarget = {
  name: 'repair',
  seeds: responsesSeeds,
  cases: 300,
  start: () => ({
    maxGrowth: 40,
    run(bytes, random) {
      const once = repairBytes(bytes, { createdAt: 1 });
      const live = createStreamRepair({ createdAt: 1 });
      const pieces = chop(bytes, random).map((piece) => live.push(piece));
      // Empty lines between frames may be more or fewer; what clients see of it is the same.
      const [whole, cut] = [once.bytes, Buffer.concat([...pieces, live.end()])].map((out) =>
        readFrames(out).map(({ event, data }) => [event, data]),
      );
      if (!isDeepStrictEqual(whole, cut)) throw new Error('The repaired stream differs when the bytes are cut.');
      return once.bytes.length + JSON.stringify(once.report).length;
    },
  }),
};
