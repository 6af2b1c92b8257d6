/** Upstreams that break the rules of HTTP, SSE or JSON: the client gets a correct answer or error, and the step says what was wrong. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const frame = (data: { type: string } & Record<string, unknown>) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

function message(text: string): string {
  const usage = { input_tokens: 1, output_tokens: 1 };
  return [
    frame({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'c', usage } }),
    frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    frame({ type: 'content_block_stop', index: 0 }),
    frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
    frame({ type: 'message_stop' }),
  ].join('');
}

const stream = { 'content-type': 'text/event-stream' };
type Play = (response: ServerResponse) => void;
const send =
  (body: string | Uint8Array, headers: Record<string, string> = stream, status = 200): Play =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** What is odd but right: the text arrives whole. */
const odd: Record<string, Play> = {
  gzip: send(gzipSync(message('hello')), { ...stream, 'content-encoding': 'gzip' }),
  'a byte order mark': send(`\uFEFF${message('hello')}`),
  'CRLF line ends': send(message('hello').replaceAll('\n', '\r\n')),
  'a connection that stays open after message_stop': (response) => void response.writeHead(200, stream).write(message('hello')),
};

/** What cannot be an answer: [how, words of the error]. */
const wrong: Record<string, [Play, RegExp]> = {
  'an HTML page with status 200': [send('<html>hi</html>', { 'content-type': 'text/html' }), /no server-sent event/],
  'bytes that are no text': [send(Buffer.from([0, 255, 254, 10, 10, 1, 2])), /no server-sent event/],
  'an empty body': [send(''), /no server-sent event/],
  'JSON that is none': [send('event: message_start\ndata: {bad\n\n'), /before message_stop/],
  'an end in mid-text': [send(message('hello').slice(0, 420)), /before message_stop/],
};

describe('an upstream that sends', () => {
  let upstream: Server;
  let proxy: TestProxy;
  let play: Play = send('');
  let hits = 0;

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      request.resume().on('end', () => {
        hits += 1;
        play(response);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    proxy = await startProxy({ upstreams: [{ name: 'odd', kind: 'anthropic', baseURL, apiKey: 'sk-test-12345678' }] });
  });
  afterAll(async () => {
    await proxy.close();
    upstream.close();
    upstream.closeAllConnections();
  });

  async function ask(how: Play, isStreaming = true): Promise<{ reply: Response; text: string }> {
    play = how;
    hits = 0;
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', stream: isStreaming, input: 'hi' });
    const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await reply.text();
    expect(hits).toBe(1);
    return { reply, text };
  }
  const stepOf = (reply: Response) => reply.headers.get('x-deltascope-step') ?? '';

  for (const [name, how] of Object.entries(odd)) {
    it(`${name} is read all the same, streamed and not`, async () => {
      for (const isStreaming of [true, false]) {
        const { text } = await ask(how, isStreaming);
        expect(text).toContain('"text":"hello"');
        expect(text).toContain('"status":"completed"');
      }
    });
  }

  for (const [name, [how, words]] of Object.entries(wrong)) {
    it(`${name} makes a failed response that says so, and a stream without faults`, async () => {
      const { reply, text } = await ask(how);
      expect(text).toContain('event: response.failed');
      expect(text).toMatch(words);
      expect(await proxy.step(stepOf(reply))).toMatchObject({ status: 'failed' });
      const { findings } = await proxy.findings(stepOf(reply));
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect((await ask(how, false)).text).toContain('"status":"failed"');
    });
  }

  it('a reset in mid-stream makes a failed response with the bytes that came', async () => {
    const { reply, text } = await ask(
      (response) => void response.writeHead(200, stream).write(message('hello').slice(0, 420), () => response.destroy()),
    );
    expect(text).toMatch(/event: response\.failed/);
    expect((await proxy.bytes(`/api/steps/${stepOf(reply)}/upstream`)).length).toBeLessThanOrEqual(420);
  });

  it('a reset before any answer is a 502 that names the upstream', async () => {
    const { reply, text } = await ask((response) => void response.destroy());
    expect(reply.status).toBe(502);
    expect(text).toContain("Upstream 'odd'");
  });

  it('an HTML error page keeps its status', async () => {
    const { reply } = await ask(send('<html>Bad gateway</html>', { 'content-type': 'text/html' }, 502));
    expect([reply.status, reply.headers.get('content-type')]).toEqual([502, 'application/json; charset=utf-8']);
  });

  it('529 is told as 503 with its retry-after', async () => {
    const body = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const { reply } = await ask(send(body, { 'content-type': 'application/json', 'retry-after': '3' }, 529));
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '3']);
  });

  it('one frame of ten megabytes comes through whole', async () => {
    const { reply, text } = await ask(send(message('y'.repeat(10_000_000))));
    expect(text.length).toBeGreaterThan(10_000_000);
    expect(await proxy.step(stepOf(reply))).toMatchObject({ status: 'completed' });
  });
});
