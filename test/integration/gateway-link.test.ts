/**
 * A gateway in the middle, over real sockets: client → bridge → gateway → bridge → provider. Whose call an
 * inner one is, what the session list shows of it, and who is said to have made a fault.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Step } from '../../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { readZipStreams } from '../../proxy-core/files/zip-streams.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { startFakeGateway, startFakeProvider, type GatewayPlan, type LocalServer, type ProviderAnswer } from '../helpers/fake-gateway.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

// Bundles run seventeen clients on their streams, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let proxy: TestProxy;
let gateway: LocalServer;
let provider: LocalServer;
let plan: (request: JsonObject) => GatewayPlan;
let provide: (body: JsonObject) => ProviderAnswer | Promise<ProviderAnswer>;

const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;
const messages = (prompt: string, extra: JsonObject = {}) => ({
  path: '/u/anthropic/v1/messages',
  body: {
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    ...extra,
  },
});
const promptOf = (request: JsonObject): string => asString(asObject(asArray(request['input'])[0])['content']) ?? String(request['input']);
const wordsOf = (body: string): string[] =>
  body.split('\n').flatMap((line) => asString(asObject(parseJsonObject(line.replace(/^data: /, ''))?.['delta'])['text']) ?? []);

/** What an Anthropic model says, in two pieces. */
function says(text: string, { isCut = false } = {}): ProviderAnswer {
  const half = Math.ceil(text.length / 2);
  const usage = { input_tokens: 12, output_tokens: 5 };
  const delta = (piece: string) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } });
  return {
    frames: [
      data({ type: 'message_start', message: { id: 'msg_01', type: 'message', role: 'assistant', content: [], usage } }),
      data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      delta(text.slice(0, half)),
      delta(text.slice(half)),
      ...(isCut
        ? []
        : [
            data({ type: 'content_block_stop', index: 0 }),
            data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
            data({ type: 'message_stop' }),
          ]),
    ],
  };
}

/** As LiteLLM 1.83.14: the deltas carry the id of the chat completion, which was never announced. */
function brokenStream(words: readonly string[], itemId = 'chatcmpl-1'): string[] {
  const text = words.join('');
  const message = (status: string, content: object[]) => ({ type: 'message', id: 'msg_1', role: 'assistant', status, content });
  const part = { type: 'output_text', text, annotations: [] };
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'claude',
    output: [] as object[],
    tools: [],
    parallel_tool_calls: true,
    tool_choice: 'auto',
  };
  const usage = {
    input_tokens: 12,
    output_tokens: 5,
    total_tokens: 17,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  };
  const at = { output_index: 0, content_index: 0 };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress', usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: message('in_progress', []) },
    { type: 'response.content_part.added', ...at, item_id: 'msg_1', part: { ...part, text: '' } },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...at, item_id: itemId, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, item_id: 'msg_1', text, logprobs: [] },
    { type: 'response.content_part.done', ...at, item_id: 'msg_1', part },
    { type: 'response.output_item.done', output_index: 0, item: message('completed', [part]) },
    { type: 'response.completed', response: { ...response, status: 'completed', output: [message('completed', [part])], usage } },
  ].map((event, index) => `event: ${event.type}\n${data({ ...event, sequence_number: index })}`);
}

async function ask(prompt: string, extra: JsonObject = {}): Promise<{ stepId: string; sessionId: string; text: string }> {
  const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer client-key' },
    body: JSON.stringify({ model: 'claude', stream: true, input: [{ role: 'user', content: prompt }], ...extra }),
  });
  const { headers } = reply;
  return { text: await reply.text(), stepId: headers.get('x-deltascope-step') ?? '', sessionId: headers.get('x-deltascope-session') ?? '' };
}

const innerOf = async (stepId: string): Promise<Step[]> => (await proxy.step(stepId)).innerSteps ?? [];
const hopsOf = async (stepId: string): Promise<string[]> => [
  ...new Set(
    (await proxy.findings(stepId)).findings.filter(({ severity }) => severity === 'error').map(({ rule, hop }) => `${rule} ${hop}`),
  ),
];

