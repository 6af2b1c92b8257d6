/** What reads along when an upstream speaks Responses itself, and what judges it live. */
import { createAnswerWatch } from '../../../proxy-core/exchange/answer-watch.ts';
import { createLinter, toLintEvent } from '../../../proxy-core/protocol/lint/run-rules.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { chop } from '../mutate.ts';
import { responsesSeeds } from '../seed-files.ts';

export const passthrough: FuzzTarget = {
  name: 'passthrough',
  seeds: () => [...responsesSeeds(), Buffer.from('{"id":"resp_1","object":"response","status":"completed","output":[],"usage":null}')],
  cases: 300,
  start: () => ({
    maxGrowth: 20,
    run(bytes, random) {
      let made = 0;
      for (const isSse of [true, false]) {
        const watch = createAnswerWatch(true, isSse);
        const linter = createLinter();
        let index = 0;
        const take = (events: ReturnType<typeof watch.push>): void => {
          for (const event of events) {
            const seen = toLintEvent({ event: event.name, data: event.data }, event.index);
            if (seen) linter.event(seen);
          }
          index += events.length;
          made += events.reduce((sum, { data }) => sum + data.length, 0);
        };
        for (const [chunkIndex, piece] of chop(bytes, random).entries())
          take(watch.push(piece, { chunkIndex, tUs: chunkIndex, firstIndex: index }));
        take(watch.end({ chunkIndex: null, tUs: 0, firstIndex: index }));
        const said = watch.fault(true);
        if (said === '') throw new Error('The fault has no words.');
        made += JSON.stringify([watch.status(true), watch.responseId, watch.usage, said, linter.end()]).length;
      }
      return made;
    },
  }),
};
