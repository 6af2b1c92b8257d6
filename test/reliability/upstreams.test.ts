/**
 * Issue "nothing lost", upstreams that misbehave, over every kind. A translated client gets a whole answer
 * where there is one, else a correct failed response or an HTTP error; what passes through stays what it
 * is. In all cases the step has the upstream's bytes and says in a sentence what was wrong.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asObject, asString, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import type { UpstreamKind } from '../../proxy-core/upstreams/upstream.ts';
import { SAID } from '../helpers/fake-scenarios.ts';
import { scenarios } from '../helpers/fake-upstream.ts';
import { startBridge } from '../helpers/start-bridge.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { responsesStream } from './talking-upstream.ts';

// A busy machine may take its time, nothing here is about speed.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const TEXT = SAID.text.join('');
const KINDS: UpstreamKind[] = ['anthropic', 'openai-chat', 'gemini', 'responses'];
const MODELS: Record<UpstreamKind, string> = {
  anthropic: 'claude-sonnet-5',
  'openai-chat': 'm',
  gemini: 'gemini-3-pro',
  responses: 'm',
};

/** A whole answer that says SAID.text, or another first piece of it. */
function bodyOf(kind: UpstreamKind, first: string = SAID.text[0]): string {
  if (kind !== 'responses') return scenarios[kind].text.frames.join('').replace(JSON.stringify(SAID.text[0]), JSON.stringify(first));
  const { begin, word, end } = responsesStream('1');
  return begin + word(first) + word(SAID.text[1]) + end(first + SAID.text[1]);
}

/** As far as the first half of the text. */
function halfOf(kind: UpstreamKind): string {
  const body = bodyOf(kind);
  return body.slice(0, body.indexOf(SAID.text[1].slice(0, 4)) - 30);
}

type Play = (response: ServerResponse, kind: UpstreamKind) => unknown;
const STREAM = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };
type Headers = { [name: string]: string };

const send =
  (toBody: (kind: UpstreamKind) => string | Uint8Array, headers: Headers = STREAM, status = 200): Play =>
  (response, kind) =>
    response.writeHead(status, headers).end(toBody(kind));
const encoded = (encoding: string, pack: (body: string) => Uint8Array): Play =>
  send((kind) => pack(bodyOf(kind)), { ...STREAM, 'content-encoding': encoding });

/** Odd but right: the text arrives whole. */
const odd: Record<string, Play> = {
  gzip: encoded('gzip', gzipSync),
  deflate: encoded('deflate', deflateSync),
  brotli: encoded('br', brotliCompressSync),
  'two encodings': encoded('gzip, br', (body) => brotliCompressSync(gzipSync(body))),
  'CRLF line ends': send((kind) => bodyOf(kind).replaceAll('\n', '\r\n')),
  'a byte order mark': send((kind) => `\uFEFF${bodyOf(kind)}`),
  'comments and retry lines': send((kind) => `: hi\n\nretry: 5\n\n${bodyOf(kind).replaceAll('\n\n', '\n\n: ping\n\n')}`),
  'byte after byte, also inside UTF-8': async (response, kind) => {
    response.writeHead(200, STREAM);
    for (const byte of Buffer.from(bodyOf(kind))) {
      response.write(Buffer.from([byte]));
      await nextTurn();
    }
    response.end();
  },
  'the content type text/plain': send(bodyOf.bind(undefined), { 'content-type': 'text/plain' }),
  'the content type application/json': send(bodyOf.bind(undefined), JSON_TYPE),
  'no content type': send(bodyOf.bind(undefined), {}),
};

