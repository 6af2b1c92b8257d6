/** Lint of a stream that may be anything: findings in bounds, each with words and a place. */
import { lintStreams } from '../../../proxy-core/linter/lint-streams.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { responsesSeeds } from '../seed-files.ts';

export const lint: FuzzTarget = {
  name: 'lint',
  seeds: responsesSeeds,
  cases: 400,
  start: () => ({
    maxGrowth: 60,
    run(bytes) {
      const [linted] = lintStreams([{ name: 'fuzz.sse', bytes }]);
      for (const { event, message } of linted?.findings ?? []) {
        if (message === '') throw new Error('A finding says nothing.');
        if (event !== null && !linted?.places.has(event)) throw new Error(`Event ${event} of a finding lies nowhere.`);
      }
      return JSON.stringify(linted?.findings).length;
    },
  }),
};
