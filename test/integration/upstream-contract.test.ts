/**
 * One contract for every upstream kind of the registry. A fake provider per kind speaks the provider's own
 * wire format over HTTP; whatever the kind, the client must see the same answer, and the provider the same
 * conversation. A new kind is registered in proxy-core/upstreams/index.ts and gets its scenarios in
 * test/helpers/fake-upstream.ts; nothing here knows a kind by name but the readers of requests at the end.
 */
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createResponseObject } from '../../proxy-core/emitter/response-object.ts';
import { createResponsesEmitter } from '../../proxy-core/emitter/responses-emitter.ts';
import { createStreamTranslator } from '../../proxy-core/exchange/translate-stream.ts';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { createLinter } from '../../proxy-core/protocol/lint/run-rules.ts';
import type { OutputItem, ResponseObject, ResponsesEvent } from '../../proxy-core/protocol/responses/wire.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { SAID, type ScenarioName } from '../helpers/fake-scenarios.ts';
import { bytesOf, scenarios, startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startBridge, type TestBridge } from '../helpers/start-bridge.ts';

const MODELS: Record<FakeKind, string> = { anthropic: 'claude-sonnet-5', 'openai-chat': 'm', gemini: 'gemini-3-pro' };
const KEY = 'sk-contract-secret';
const TEXT = SAID.text.join('');

const tools = SAID.calls.map(({ name }) => ({
  type: 'function',
  name,
  description: 'D',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
}));

interface Answer {
  status: number;
  headers: Headers;
  events: ResponsesEvent[];
  /** The response of the last event. */
  response: ResponseObject;
  text: string;
}

