/**
 * What an upstream streams, through its machine and the emitter: whatever it was, the client gets a stream
 * without a protocol error that ends once, the same however the bytes were cut.
 */
import { translateRecorded } from '../../../proxy-core/exchange/translate-recorded.ts';
import { lintFrames } from '../../../proxy-core/protocol/lint/run-rules.ts';
import { readFrames } from '../../../proxy-core/sse/frame-reader.ts';
import { translators } from '../../../proxy-core/upstreams/index.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import type { FakeKind } from '../../helpers/fake-upstream.ts';
import { chop } from '../mutate.ts';
import { providerSeeds } from '../seed-files.ts';

const REQUEST = {
  tools: [
    { type: 'function', name: 'get_weather', parameters: { type: 'object' } },
    { type: 'custom', name: 'get_time' },
  ],
};
const TERMINAL = /^response\.(?:completed|incomplete|failed)$/;

export function upstreamStream(kind: FakeKind): FuzzTarget {
  return {
    name: `${kind}-stream`,
    seeds: () => providerSeeds(kind),
    cases: 300,
    start: () => ({
      maxGrowth: 40,
      run(bytes, random) {
        const translator = translators[kind];
        const translate = (from: Uint8Array | Uint8Array[]): string => {
          let count = 0;
          const createId = (prefix: string): string => `${prefix}_${(count++).toString(16).padStart(24, '0')}`;
          return translateRecorded({ bytes: from, translator, request: REQUEST, createId }).sse.replaceAll(
            /"(created|completed)_at":\d+/g,
            '"$1_at":0',
          );
        };
        const text = translate(bytes);
        if (translate(chop(bytes, random)) !== text) throw new Error('The translation differs when the bytes are cut.');
        const frames = readFrames(Buffer.from(text));
        const ends = frames.filter(({ event }) => TERMINAL.test(event ?? '')).length;
        if (ends !== 1) throw new Error(`The stream for the client ends ${ends} times.`);
        const fault = lintFrames(frames).findings.find(({ severity, rule }) => severity === 'error' && !IS_UPSTREAMS.has(rule));
        if (fault) throw new Error(`The stream for the client has a fault: ${fault.rule}: ${fault.message}`);
        return text.length;
      },
    }),
  };
}

/** What the model wrote is handed on as it is, right or wrong. */
const IS_UPSTREAMS = new Set(['arguments-json']);
