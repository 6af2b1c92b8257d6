/** HTTP archives of browsers and other proxies. */
import type { FuzzTarget } from '../fuzz-target.ts';
import { providerSeeds, responsesSeeds } from '../seed-files.ts';
import { startImport } from './import.ts';

export const har: FuzzTarget = {
  name: 'har',
  seeds: () => [responsesSeeds(), providerSeeds('anthropic'), providerSeeds('openai-chat')].map((streams) => toHar(streams.slice(0, 4))),
  cases: 200,
  start: startImport,
};

function toHar(streams: readonly Uint8Array[]): Uint8Array {
  const entries = streams.map((stream, index) => ({
    startedDateTime: '2026-08-01T10:00:00.000Z',
    time: 120.5,
    request: {
      method: 'POST',
      url: `https://api.example.test/v1/${['responses', 'messages', 'chat/completions', 'responses?x=1'][index % 4]}`,
      headers: [{ name: 'content-type', value: 'application/json' }],
      postData: { mimeType: 'application/json', text: '{"model":"m","stream":true,"input":"Hi"}' },
    },
    response: {
      status: 200,
      headers: [{ name: 'content-type', value: 'text/event-stream' }],
      content: {
        size: stream.length,
        mimeType: 'text/event-stream',
        ...(index % 2 === 0
          ? { text: Buffer.from(stream).toString('utf8') }
          : { text: Buffer.from(stream).toString('base64'), encoding: 'base64' }),
      },
    },
    timings: { send: 1, wait: 20, receive: 99.5 },
    ...(index === 3 ? { _webSocketMessages: [{ type: 'receive', time: 1, opcode: 1, data: '{"type":"response.created"}' }] } : {}),
  }));
  return Buffer.from(JSON.stringify({ log: { version: '1.2', creator: { name: 'fuzz', version: '1' }, entries } }));
}
