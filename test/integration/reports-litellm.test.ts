/**
 * The four reports about LiteLLM that this project starts from, each against the real bridge: the same
 * upstream answers, and right where LiteLLM was wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { FunctionCallItem, ResponseObject, ResponsesEvent } from '../../proxy-core/protocol/responses/wire.ts';
import { runSdk, sdkNames } from '../helpers/ai-sdks.ts';
import { askResponses, type Answer } from '../helpers/ask-responses.ts';
import { SAID, type ScenarioName } from '../helpers/fake-scenarios.ts';
import { startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { spawnBridge } from '../helpers/spawn-bridge.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const MODELS: Record<FakeKind, string> = { anthropic: 'claude-sonnet-5', 'openai-chat': 'm', gemini: 'gemini-3-pro' };
const KINDS = Object.keys(MODELS) as FakeKind[];
const PROMPT = 'What is the weather in Paris?';
const tools = SAID.calls.map(({ name }) => ({
  type: 'function',
  name,
  description: name,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  strict: true,
}));

/** Every event of an item names the item that was announced at its index. */
function expectAnnouncedIds(events: ResponsesEvent[]): void {
  const announced = new Map<unknown, unknown>();
  for (const event of events) {
    const item = asObject(event['item']);
    if (event.type === 'response.output_item.added') announced.set(event['output_index'], item['id']);
    else if (event.type === 'response.output_item.done') expect(item['id']).toBe(announced.get(event['output_index']));
    else if (event['item_id'] !== undefined) expect(event['item_id'], event.type).toBe(announced.get(event['output_index']));
  }
  const output = asArray(asObject(events.at(-1)?.['response'])['output']).map((item) => asObject(item)['id']);
  expect(output).toEqual([...announced.values()]);
}

function callOutputs(response: ResponseObject): JsonObject[] {
  return response.output
    .filter((item): item is FunctionCallItem => item.type === 'function_call')
    .map(({ call_id }) => ({ type: 'function_call_output', call_id, output: '{"temp_c":21}' }));
}

