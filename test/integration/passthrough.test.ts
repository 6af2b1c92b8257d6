/** An upstream that speaks Responses: bytes and status unchanged, unless repair or a quirk was asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFakeResponses, type FakeResponses } from '../helpers/fake-responses.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const KEY = 'sk-test-0123456789abcdef';

/** A whole stream of one text message; `deltaId` is what the deltas call the item. */
function textStream({ deltaId = 'msg_1' } = {}): string {
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] as unknown[] };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const done = { ...item, status: 'completed', content: [{ ...part, text: 'Hello' }] };
  const response = {
    id: 'resp_upstream1',
    object: 'response',
    created_at: 1_700_000_000,
    model: 'm',
    status: 'in_progress',
    output: [] as unknown[],
    usage: null as unknown,
    tools: [],
    parallel_tool_calls: true,
    tool_choice: 'auto',
  };
  const usage = {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 3,
  };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const events = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...place, part },
    { type: 'response.output_text.delta', ...place, item_id: deltaId, delta: 'Hello', logprobs: [] },
    { type: 'response.output_text.done', ...place, text: 'Hello', logprobs: [] },
    { type: 'response.content_part.done', ...place, part: { ...part, text: 'Hello' } },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [done], usage } },
  ];
  return events
    .map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`)
    .join('');
}

describe('a responses upstream', () => {
  let upstream: FakeResponses;
  let proxy: TestProxy;
  beforeAll(async () => {
    upstream = await startFakeResponses({ chunks: [textStream()] });
    proxy = await startProxy({ upstreams: [{ name: 'gw', kind: 'responses', baseURL: upstream.baseURL }] });
  });
  afterEach(() => {
    upstream.answer = { chunks: [textStream()] };
  });
  afterAll(async () => {
    await proxy.close();
    await upstream.close();
  });

  const ask = (path = '/v1/responses', headers: Record<string, string> = {}, body: object = { model: 'm', stream: true, input: 'hi' }) =>
    fetch(`${proxy.ready.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
      body: JSON.stringify(body),
    });
  const stepOf = (reply: Response) => reply.headers.get('x-deltascope-step') ?? '';

  it('gets the client’s own bytes and credential; the answer comes back byte for byte, however it is cut', async () => {
    const bytes = Buffer.from(`: note\n\n${textStream().replace(/\n/g, '\r\n')}data: [DONE]\r\n\r\n`, 'utf8');
    upstream.answer = { chunks: [bytes.subarray(0, 7), bytes.subarray(7, 300), bytes.subarray(300)] };
    const reply = await ask();
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(bytes);
    expect(upstream.seen.at(-1)).toMatchObject({
      path: '/v1/responses',
      body: '{"model":"m","stream":true,"input":"hi"}',
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(await proxy.bytes(`/api/steps/${stepOf(reply)}/emitted`)).toEqual(bytes);
    expect(await proxy.step(stepOf(reply))).toMatchObject({
      status: 'completed',
      responseId: 'resp_upstream1',
      eventCount: 9,
      usage: { totalTokens: 3 },
    });
  });

  it('has a routing prefix taken out of the model, and nothing else', async () => {
    await (await ask('/v1/responses', {}, { model: 'gw/org/m', input: 'hi', extra: [1] })).text();
    expect(JSON.parse(upstream.seen.at(-1)?.body ?? '')).toEqual({ model: 'org/m', input: 'hi', extra: [1] });
    await (await ask('/u/gw/v1/responses', {}, { model: 'gw/m', input: 'hi' })).text();
    expect(JSON.parse(upstream.seen.at(-1)?.body ?? '')).toMatchObject({ model: 'gw/m' });
  });

  it('keeps the status and body of an error', async () => {
    upstream.answer = {
      status: 429,
      headers: { 'content-type': 'application/json', 'retry-after': '7' },
      chunks: ['{"error":{"message":"slow down"}}'],
    };
    const reply = await ask();
    expect([reply.status, reply.headers.get('retry-after'), await reply.text()]).toEqual([429, '7', '{"error":{"message":"slow down"}}']);
    expect(await proxy.step(stepOf(reply))).toMatchObject({ status: 'failed', httpStatus: 429 });
  });

  it('that breaks off breaks the client’s connection: nothing is made up', async () => {
    upstream.answer = { chunks: [textStream().slice(0, 900)], breaksOff: true };
    const reply = await ask();
    await expect(reply.text()).rejects.toThrow();
    expect(await proxy.step(stepOf(reply))).toMatchObject({ status: 'failed' });
  });

  it('is asked for the responses that it made', async () => {
    await (await ask()).text();
    upstream.answer = { headers: { 'content-type': 'application/json' }, chunks: ['{"id":"resp_upstream1","object":"response"}'] };
    const reply = await fetch(`${proxy.ready.apiBase}/responses/resp_upstream1`);
    expect(await reply.json()).toEqual({ id: 'resp_upstream1', object: 'response' });
    expect(upstream.seen.at(-1)).toMatchObject({ method: 'GET', path: '/v1/responses/resp_upstream1' });
  });

  it('is linted as it passes', async () => {
    upstream.answer = { chunks: [textStream({ deltaId: 'chatcmpl-9' })] };
    const reply = await ask();
    await reply.text();
    const { findings } = await proxy.findings(stepOf(reply));
    expect(findings).toMatchObject([{ rule: 'item-id-announced', event: 4, actual: 'chatcmpl-9' }]);
  });

  it('is mended under x-deltascope-repair: on; both streams are recorded', async () => {
    const broken = textStream({ deltaId: 'chatcmpl-9' });
    upstream.answer = { chunks: [broken] };
    const reply = await ask('/v1/responses', { 'x-deltascope-repair': 'on' });
    const text = await reply.text();
    expect(text).not.toContain('chatcmpl-9');
    expect((await proxy.bytes(`/api/steps/${stepOf(reply)}/upstream`)).toString('utf8')).toBe(broken);
    expect((await proxy.bytes(`/api/steps/${stepOf(reply)}/emitted`)).toString('utf8')).toBe(text);
    expect((await proxy.findings(stepOf(reply))).findings).toEqual([]);
  });

  it('under repair ends a stream that broke off with response.failed', async () => {
    upstream.answer = { chunks: [textStream().slice(0, 900)], breaksOff: true };
    const reply = await ask('/v1/responses', { 'x-deltascope-repair': 'on' });
    expect(await reply.text()).toContain('event: response.failed');
  });

  it('leaves a clean stream alone under repair', async () => {
    expect(await (await ask('/v1/responses', { 'x-deltascope-repair': 'on' })).text()).toBe(textStream());
  });

  it('gets the quirks that the path or a header names', async () => {
    for (const reply of [
      await ask('/quirks/empty-final-output/v1/responses'),
      await ask('/v1/responses', { 'x-deltascope-quirks': 'empty-final-output' }),
    ]) {
      await reply.text();
      expect((await proxy.findings(stepOf(reply))).findings.map(({ rule }) => rule)).toEqual(['final-output-equals-stream']);
    }
    const refused = await ask('/quirks/rate-limit/v1/responses');
    expect(refused.status).toBe(429);
    expect((await ask('/quirks/no-such/v1/responses')).status).toBe(400);
  });

  it('never has its key written down', async () => {
    await (await ask('/v1/responses', {}, { model: 'm', input: `my key is ${KEY}` })).text();
    await proxy.api('/api/sessions');
    const files = readdirSync(proxy.dataDir).map((file) => readFileSync(join(proxy.dataDir, file), 'latin1'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file.includes(KEY)).toBe(false);
  });
});

describe('quirks on a translated upstream', () => {
  it('break what the client gets, and are recorded as it got them', async () => {
    const proxy = await startProxy();
    const reply = await fetch(`${proxy.ready.url}/quirks/response-id-change/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo-claude', stream: true, input: 'Hello' }),
    });
    const text = await reply.text();
    const stepId = reply.headers.get('x-deltascope-step') ?? '';
    expect((await proxy.bytes(`/api/steps/${stepId}/emitted`)).toString('utf8')).toBe(text);
    expect((await proxy.findings(stepId)).findings.map(({ rule }) => rule)).toContain('response-id-stable');
    await proxy.close();
  });
});
