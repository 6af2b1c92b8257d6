/** Recorded sessions run again: served, retranslated, sent again. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Replay } from '../../proxy-core/protocol/api/handover-api.ts';
import type { StreamDiff } from '../../proxy-core/protocol/diff/diff-streams.ts';
import { asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const KINDS: readonly FakeKind[] = ['anthropic', 'openai-chat', 'gemini'];
const TOOLS = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  name,
  description: name,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
}));

let upstreams: Record<FakeKind, FakeUpstream>;
let proxy: TestProxy;

beforeAll(async () => {
  const started = await Promise.all(KINDS.map((kind) => startFakeUpstream(kind)));
  upstreams = Object.fromEntries(KINDS.map((kind, index) => [kind, started[index]])) as Record<FakeKind, FakeUpstream>;
  proxy = await startProxy({
    upstreams: KINDS.map((kind) => ({ name: kind, kind, baseURL: upstreams[kind].baseURL, apiKey: 'key-of-the-fake-1' })),
  });
});

afterAll(async () => {
  await Promise.all([proxy.close(), ...KINDS.map((kind) => upstreams[kind].close())]);
});

async function send(base: string, body: JsonObject): Promise<{ bytes: Buffer; session: string; response: JsonObject; pieces: number }> {
  const reply = await fetch(`${base}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of reply.body ?? []) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const events = readFrames(bytes).map(({ data }) => parseJsonObject(data) ?? {});
  const response = asObject(events.findLast((event) => event['response'] !== undefined)?.['response']);
  return { bytes, response, pieces: pieces.length, session: reply.headers.get('x-deltascope-session') ?? '' };
}

/** A tool loop of two steps, by previous_response_id. */
async function record(kind: FakeKind): Promise<{ session: string; requests: JsonObject[]; answers: Buffer[] }> {
  upstreams[kind].answer('parallel', 'think-text');
  const base = `${proxy.ready.url}/u/${kind}/v1`;
  const first: JsonObject = { model: 'm', input: `What now? ${Math.random()}`, tools: TOOLS, stream: true };
  const one = await send(base, first);
  const calls = (one.response['output'] as JsonObject[]).filter(({ type }) => type === 'function_call');
  expect(calls.length).toBe(2);
  const outputs = calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: '{"ok":true}' }));
  const second: JsonObject = { model: 'm', input: outputs, previous_response_id: one.response['id'], tools: TOOLS, stream: true };
  const two = await send(base, second);
  expect(two.session).toBe(one.session);
  return { session: one.session, requests: [first, second], answers: [one.bytes, two.bytes] };
}

const replay = (session: string, body: JsonObject) =>
  proxy.api<Replay>(`/api/sessions/${session}/replays`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('serve', () => {
  it('gives the recorded bytes again, step by step, in the recorded pieces', async () => {
    const { session, requests, answers } = await record('anthropic');
    const { baseURL, id } = await replay(session, { mode: 'serve', speed: 'max' });
    expect(baseURL).toBe(`${proxy.ready.url}/replay/${id}/v1`);
    for (let round = 0; round < 2; round++) {
      for (const [index, request] of requests.entries()) {
        const served = await send(baseURL ?? '', request);
        expect(served.bytes.equals(answers[index] ?? Buffer.alloc(0))).toBe(true);
        expect(served.pieces).toBeGreaterThan(1);
      }
    }
    expect(await proxy.api<Replay>(`/api/replays/${id}`)).toMatchObject({ mode: 'serve', status: 'serving', done: 4 });
  });

  it('finds the step by its call ids when the client asks in another order', async () => {
    const { session, requests, answers } = await record('anthropic');
    const { baseURL } = await replay(session, { mode: 'serve', speed: 1000 });
    expect((await send(baseURL ?? '', requests[1] ?? {})).bytes.equals(answers[1] ?? Buffer.alloc(0))).toBe(true);
    expect((await send(baseURL ?? '', requests[0] ?? {})).bytes.equals(answers[0] ?? Buffer.alloc(0))).toBe(true);
  });

  it('carries a real client through the whole loop', async () => {
    const { session, answers } = await record('gemini');
    const { baseURL } = await replay(session, { mode: 'serve', speed: 'max' });
    const client = new OpenAI({ baseURL: baseURL ?? '', apiKey: 'none', maxRetries: 0 });
    const tools = TOOLS as OpenAI.Responses.FunctionTool[];
    const first = await client.responses.stream({ model: 'm', input: 'anything', tools }).finalResponse();
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    const input = calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'x' }));
    const second = await client.responses.stream({ model: 'm', input, previous_response_id: first.id, tools }).finalResponse();
    expect(second.output_text).not.toBe('');
    expect(answers[1]?.toString('utf8')).toContain(second.id);
  });

  it('is gone when it is removed', async () => {
    const { session } = await record('anthropic');
    const { baseURL, id } = await replay(session, { mode: 'serve', speed: 'max' });
    await expect(proxy.api(`/api/replays/${id}`, { method: 'DELETE' })).rejects.toThrow('JSON');
    await expect(proxy.api(`/api/replays/${id}`)).rejects.toThrow('404');
    expect((await fetch(`${baseURL ?? ''}/models`)).status).toBe(404);
  });

  it('refuses what it does not know', async () => {
    const { session } = await record('anthropic');
    await expect(replay(session, { mode: 'again' })).rejects.toThrow('400');
    await expect(replay(session, { mode: 'serve', speed: 0 })).rejects.toThrow('400');
    await expect(replay('sess_none', { mode: 'serve', speed: 'max' })).rejects.toThrow('404');
    await expect(replay(session, { mode: 'resend', speed: 'max', upstream: 'nobody' })).rejects.toThrow('nobody');
  });
});

