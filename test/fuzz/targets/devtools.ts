/** The AI SDK's DevTools file. */
import { readFrames } from '../../../proxy-core/sse/frame-reader.ts';
import { parseJson } from '../../../proxy-core/protocol/json.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { providerSeeds, responsesSeeds } from '../seed-files.ts';
import { startImport } from './import.ts';

export const devtools: FuzzTarget = {
  name: 'devtools',
  seeds: () => [responsesSeeds(), providerSeeds('openai-chat')].map((streams) => toDevtools(streams.slice(0, 3))),
  cases: 200,
  start: startImport,
};

function toDevtools(streams: readonly Uint8Array[]): Uint8Array {
  const steps = streams.map((stream, index) => {
    const chunks = readFrames(stream).map(({ data }) => ({ type: 'raw', rawValue: parseJson(data) }));
    return {
      ...{ id: `s${index}`, run_id: 'r1', step_number: index + 1, provider: 'openai', started_at: '2026-08-01T10:00:00Z', duration_ms: 12 },
      raw_request: JSON.stringify({ body: { model: 'm', input: 'Hi' } }),
      raw_chunks: index === 0 ? JSON.stringify(chunks) : chunks,
    };
  });
  return Buffer.from(JSON.stringify({ runs: [{ id: 'r1', function_id: 'chat' }, { id: 'r2' }], steps }));
}