for (const kind of KINDS) {
  describe(`over ${kind}`, () => {
    let upstream: FakeUpstream;
    let proxy: TestProxy;
    beforeAll(async () => {
      upstream = await startFakeUpstream(kind);
      proxy = await startProxy({ upstreams: [{ name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k' }] });
    });
    afterEach(() => void (upstream.seen.length = 0));
    afterAll(async () => {
      await proxy.close();
      await upstream.close();
    });

    const ask = (names: ScenarioName[], body: object): Promise<Answer> => {
      upstream.answer(...names);
      return askResponses(proxy.ready.apiBase, { model: MODELS[kind], tools, ...body });
    };

    describe('report 1: text of a later step goes to an item that was never announced', () => {
      it.each(sdkNames)('%s reads a loop of thinking, call and text without an error', async (name) => {
        upstream.answer('think-tool', 'think-text');
        const result = await runSdk(name, {
          baseURL: proxy.ready.apiBase,
          model: MODELS[kind],
          prompt: PROMPT,
          tools: { get_weather: () => ({ temp_c: 21 }), get_time: () => 'noon' },
        });
        expect(result).toMatchObject({ errors: [], finishReason: 'stop' });
        expect(result.texts).toEqual([SAID.text.join('')]);
        expect(result.reasoning).toEqual([SAID.thought, SAID.thought]);
      });

      it.each(['think-text', 'think-tool', 'tool', 'parallel', 'text'] as const)(
        'announces every item of "%s", and no other',
        async (name) => {
          const { events } = await ask([name], { input: PROMPT, stream: true });
          expectAnnouncedIds(events);
          const messages = events.filter(({ type, item }) => type === 'response.output_item.added' && asObject(item)['type'] === 'message');
          // A tool-only answer has no message at all: LiteLLM closes one that it never opened.
          expect(messages).toHaveLength(name.endsWith('text') ? 1 : 0);
        },
      );
    });

    describe('report 2: previous_response_id with nothing but a function_call_output', () => {
      for (const stream of [true, false]) {
        it(`leads to the whole conversation, ${stream ? 'streamed' : 'not streamed'}`, async () => {
          const first = await ask(['think-tool'], { input: PROMPT, stream });
          const second = await ask(['text'], { input: callOutputs(first.response), previous_response_id: first.response.id, stream });
          expect([second.status, second.response.status]).toEqual([200, 'completed']);
          const sent = JSON.stringify(upstream.seen.at(-1)?.body);
          for (const part of [PROMPT, 'get_weather', 'Paris', 'temp_c']) expect(sent).toContain(part);
          const sessions = [first, second].map(({ headers }) => headers.get('x-deltascope-session'));
          expect(sessions[0]).toBe(sessions[1]);
        });
      }

      it('names the missing call where the call_id is wrong or empty, and does not ask the upstream', async () => {
        const first = await ask(['tool'], { input: PROMPT });
        const output = (call_id: string) => [{ type: 'function_call_output', call_id, output: 'x' }];
        for (const call_id of ['call_nowhere', '']) {
          const refused = await ask(['text'], { input: output(call_id), previous_response_id: first.response.id });
          if (call_id !== '') {
            expect(refused.error['message']).toBe(`No tool call found for function call output with call_id ${call_id}.`);
            expect([refused.status, upstream.seen.length]).toEqual([400, 1]);
          } else {
            // The only open call of the conversation can be meant, and no other.
            expect([refused.status, refused.headers.get('x-deltascope-warnings')]).toEqual([200, '1']);
          }
        }
      });
    });

    describe('report 3: reasoning deltas name another item than the announced one', () => {
      it('keeps one rs_ id through all events, for openai-node too', async () => {
        const { events, text } = await ask(['think-tool'], { input: PROMPT, stream: true });
        expectAnnouncedIds(events);
        const ids = events.filter(({ type }) => type.startsWith('response.reasoning')).map((event) => asString(event['item_id']));
        expect(ids.length).toBeGreaterThan(3);
        expect([...new Set(ids)]).toEqual([expect.stringMatching(/^rs_/)]);
        const sse = async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
        const final = await new OpenAI({ apiKey: 'x', fetch: sse }).responses.stream({ model: 'x', input: 'x' }).finalResponse();
        expect(final.output[0]).toMatchObject({ type: 'reasoning', summary: [{ text: SAID.thought }] });
      });
    });

    describe('report 4: the final response has another id than the first', () => {
      it('has one resp_ id in every lifecycle event, which leads to the stored response', async () => {
        const { events, response } = await ask(['text'], { input: PROMPT, stream: true });
        const ids = events.flatMap((event) => (event['response'] === undefined ? [] : [asObject(event['response'])['id']]));
        expect(ids).toHaveLength(3);
        expect([...new Set(ids)]).toEqual([expect.stringMatching(/^resp_[A-Za-z0-9_]{32,}$/)]);
        const stored = await fetch(`${proxy.ready.apiBase}/responses/${response.id}`);
        expect(((await stored.json()) as ResponseObject).id).toBe(response.id);
      });
    });
  });
}

describe('report 2, in a new process', () => {
  it.each(KINDS)('a chain over %s survives a stop and a start of the bridge', async (kind) => {
    const upstream = await startFakeUpstream(kind);
    const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-report-'));
    try {
      const upstreams = [{ name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k' }];
      upstream.answer('think-tool', 'text');
      const before = await spawnBridge(dataDir, upstreams);
      const first = await askResponses(before.ready.apiBase, { model: MODELS[kind], tools, input: PROMPT, stream: true });
      expect(await before.stop()).toBe(0);
      const after = await spawnBridge(dataDir, upstreams);
      const second = await askResponses(after.ready.apiBase, {
        model: MODELS[kind],
        tools,
        stream: true,
        previous_response_id: first.response.id,
        input: callOutputs(first.response),
      });
      expect(await after.stop()).toBe(0);
      expect([second.status, second.response.status]).toEqual([200, 'completed']);
      const sent = JSON.stringify(upstream.seen.at(-1)?.body);
      for (const part of [PROMPT, 'get_weather', 'Paris', 'temp_c', ...(kind === 'openai-chat' ? [] : ['SIG1'])])
        expect(sent).toContain(part);
      expect(second.headers.get('x-deltascope-session')).toBe(first.headers.get('x-deltascope-session'));
    } finally {
      await upstream.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