/** What cannot be a whole answer: [how, what a translated client is told, what the record says of what passes through]. */
const wrong: Record<string, [Play, RegExp, RegExp]> = {
  'a reset in mid-stream': [
    (response, kind) => response.writeHead(200, STREAM).write(halfOf(kind), () => response.socket?.resetAndDestroy()),
    /connection to .* broke.*after \d+ bytes/,
    /cut after \d+ bytes/,
  ],
  'a half-close in mid-stream': [
    (response, kind) => response.writeHead(200, STREAM).write(halfOf(kind), () => response.socket?.end()),
    /connection to .* broke.*after \d+ bytes/,
    /cut after \d+ bytes/,
  ],
  'an end in mid-text': [
    send(halfOf),
    /(before|without) (message_stop|a finish_?reason)/i,
    /ended without response\.completed.*after \d+ events/,
  ],
  'an end in mid-text, by closing': [
    send(halfOf, { ...STREAM, connection: 'close' }),
    /(before|without) (message_stop|a finish_?reason)/i,
    /ended without response\.completed/,
  ],
  'bytes that are no text': [
    send(() => Buffer.from([0, 255, 254, 10, 10, 1, 2, 200, 13, 10])),
    /(no server-sent event|no events|before any event).*What came begins with/,
    /held no event/,
  ],
  'an empty body': [send(() => ''), /no server-sent event|no events|before any event/, /held no event/],
  'an HTML page with status 200': [
    send(() => '<html><body><h1>Sign in</h1></body></html>', { 'content-type': 'text/html' }),
    /an HTML page titled "Sign in"/,
    /an HTML page titled "Sign in"/,
  ],
  'JSON that is none': [
    send(() => 'event: message_start\ndata: {bad\n\ndata: {"choices": [\n\n'),
    /before|without|before any event|no events/,
    /ended without response\.completed.*after 2 events/,
  ],
  'plain text that calls itself gzip': [
    encoded('gzip', (body) => Buffer.from(body)),
    /connection to .* broke.*header check/,
    /cut after 0 bytes: .*header check/,
  ],
  'a broken chunk size': [
    (response, kind) => {
      response.writeHead(200, STREAM).write(halfOf(kind), () => response.socket?.end('zzz\r\nnot a chunk\r\n'));
    },
    /connection to .* broke/,
    /cut after \d+ bytes/,
  ],
};

/** What a server that does not stream answers: text and a call. */
const WHOLE: Record<UpstreamKind, object> = {
  anthropic: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'c',
    content: [
      { type: 'text', text: TEXT },
      { type: 'tool_use', id: 'toolu_1', ...SAID.calls[0] },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 12, output_tokens: 5 },
  },
  'openai-chat': {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: TEXT,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: SAID.calls[0].name, arguments: JSON.stringify(SAID.calls[0].input) } },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
  },
  gemini: {
    candidates: [
      {
        content: { role: 'model', parts: [{ text: TEXT }, { functionCall: { name: SAID.calls[0].name, args: SAID.calls[0].input } }] },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 },
  },
  responses: { id: 'resp_1', object: 'response', status: 'completed', output: [], usage: null },
};

