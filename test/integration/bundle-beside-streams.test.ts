/** While a large bundle is made, streams go on. Told by the order of things, not by a clock. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { startResponsesServer, type ResponsesServer } from '../helpers/responses-server.ts';

// Bundles run seventeen clients on their streams, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const DELTAS = 1_200;
const EVENTS = 50;
let large: ResponsesServer;
let slow: Server;
let proxy: TestProxy;
let sessionId: string;
/** The open answer of the slow upstream. */
let open: Promise<ServerResponse>;

beforeAll(async () => {
  large = await startResponsesServer([toLargeStream()]);
  let begin: (response: ServerResponse) => void;
  open = new Promise((resolve) => {
    begin = resolve;
  });
  slow = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    begin(response);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy({
    upstreams: [
      { name: 'large', kind: 'responses', baseURL: large.baseURL },
      { name: 'slow', kind: 'responses', baseURL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/v1` },
    ],
  });
  const reply = await ask('large');
  await reply.arrayBuffer();
  sessionId = reply.headers.get('x-deltascope-session') ?? '';
});
afterAll(async () => {
  slow.closeAllConnections();
  slow.close();
  await Promise.all([proxy.close(), large.close()]);
});

const ask = (upstream: string): Promise<Response> =>
  fetch(`${proxy.ready.url}/u/${upstream}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input: 'Hi', stream: true }),
  });

describe('a stream beside a bundle in the making', () => {
  it.each(['bundle?redact=content', 'bundle/preview', 'export?format=jsonl'])('goes on event by event (%s)', async (path) => {
    const reply = ask('slow');
    const upstream = await open;
    const reader = (await reply).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let isMade = false;
    const bundle = proxy.bytes(`/api/sessions/${sessionId}/${path}`).then((bytes) => {
      isMade = true;
      return bytes;
    });
    // The upstream sends the next event when the client has the one before: each takes many turns of the loop.
    let events = 0;
    while (!isMade && events < EVENTS) {
      upstream.write(`event: ping\ndata: {"type":"ping","n":${events}}\n\n`);
      await reader.read();
      events += 1;
    }
    // Were it made in the bridge's own thread, the stream would stand still from its beginning to its end.
    expect(events).toBe(EVENTS);
    expect((await bundle).length).toBeGreaterThan(1_000);
    open = new Promise((resolve) => {
      slow.removeAllListeners('request');
      slow.on('request', (_request, response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        resolve(response);
      });
    });
    upstream.end();
    await reader.cancel();
  });

  it('is given up when nobody waits for it, and the next one is made', async () => {
    const left = new AbortController();
    const headers = { authorization: `Bearer ${proxy.ready.token}` };
    const url = `${proxy.ready.url}/api/sessions/${sessionId}/bundle/preview?redact=content`;
    const given = [1, 2].map(() => expect(fetch(url, { headers, signal: left.signal })).rejects.toThrow('abort'));
    await proxy.api('/api/info');
    left.abort();
    await Promise.all(given);
    expect((await proxy.bytes(`/api/sessions/${sessionId}/export?format=har`)).length).toBeGreaterThan(1_000);
  });

  it('is told when there is no such session', async () => {
    await expect(proxy.bytes('/api/sessions/sess_none/bundle')).rejects.toThrow('404');
    await expect(proxy.bytes(`/api/sessions/${sessionId}/bundle/original?file=report.md`)).rejects.toThrow('404');
  });
});

function toLargeStream(): string {
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] as object[] };
  const response = {
    id: 'resp_large',
    object: 'response',
    created_at: 1,
    status: 'in_progress',
    model: 'm',
    output: [] as object[],
    usage: null,
  };
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  const deltas = Array.from({ length: DELTAS }, (_none, index) => `word${index} and some more words to hide; `);
  const part = { type: 'output_text', text: deltas.join(''), annotations: [] };
  const done = { ...item, status: 'completed', content: [part] };
  const events = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item: done },
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: [done], usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } },
    },
  ];
  return events.map((event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`).join('');
}