beforeEach(async () => {
  provide = (body) => says(`The answer to ${JSON.stringify(asArray(body['messages']).length)} message: it is sunny in Paris.`);
  plan = (request) => ({ calls: [messages(promptOf(request))], answer: ([body]) => brokenStream(wordsOf(body ?? '')) });
  provider = await startFakeProvider((body) => provide(body));
  gateway = await startFakeGateway(
    () => proxy.ready.url,
    (request) => plan(request),
  );
  proxy = await startProxy({
    upstreams: [
      { name: 'litellm', kind: 'responses', baseURL: gateway.baseURL },
      { name: 'anthropic', kind: 'anthropic', baseURL: provider.origin },
      { name: 'openai', kind: 'openai-chat', baseURL: provider.baseURL },
    ],
  });
});
afterEach(async () => {
  await proxy.close();
  await gateway.close();
  await provider.close();
});

describe('a gateway in the middle', () => {
  it('blames the gateway for what the provider did not do', async () => {
    const { stepId } = await ask('What is the weather in Paris?');
    expect(await hopsOf(stepId)).toEqual(['item-id-announced bridge']);
  });

  it('links the inner call to the outer step, with its chunks', async () => {
    const { stepId } = await ask('What is the weather in Paris?');
    const step = await proxy.step(stepId);
    const [inner, ...others] = step.innerSteps ?? [];
    expect(others).toEqual([]);
    expect(inner).toMatchObject({ upstream: 'anthropic', innerOf: stepId, model: 'claude-haiku-4-5', status: 'completed' });
    expect(inner?.linkedBy).toBe('call of a gateway: same prompt, same model, same answer');
    expect(step.gateway).toMatchObject({
      stepId: inner?.id,
      sessionId: inner?.sessionId,
      upstream: 'anthropic',
      upstreamKind: 'anthropic',
    });
    expect(step.gateway?.offsetUs).toBeGreaterThanOrEqual(0);
    const { chunks } = await proxy.chunks(inner?.id ?? '');
    expect(chunks.map(({ text }) => text).join('')).toContain('content_block_delta');
  });

  it('keeps the session list to what the client did', async () => {
    const { sessionId, stepId } = await ask('What is the weather in Paris?');
    const { sessions } = await proxy.sessions();
    expect(sessions.map(({ id, stepCount, upstreams }) => ({ id, stepCount, upstreams }))).toEqual([
      { id: sessionId, stepCount: 1, upstreams: ['litellm'] },
    ]);
    const session = await proxy.session(sessionId);
    expect(session.steps.map(({ id }) => id)).toEqual([stepId]);
    const [inner] = await innerOf(stepId);
    expect((await proxy.session(inner?.sessionId ?? '')).steps.map(({ id }) => id)).toEqual([inner?.id]);
  });

  it('finds the session by words of the inner call', async () => {
    const { sessionId } = await ask('What is the weather in Paris?');
    const { sessions } = await proxy.api<{ sessions: { id: string }[] }>('/api/sessions?q=haiku');
    expect(sessions.map(({ id }) => id)).toEqual([sessionId]);
  });

  it('deletes the inner call with its session', async () => {
    const { sessionId, stepId } = await ask('What is the weather in Paris?');
    const [inner] = await innerOf(stepId);
    expect(
      (
        await fetch(`${proxy.ready.url}/api/sessions/${sessionId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${proxy.ready.token}` },
        })
      ).status,
    ).toBe(204);
    await expect(proxy.step(inner?.id ?? '')).rejects.toThrow('404');
  });

  it('says that a cut provider answer was told as complete, and that text was lost', async () => {
    provide = () => says('It is sunny in Paris today, and it will rain in Oslo tomorrow.', { isCut: true });
    plan = (request) => ({
      calls: [messages(promptOf(request))],
      answer: ([body]) => brokenStream(wordsOf(body ?? '').slice(0, 1), 'msg_1'),
    });
    const { stepId } = await ask('What is the weather?');
    expect(await hopsOf(stepId)).toEqual(['upstream-end-honoured bridge', 'upstream-content-kept bridge']);
  });

  it.each(['secrets', 'content'])('comes back from a bundle (%s) on the same lane, with the same findings and blame', async (redact) => {
    provide = () => says('It is sunny in Paris today, and it will rain in Oslo tomorrow.', { isCut: true });
    plan = (request) => ({ calls: [messages(promptOf(request))], answer: ([body]) => brokenStream(wordsOf(body ?? '').slice(0, 1)) });
    const { stepId, sessionId } = await ask('What is the weather?');
    const toKeys = (findings: Finding[]) => findings.map(({ rule, event, hop }) => ({ rule, event, hop }));
    const live = toKeys((await proxy.findings(stepId)).findings);
    expect(live.map(({ rule }) => rule)).toContain('upstream-end-honoured');

    const bundle = await proxy.bytes(`/api/sessions/${sessionId}/bundle?redact=${redact}`);
    const { streams } = await readZipStreams(bundle);
    expect(toKeys(lintStreams(streams)[0]?.findings ?? [])).toEqual(live);
    if (redact === 'content') expect(Buffer.from(streams[0]?.gateway ?? []).toString('utf8')).not.toContain('Oslo');

    const { sessions } = await proxy.api<{ sessions: string[] }>('/api/imports', { method: 'POST', body: Buffer.from(bundle) });
    const again = (await proxy.session(sessions[0] ?? '')).steps[0]?.id ?? '';
    expect(toKeys((await proxy.findings(again)).findings)).toEqual(live);
    const [inner] = await innerOf(stepId);
    const { gateway, innerSteps } = await proxy.step(again);
    expect(gateway).toMatchObject({ ...(await proxy.step(stepId)).gateway, stepId: gateway?.stepId, sessionId: gateway?.sessionId });
    expect(innerSteps).toMatchObject([{ id: gateway?.stepId, innerOf: again, linkedBy: inner?.linkedBy, status: inner?.status }]);
    const chunks = async (id: string) => (await proxy.chunks(id)).chunks.map(({ tUs, size }) => [tUs, size]);
    expect(await chunks(gateway?.stepId ?? '')).toEqual(await chunks(inner?.id ?? ''));
    expect((await proxy.sessions()).sessions.some(({ id }) => id === gateway?.sessionId)).toBe(false);
  });

  it('keeps a clean gateway free of findings', async () => {
    plan = (request) => ({ calls: [messages(promptOf(request))], answer: ([body]) => brokenStream(wordsOf(body ?? ''), 'msg_1') });
    const { stepId } = await ask('What is the weather?');
    expect((await proxy.findings(stepId)).findings).toEqual([]);
    expect((await proxy.step(stepId)).gateway).not.toBeNull();
  });

  it('tells a Responses provider apart from the gateway that passes its fault on', async () => {
    const broken = brokenStream(['It is ', 'sunny in Paris.']);
    provide = () => ({ frames: broken });
    plan = () => ({
      calls: [{ path: '/u/vllm/v1/responses', body: { model: 'claude', stream: true, input: [{ role: 'user', content: 'Weather?' }] } }],
      answer: ([body]) => (body ?? '').split(/(?<=\n\n)/),
    });
    await proxy.close();
    proxy = await startProxy({
      upstreams: [
        { name: 'litellm', kind: 'responses', baseURL: gateway.baseURL },
        { name: 'vllm', kind: 'responses', baseURL: provider.baseURL },
      ],
    });
    const { stepId } = await ask('Weather?');
    expect((await innerOf(stepId)).map(({ upstream }) => upstream)).toEqual(['vllm']);
    expect(await hopsOf(stepId)).toEqual(['item-id-announced upstream']);
  });

  it('takes the call that the answer came from when the gateway tried more than once', async () => {
    let count = 0;
    provide = () => {
      count += 1;
      return count < 3
        ? { status: 529, frames: [JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })] }
        : says('It is sunny in Paris.');
    };
    plan = (request) => {
      const call = messages(promptOf(request));
      return { calls: [call, call, call], answer: (bodies) => brokenStream(wordsOf(bodies.at(-1) ?? '')) };
    };
    const { stepId } = await ask('What is the weather?');
    const inner = await innerOf(stepId);
    expect(inner.map(({ status, httpStatus }) => `${status} ${httpStatus}`)).toEqual(['failed 529', 'failed 529', 'completed 200']);
    expect((await proxy.step(stepId)).gateway?.stepId).toBe(inner[2]?.id);
    expect((await proxy.sessions()).sessions).toHaveLength(1);
  });

  it('tells two steps in flight apart by their prompts', async () => {
    const both = gate(2);
    provide = async (body) => {
      await both();
      return says(`You asked: ${JSON.stringify(body['messages'])}`);
    };
    const [paris, oslo] = await Promise.all([ask('The weather in Paris?'), ask('The weather in Oslo?')]);
    for (const [{ stepId }, city] of [
      [paris, 'Paris'],
      [oslo, 'Oslo'],
    ] as const) {
      const [inner, ...others] = await innerOf(stepId);
      expect(others).toEqual([]);
      expect(JSON.stringify((await proxy.step(inner?.id ?? '')).request.body)).toContain(city);
      expect(await hopsOf(stepId)).toEqual(['item-id-announced bridge']);
    }
  });

  it('tells two equal requests in flight apart by their answers', async () => {
    const both = gate(2);
    const answers = ['It is sunny in Paris and warm as toast.', 'Rain falls over Oslo until the evening.'];
    let asked = 0;
    // The nth call gets the nth answer, and the gateway hands each client the other one's.
    plan = (request) => {
      const n = asked++;
      return { calls: [messages(promptOf(request), { temperature: n })], answer: () => brokenStream([answers[1 - n] ?? '']) };
    };
    provide = async (body) => {
      await both();
      return says(answers[Number(body['temperature'])] ?? '');
    };
    for (const { stepId, text } of await Promise.all([ask('Surprise me.'), ask('Surprise me.')])) {
      const [inner, ...others] = await innerOf(stepId);
      expect(others).toEqual([]);
      const said = wordsOf((await proxy.bytes(`/api/steps/${inner?.id}/upstream`)).toString('utf8')).join('');
      expect(text).toContain(said);
      expect(await hopsOf(stepId)).toEqual(['item-id-announced bridge']);
    }
  });

  it('leaves another program alone that talks to the provider at the same time', async () => {
    let other: Promise<unknown> = Promise.resolve();
    plan = (request) => ({
      calls: [messages(promptOf(request))],
      beforeAnswer: Promise.resolve().then(async () => {
        const { path, body } = messages('Write a poem about sand.');
        other = fetch(`${proxy.ready.url}${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }).then((reply) => reply.text());
        await other;
      }),
      answer: ([body]) => brokenStream(wordsOf(body ?? '')),
    });
    provide = (body) =>
      says(JSON.stringify(body['messages']).includes('poem') ? 'Grain upon grain the dune walks on.' : 'It is sunny in Paris.');
    const { stepId, sessionId } = await ask('What is the weather?');
    await other;
    expect(await innerOf(stepId)).toHaveLength(1);
    const { sessions } = await proxy.sessions();
    expect(sessions.map(({ upstreams }) => upstreams.join()).toSorted()).toEqual(['anthropic', 'litellm']);
    expect(sessions.find(({ id }) => id === sessionId)?.stepCount).toBe(1);
  });

  it('gives a call back that only asked the same: its answer went elsewhere', async () => {
    plan = (request) => ({
      calls: [messages(promptOf(request))],
      beforeAnswer: Promise.resolve().then(async () => {
        const { path, body } = messages(promptOf(request), { temperature: 1 });
        await (
          await fetch(`${proxy.ready.url}${path}`, {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          })
        ).text();
      }),
      answer: ([body]) => brokenStream(wordsOf(body ?? '')),
    });
    provide = (body) => says(body['temperature'] === 1 ? 'Grain upon grain the dune walks on.' : 'It is sunny in Paris.');
    const { stepId } = await ask('What is the weather?');
    expect(await innerOf(stepId)).toHaveLength(1);
    expect((await proxy.sessions()).sessions.map(({ upstreams }) => upstreams.join()).toSorted()).toEqual(['anthropic', 'litellm']);
    expect(await hopsOf(stepId)).toEqual(['item-id-announced bridge']);
  });

  it('links by call ids when the gateway forgot the prompt', async () => {
    plan = () => ({
      calls: [
        messages('', {
          messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_0123456789', content: 'sunny' }] }],
        }),
      ],
      answer: ([body]) => brokenStream(wordsOf(body ?? '')),
    });
    const { stepId } = await ask('', {
      input: [{ type: 'function_call_output', call_id: 'toolu_0123456789', output: 'sunny' }],
      previous_response_id: 'resp_0',
    });
    expect((await innerOf(stepId)).map(({ linkedBy }) => linkedBy)).toEqual(['call of a gateway: same call ids, same model, same answer']);
  });

  it('links by the answer when the gateway rewrote the prompt', async () => {
    plan = (request) => ({
      calls: [messages(`You are helpful. User: ${promptOf(request)}`)],
      answer: ([body]) => brokenStream(wordsOf(body ?? '')),
    });
    const { stepId } = await ask('What is the weather?');
    expect((await innerOf(stepId)).map(({ linkedBy }) => linkedBy)).toEqual(['call of a gateway: same answer']);
    expect(await hopsOf(stepId)).toEqual(['item-id-announced bridge']);
    expect((await proxy.sessions()).sessions).toHaveLength(1);
  });
});

/** Settles for all when as many as this have come. */
function gate(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let come = 0;
  return () => {
    come += 1;
    if (come >= count) open();
    return opened;
  };
}