describe('retranslate', () => {
  for (const kind of KINDS) {
    it(`gives today's stream of the recorded ${kind} bytes, equal to our own recording`, async () => {
      const { session } = await record(kind);
      const made = await replay(session, { mode: 'retranslate', speed: 'max' });
      expect(made).toMatchObject({ status: 'done', done: 2, total: 2, notes: [] });
      const [before, after] = [await proxy.session(session), await proxy.session(made.sessionId ?? '')];
      expect(after).toMatchObject({ replayOf: session, stepCount: 2, title: before.title });
      for (const [index, step] of before.steps.entries()) {
        const twin = after.steps[index];
        expect(await proxy.api<StreamDiff>(`/api/diff?left=${step.id}&right=${twin?.id ?? ''}`)).toEqual({ equal: true, differences: [] });
        const [left, right] = await Promise.all([step.id, twin?.id ?? ''].map((id) => proxy.bytes(`/api/steps/${id}/emitted`)));
        // Also the ids and the times: nothing but the second in which it was made may differ.
        expect(withoutSeconds(right)).toBe(withoutSeconds(left));
        expect(twin?.status).toBe(step.status);
        expect((await proxy.findings(twin?.id ?? '')).findings).toEqual((await proxy.findings(step.id)).findings);
        expect((await proxy.chunks(twin?.id ?? '')).chunks.map(({ text }) => text)).toEqual(
          (await proxy.chunks(step.id)).chunks.map(({ text }) => text),
        );
      }
    });
  }

  it('retells errors and cut streams as they were', async () => {
    for (const scenario of ['rate-limited', 'error-mid', 'cut', 'reset', 'length', 'refusal'] as const) {
      upstreams.anthropic.answer(scenario);
      const { session } = await send(`${proxy.ready.url}/u/anthropic/v1`, {
        model: 'm',
        input: `${scenario} ${Math.random()}`,
        stream: true,
      });
      const made = await replay(session, { mode: 'retranslate', speed: 'max' });
      const [before, after] = [await proxy.session(session), await proxy.session(made.sessionId ?? '')];
      const [left, right] = [before.steps[0], after.steps[0]];
      expect([scenario, right?.status, right?.httpStatus]).toEqual([scenario, left?.status, left?.httpStatus]);
      const diff = await proxy.api<StreamDiff>(`/api/diff?left=${left?.id ?? ''}&right=${right?.id ?? ''}`);
      expect(diff.differences.filter(({ path }) => !path.endsWith('message'))).toEqual([]);
    }
  });
});

describe('resend', () => {
  it('sends the recorded requests again, with the recorded outputs for the new calls', async () => {
    const { session } = await record('anthropic');
    upstreams.anthropic.answer('parallel', 'think-text');
    upstreams.anthropic.seen.length = 0;
    const made = await replay(session, { mode: 'resend', speed: 'max' });
    expect(made).toMatchObject({ status: 'done', done: 2, notes: [] });
    const after = await proxy.session(made.sessionId ?? '');
    expect(after).toMatchObject({ replayOf: session, stepCount: 2 });
    const before = await proxy.session(session);
    for (const [index, step] of before.steps.entries()) {
      expect((await proxy.api<StreamDiff>(`/api/diff?left=${step.id}&right=${after.steps[index]?.id ?? ''}`)).equal).toBe(true);
      expect(after.steps[index]?.responseId).not.toBe(step.responseId);
    }
    const results = JSON.stringify(upstreams.anthropic.seen[1]?.body);
    expect(results).toContain('tool_result');
    expect(results).toContain('{\\"ok\\":true}');
    expect(after.steps[1]?.previousResponseId).toBe(after.steps[0]?.responseId);
  });

  it('goes to another upstream, whose calls have other ids', async () => {
    const { session } = await record('anthropic');
    upstreams.gemini.answer('parallel', 'text');
    const made = await replay(session, { mode: 'resend', speed: 'max', upstream: 'gemini' });
    expect(made).toMatchObject({ status: 'done', done: 2 });
    const after = await proxy.session(made.sessionId ?? '');
    expect(after.steps.map(({ upstream, status }) => `${upstream} ${status}`)).toEqual(['gemini completed', 'gemini completed']);
    expect((await proxy.findings(after.steps[1]?.id ?? '')).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('can be stopped in the middle', async () => {
    const { session } = await record('anthropic');
    upstreams.anthropic.answer('silent');
    upstreams.anthropic.seen.length = 0;
    const made = await replay(session, { mode: 'resend', speed: 'max' });
    expect(made).toMatchObject({ status: 'running', done: 0, total: 2 });
    await expect(proxy.api(`/api/replays/${made.id}`, { method: 'DELETE' })).rejects.toThrow('JSON');
    // The upstream sees that nobody waits any more.
    await upstreams.anthropic.seen[0]?.closed;
    upstreams.anthropic.answer('text');
  });

  it('stops with a sentence when the new answer makes none of the calls', async () => {
    const { session } = await record('anthropic');
    upstreams['openai-chat'].answer('text');
    const made = await replay(session, { mode: 'resend', speed: 'max', upstream: 'openai-chat' });
    expect(made.notes.join(' ')).toContain('Stopped before step 1');
    expect((await proxy.session(made.sessionId ?? '')).stepCount).toBe(1);
  });
});

function withoutSeconds(bytes: Buffer | undefined): string {
  return (bytes?.toString('utf8') ?? '').replaceAll(/"(created_at|completed_at)":\d+/g, '"$1":0');
}

it('keeps ids in their namespaces when a session is retranslated', async () => {
  const { session } = await record('openai-chat');
  const made = await replay(session, { mode: 'retranslate', speed: 'max' });
  const after = await proxy.session(made.sessionId ?? '');
  expect(asString(after.steps[0]?.responseId)).toMatch(/^resp_/);
});