for (const kind of Object.keys(translators) as FakeKind[]) {
  describe(`upstream kind ${kind}`, () => {
    let upstream: FakeUpstream;
    let bridge: TestBridge;
    beforeAll(async () => {
      upstream = await startFakeUpstream(kind);
      bridge = await startBridge([{ name: 'fake', kind, baseURL: upstream.baseURL, apiKey: KEY }]);
    });
    afterEach(() => {
      upstream.seen.length = 0;
      upstream.chunkSize = undefined;
      bridge.forgetTaps();
    });
    afterAll(async () => {
      await bridge.close();
      await upstream.close();
    });

    const post = (body: object, signal?: AbortSignal): Promise<Response> =>
      fetch(`${bridge.apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: MODELS[kind], input: 'Hi', stream: true, tools, ...body }),
        ...(signal ? { signal } : {}),
      });

    async function ask(name: ScenarioName, body: object = {}): Promise<Answer> {
      upstream.answer(name);
      const reply = await post(body);
      const text = await reply.text();
      const events = readFrames(Buffer.from(text)).flatMap(({ data }) => (data === '[DONE]' ? [] : [parseJson(data) as ResponsesEvent]));
      return { status: reply.status, headers: reply.headers, events, response: events.at(-1)?.['response'] as ResponseObject, text };
    }

    /** A stream that no rule and no real client finds fault with. */
    async function expectClean(answer: Answer): Promise<void> {
      expect(answer.status).toBe(200);
      expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true);
      const linter = createLinter();
      for (const [index, event] of answer.events.entries()) {
        linter.event({ index, name: event.type, data: JSON.stringify(event), json: event, tUs: null, chunkIndex: null });
      }
      expect(linter.end().filter(({ severity }) => severity === 'error')).toEqual([]);
      const sse = async (): Promise<Response> => new Response(answer.text, { headers: { 'content-type': 'text/event-stream' } });
      const final = await new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: sse }).responses
        .stream({ model: 'x', input: 'x' })
        .finalResponse();
      expect(final.output).toMatchObject(answer.response.output);
    }

    it('streams text, with its usage', async () => {
      const answer = await ask('text');
      await expectClean(answer);
      expect(summary(answer.response)).toEqual(['completed', `message "${TEXT}" completed`]);
      expect(answer.response.usage).toMatchObject({ input_tokens: SAID.usage.input, output_tokens: SAID.usage.output, total_tokens: 17 });
      expect(deltas(answer, 'response.output_text.delta')).toEqual(SAID.text);
    });

    it('answers without streaming with the same response', async () => {
      const streamed = (await ask('think-tool')).response;
      const reply = await post({ stream: false });
      expect(reply.headers.get('content-type')).toContain('application/json');
      expect(summary((await reply.json()) as ResponseObject)).toEqual(summary(streamed));
    });

    it('streams a call', async () => {
      const answer = await ask('tool');
      await expectClean(answer);
      expect(calls(answer.response)).toEqual([SAID.calls[0]]);
      expect(answer.response.status).toBe('completed');
    });

    it('streams parallel calls one after another', async () => {
      const answer = await ask('parallel');
      await expectClean(answer);
      expect(calls(answer.response)).toEqual(SAID.calls);
      const ids = answer.response.output.map((item) => asString(asObject(item)['call_id']));
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('streams reasoning before the text, with what its replay needs', async () => {
      const answer = await ask('think-text');
      await expectClean(answer);
      expect(summary(answer.response)).toEqual(['completed', `reasoning "${SAID.thought}"`, `message "${TEXT}" completed`]);
    });

    it.each([
      ['rate-limited', 429, 'rate_limit_exceeded'],
      ['overloaded', 503, undefined],
      ['bad-key', 401, undefined],
    ] as const)('keeps the status of an error before the first event: %s', async (name, status, code) => {
      upstream.answer(name);
      const reply = await post({});
      const { error } = (await reply.json()) as { error: JsonObject };
      expect(reply.status).toBe(status);
      expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
      expect(error['message']).toContain(SAID.errorText);
      if (code !== undefined) expect([error['code'], reply.headers.get('retry-after')]).toEqual([code, '7']);
      // No hidden retries (pitfall 27).
      expect(upstream.seen).toHaveLength(1);
    });

    it.each(['error-mid', 'cut', 'reset'] as const)('tells a failure in mid-stream as one, and keeps the text: %s', async (name) => {
      const answer = await ask(name);
      expect(summary(answer.response)).toEqual(['failed', 'message "Hel" incomplete']);
      expect(answer.events.at(-1)?.type).toBe('response.failed');
      expect(answer.response.error?.code).toBe('server_error');
      if (name === 'error-mid') expect(answer.response.error?.message).toContain(SAID.errorText);
    });

    it.each([
      ['length', 'max_output_tokens'],
      ['refusal', 'content_filter'],
    ] as const)('tells why an answer is incomplete: %s', async (name, reason) => {
      const answer = await ask(name);
      await expectClean(answer);
      expect(answer.response).toMatchObject({ status: 'incomplete', incomplete_details: { reason } });
      expect(summary(answer.response)).toContain('message "Hel" incomplete');
    });

    it('gives the same events whatever the size of the chunks on the wire', async () => {
      for (const name of ['think-tool', 'parallel', 'text'] as const) {
        upstream.chunkSize = undefined;
        const whole = await ask(name);
        for (const size of [1, 7]) {
          upstream.chunkSize = size;
          const chopped = await ask(name);
          expect(summary(chopped.response)).toEqual(summary(whole.response));
          expect(chopped.events.map(({ type }) => type)).toEqual(whole.events.map(({ type }) => type));
        }
      }
    });

    it('gives the same events for a cut at every border', () => {
      for (const [name, scenario] of Object.entries(scenarios[kind])) {
        if (scenario.status !== undefined) continue;
        const bytes = bytesOf(scenario);
        const whole = translate(kind, [bytes]);
        for (let at = 1; at < bytes.length; at++)
          expect(translate(kind, [bytes.subarray(0, at), bytes.subarray(at)]), `${name} at ${at}`).toEqual(whole);
      }
    });

    it('taps the very bytes of both sides, and asks the provider once', async () => {
      const answer = await ask('think-text');
      await bridge.stepsEnded(1);
      const tapped = bridge.taps('upstream.chunk').map(({ bytes }) => bytes);
      expect(Buffer.concat(tapped).equals(bytesOf(scenarios[kind]['think-text']))).toBe(true);
      expect(Buffer.concat(bridge.taps('client.write').map(({ bytes }) => bytes)).toString('utf8')).toBe(answer.text);
      expect(upstream.seen).toHaveLength(1);
      const [sent] = bridge.taps('upstream.request');
      expect(parseJson(Buffer.from(sent?.body ?? []).toString('utf8'))).toEqual(upstream.seen[0]?.body);
      expect(new URL(sent?.url ?? '').pathname).toBe(new URL(upstream.seen[0]?.path ?? '', 'http://x').pathname);
      // The configured key reaches the provider, in whatever header it wants.
      expect(JSON.stringify(upstream.seen[0]?.headers)).toContain(KEY);
      expect(JSON.stringify(upstream.seen[0]?.body)).not.toContain(KEY);
    });

    it('sends system text, tools and the prompt', async () => {
      await ask('text', { instructions: 'Be brief.', input: [{ role: 'user', content: 'What now?' }] });
      expect(readRequest(kind, upstream.seen[0]?.body)).toEqual({
        system: 'Be brief.',
        turns: ['user: What now?'],
        tools: ['get_weather', 'get_time'],
      });
    });

    const results = (response: ResponseObject) =>
      response.output.flatMap((item) =>
        item.type === 'function_call' ? [{ type: 'function_call_output', call_id: item.call_id, output: `${item.name} ok` }] : [],
      );

    it.each(['previous_response_id', 'resent history', 'resent history without store'])('carries a tool loop on by %s', async (way) => {
      const input = [{ role: 'user', content: 'What now?' }];
      const store = way === 'resent history without store' ? { store: false } : {};
      const { response } = await ask('parallel', { input, ...store });
      await ask(
        'text',
        way === 'previous_response_id'
          ? { previous_response_id: response.id, input: results(response) }
          : { input: [...input, ...response.output, ...results(response)], ...store },
      );
      expect(readRequest(kind, upstream.seen[1]?.body).turns).toEqual([
        'user: What now?',
        'assistant: get_weather {"city":"Paris"}, get_time {"city":"Oslo"}',
        'tool: get_weather ok, get_time ok',
      ]);
    });

    it.each(['with encrypted_content', 'from the store'])('gives reasoning back with the call it led to: %s', async (way) => {
      const input = [{ role: 'user', content: 'What now?' }];
      const { response } = await ask('think-tool', { input });
      const kept = way === 'from the store' ? response.output.filter(({ type }) => type !== 'reasoning') : response.output;
      await ask('text', { input: [...input, ...kept, ...results(response)] });
      expect(JSON.stringify(upstream.seen[1]?.body)).toContain(REPLAYED[kind]);
    });

    it('refuses an orphaned output and never asks the provider (pitfall 12)', async () => {
      const reply = await post({ input: [{ type: 'function_call_output', call_id: 'call_unknown', output: 'x' }] });
      expect([reply.status, upstream.seen.length]).toEqual([400, 0]);
      expect(await reply.text()).toContain('No tool call found for function call output with call_id call_unknown.');
    });

    it('closes the connection to the provider when the client goes (pitfall 46)', async () => {
      upstream.answer('silent');
      const abort = new AbortController();
      const reply = await post({}, abort.signal);
      const reader = reply.body?.getReader();
      let seen = '';
      while (!seen.includes('output_text.delta')) seen += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
      abort.abort();
      await upstream.seen[0]?.closed;
      await bridge.stepsEnded(1);
      expect(bridge.taps('step.ended')[0]?.status).toBe('cancelled');
    });
  });
}

/** `completed`, then each output item as a line. */
function summary(response: ResponseObject): string[] {
  return [response.status, ...response.output.map(describeItem)];
}

function describeItem(item: OutputItem): string {
  if (item.type === 'reasoning') {
    expect(item.encrypted_content).toMatch(/^ds1\./);
    return `reasoning ${JSON.stringify(item.summary.map(({ text }) => text).join(''))}`;
  }
  if (item.type === 'message') {
    return `message ${JSON.stringify(item.content.map((part) => (part.type === 'output_text' ? part.text : part.refusal)).join(''))} ${item.status}`;
  }
  return item.type === 'function_call' ? `call ${item.name} ${item.arguments} ${item.status}` : item.type;
}

function calls(response: ResponseObject): unknown[] {
  return response.output.flatMap((item) => (item.type === 'function_call' ? [{ name: item.name, input: parseJson(item.arguments) }] : []));
}

function deltas({ events }: Answer, type: string): unknown[] {
  return events.filter((event) => event.type === type).map((event) => event['delta']);
}

/** The whole way from bytes to events, with ids that repeat. */
function translate(kind: FakeKind, chunks: Uint8Array[]): string {
  let count = 0;
  const createId = (prefix: string): string => `${prefix}_${++count}`;
  const request = { model: MODELS[kind], body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: 'resp_1', createdAt: 0, model: 'm', body: {} }),
    routes: new Map(),
    createId,
    now: () => 0,
  });
  const machine = translators[kind].createStreamMachine({ request, built: { body: {}, warnings: [] } });
  const stream = createStreamTranslator(machine, emitter, { reader: translators[kind].createFrameReader?.() });
  const emitted = [...emitter.start(), ...chunks.flatMap((chunk) => stream.push(chunk, 0)), ...stream.end({ type: 'completed' })];
  return emitted.map(({ event }) => JSON.stringify(event)).join('\n');
}

/** What the second request must hold of the first answer's reasoning. */
const REPLAYED: Record<FakeKind, string> = {
  anthropic: '{"type":"thinking","thinking":"Let me think.","signature":"SIG1"}',
  'openai-chat': '"reasoning_content":"Let me think."',
  gemini: '"thoughtSignature":"SIG1"',
};

interface ReadRequest {
  system: string;
  /** `user: …`, `assistant: …`, `tool: …`, parts joined with commas. */
  turns: string[];
  tools: string[];
}

/** A provider's request in words that are the same for all. */
function readRequest(kind: FakeKind, body: JsonObject = {}): ReadRequest {
  const read = { anthropic: readAnthropic, 'openai-chat': readChat, gemini: readGemini }[kind](body);
  // Parts of one turn may stand in one message or in several.
  const turns: string[] = [];
  for (const [role, part] of read.parts) {
    if (turns.at(-1)?.startsWith(`${role}: `)) turns.push(`${turns.pop() ?? ''}, ${part}`);
    else turns.push(`${role}: ${part}`);
  }
  return { system: read.system, turns, tools: read.tools };
}

type Parts = { system: string; tools: string[]; parts: [role: string, part: string][] };
const namesOf = (list: unknown): string[] => asArray(list).map((one) => asString(asObject(one)['name']) ?? '');
const callLine = (name: unknown, input: unknown): string => `${String(name)} ${typeof input === 'string' ? input : JSON.stringify(input)}`;

function readChat(body: JsonObject): Parts {
  const messages = asArray(body['messages']).map(asObject);
  const parts = messages.flatMap((message): [string, string][] => {
    if (message['role'] === 'system') return [];
    const made = asArray(message['tool_calls']).map((one): [string, string] => {
      const target = asObject(asObject(one)['function']);
      return ['assistant', callLine(target['name'], target['arguments'])];
    });
    return typeof message['content'] === 'string' ? [[String(message['role']), message['content']], ...made] : made;
  });
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => String(content));
  return { system: system.join('\n'), tools: namesOf(asArray(body['tools']).map((one) => asObject(one)['function'])), parts };
}

function readAnthropic(body: JsonObject): Parts {
  const parts = asArray(body['messages'])
    .map(asObject)
    .flatMap((message): [string, string][] =>
      asArray(message['content']).flatMap((one): [string, string][] => {
        const block = asObject(one);
        if (block['type'] === 'tool_use') return [['assistant', callLine(block['name'], block['input'])]];
        if (block['type'] === 'tool_result') return [['tool', textIn(block['content'])]];
        return block['type'] === 'text' ? [[String(message['role']), String(block['text'])]] : [];
      }),
    );
  return { system: textIn(body['system']), tools: namesOf(body['tools']), parts };
}

function readGemini(body: JsonObject): Parts {
  const parts = asArray(body['contents'])
    .map(asObject)
    .flatMap((content): [string, string][] =>
      asArray(content['parts']).flatMap((one): [string, string][] => {
        const part = asObject(one);
        if (isObject(part['functionCall'])) return [['assistant', callLine(part['functionCall']['name'], part['functionCall']['args'])]];
        if (isObject(part['functionResponse'])) return [['tool', String(Object.values(asObject(part['functionResponse']['response']))[0])]];
        return part['text'] && part['thought'] !== true ? [[content['role'] === 'model' ? 'assistant' : 'user', String(part['text'])]] : [];
      }),
    );
  const declared = asArray(body['tools']).flatMap((one) => asArray(asObject(one)['functionDeclarations']));
  return { system: textIn(asObject(body['systemInstruction'])['parts']), tools: namesOf(declared), parts };
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((one) => asString(asObject(one)['text']) ?? '')
    .join('');
}