describe.each(KINDS)('an upstream of kind %s that sends', (kind) => {
  const isPassing = kind === 'responses';
  let upstream: Server;
  let proxy: TestProxy;
  let play: Play = send(() => '');
  let hits = 0;
  let baseURL = '';

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      request.resume().on('end', () => {
        // A look at the models is none of the answers.
        if (request.method === 'GET') return void response.writeHead(404, JSON_TYPE).end('{"error":{}}');
        hits += 1;
        play(response, kind);
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    baseURL = kind === 'responses' || kind === 'openai-chat' ? `${origin}/v1` : origin;
    proxy = await startProxy({ upstreams: [{ name: 'odd', kind, baseURL, apiKey: 'sk-test-12345678' }] });
  });
  afterAll(async () => {
    await proxy.close();
    upstream.close();
    upstream.closeAllConnections();
  });

  interface Asked {
    reply: Response;
    text: string;
    stepId: string;
    /** The connection broke before the answer was over. */
    isCut: boolean;
  }

  async function ask(how: Play, isStreaming = true): Promise<Asked> {
    play = how;
    hits = 0;
    const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODELS[kind], stream: isStreaming, input: 'hi' }),
      redirect: 'manual',
    });
    const parts: Uint8Array[] = [];
    let isCut = false;
    try {
      for await (const part of reply.body ?? []) parts.push(part);
    } catch {
      isCut = true; // as the upstream broke it
    }
    // Nothing is tried twice behind the client's back.
    expect(hits).toBe(1);
    return { reply, isCut, text: Buffer.concat(parts).toString('utf8'), stepId: reply.headers.get('x-deltascope-step') ?? '' };
  }

  /** The step, once it is over. */
  async function stepOf({ stepId }: Asked) {
    for (;;) {
      const step = await proxy.step(stepId);
      if (step.status !== 'streaming') return step;
    }
  }

  async function expectNoErrorFindings({ stepId }: Asked): Promise<void> {
    const { findings } = await proxy.findings(stepId);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }

  it.each(Object.keys(odd))('%s is read all the same', async (name) => {
    const asked = await ask(odd[name] as Play);
    expect(asked.text).toContain(TEXT);
    const step = await stepOf(asked);
    expect(step.status).toBe('completed');
    expect(step.eventCount).toBeGreaterThan(4);
    if (!isPassing) {
      await expectNoErrorFindings(asked);
      expect((await ask(odd[name] as Play, false)).text).toContain(`"text":"${TEXT}"`);
    }
  });

  it.each(Object.keys(wrong))('%s is told and recorded as a failure', async (name) => {
    const [how, told, noted] = wrong[name] as [Play, RegExp, RegExp];
    const asked = await ask(how);
    const step = await stepOf(asked);
    expect(step.status).toBe('failed');
    if (isPassing) {
      expect(step.error).toMatch(noted);
      expect((await proxy.bytes(`/api/steps/${asked.stepId}/emitted`)).toString('utf8')).toBe(asked.text);
      expect((await proxy.bytes(`/api/steps/${asked.stepId}/upstream`)).toString('utf8')).toBe(asked.text);
      return;
    }
    expect(asked.isCut).toBe(false);
    expect(asked.text).toContain('event: response.failed');
    const failed = asked.text.split('\n').findLast((line) => line.includes('"type":"response.failed"'));
    const error = asObject(asObject(parseJsonObject(failed?.slice(6) ?? '')?.['response'])['error']);
    expect(asString(error['message'])).toMatch(told);
    expect(step.error).toBe(error['message']);
    await expectNoErrorFindings(asked);
    const whole = await ask(how, false);
    expect(whole.text).toContain('"status":"failed"');
  });

  it('one JSON object instead of the stream that was asked for is made one', async () => {
    const asked = await ask(send(() => JSON.stringify(WHOLE[kind]), JSON_TYPE));
    const step = await stepOf(asked);
    expect(step.status).toBe('completed');
    if (isPassing) {
      expect(asked.text).toBe(JSON.stringify(WHOLE[kind]));
      expect(step.warnings[0]?.message).toContain("the content type 'application/json' instead of text/event-stream");
      return;
    }
    expect(asked.text).toContain('event: response.output_text.delta');
    expect(asked.text).toContain(`"text":"${TEXT}"`);
    expect(asked.text).toContain(`"arguments":"${JSON.stringify(JSON.stringify(SAID.calls[0].input)).slice(1, -1)}"`);
    expect(step.usage).toMatchObject({ inputTokens: 12, outputTokens: 5 });
    await expectNoErrorFindings(asked);
  });

  it('one frame of ten megabytes comes through whole', { timeout: 120_000 }, async () => {
    const asked = await ask(send(() => bodyOf(kind, 'y'.repeat(10_000_000))));
    expect(asked.text).toContain(`"y${'y'.repeat(9_999_998)}y`);
    expect((await stepOf(asked)).status).toBe('completed');
  });

  it.each([
    [429, 429],
    [503, 503],
    [529, isPassing ? 529 : 503],
  ])('status %i is told as %i, with its retry-after and its words', async (sent, told) => {
    const body = JSON.stringify({ error: { type: 'overloaded_error', message: 'Too much to do.', code: sent, status: 'UNAVAILABLE' } });
    const asked = await ask(send(() => body, { ...JSON_TYPE, 'retry-after': '7' }, sent));
    expect([asked.reply.status, asked.reply.headers.get('retry-after')]).toEqual([told, '7']);
    expect(asString(asObject(parseJsonObject(asked.text)?.['error'])['message'])).toContain('Too much to do.');
    const step = await stepOf(asked);
    expect([step.status, step.upstreamRequests[0]?.status]).toEqual(['failed', sent]);
    expect(step.error).toContain('Too much to do.');
    expect((await proxy.bytes(`/api/steps/${asked.stepId}/upstream`)).toString('utf8')).toBe(body);
  });

  it('an HTML error page keeps its status, and its title is what is told', async () => {
    const page = '<!doctype html>\n<html><head><title>502 Bad\n Gateway</title><style>x{}</style></head><body><h1>nginx</h1></body></html>';
    const asked = await ask(send(() => page, { 'content-type': 'text/html' }, 502));
    expect(asked.reply.status).toBe(502);
    const step = await stepOf(asked);
    expect(step.status).toBe('failed');
    expect(step.error).toContain('an HTML page titled "502 Bad Gateway"');
    if (isPassing) return expect(asked.text).toBe(page);
    expect(asObject(parseJsonObject(asked.text)?.['error'])['message']).toBe(step.error);
  });

  it('a redirect is an error and not followed with the key in hand', async () => {
    const asked = await ask(send(() => '', { location: 'http://127.0.0.1:1/elsewhere' }, 302));
    expect(asked.reply.status).toBe(isPassing ? 302 : 502);
    expect((await stepOf(asked)).status).toBe('failed');
  });

  it.each([
    ['a reset before any answer', (response: ServerResponse) => response.socket?.resetAndDestroy(), /It hung up before it answered/],
    ['a close before any answer', (response: ServerResponse) => response.socket?.end(), /It hung up before it answered/],
    ['an answer that is no HTTP', (response: ServerResponse) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'), /speaks no HTTP/],
  ] as const)('%s is a 502 that says which upstream, where, and what to do', async (_name, how, advice) => {
    const asked = await ask(how);
    expect(asked.reply.status).toBe(502);
    const { error } = parseJsonObject(asked.text) as { error: { message: string; code: string } };
    expect(error.message).toContain(`Upstream 'odd' at ${baseURL} could not be reached: `);
    expect(error.message).toMatch(advice);
    const step = await stepOf(asked);
    expect([step.status, step.error]).toEqual(['failed', error.message]);
  });

  it('nothing at all, in mid-stream or from the start, is given up after a while', async () => {
    const bridge = await startBridge([{ name: 'odd', kind, baseURL, apiKey: 'sk-test-12345678' }], { idleTimeoutMs: 40 });
    try {
      for (const how of [
        (response: ServerResponse) => response.writeHead(200, STREAM).write(halfOf(kind)),
        () => undefined,
      ] satisfies Play[]) {
        bridge.forgetTaps();
        play = how;
        const reply = await fetch(`${bridge.apiBase}/responses`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: MODELS[kind], stream: true, input: 'hi' }),
        });
        const text = await reply.text().catch(() => 'cut');
        await bridge.stepsEnded(1);
        expect(bridge.taps('upstream.end')[0]?.cause).toBe('timeout');
        const [ended] = bridge.taps('step.ended');
        expect(ended?.status).toBe('failed');
        expect(ended?.error).toContain('The upstream sent nothing for 0.04 seconds');
        expect(text).toMatch(isPassing ? /^cut$|could not be reached/ : /event: response\.failed/);
      }
    } finally {
      await bridge.close();
    }
  });
});
