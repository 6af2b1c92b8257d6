/**
 * One conversation over real sockets, without store or server: request builder, adapter, demo upstream,
 * stream machine and emitter in a row. The second turn resends what the first one gave, as a client with
 * `store: false` does, and the demo refuses what the real API would refuse.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDemoServer } from '../../proxy-core/demo/demo-server.ts';
import { createResponseObject } from '../../proxy-core/emitter/response-object.ts';
import { createResponsesEmitter } from '../../proxy-core/emitter/responses-emitter.ts';
import { createStreamTranslator } from '../../proxy-core/exchange/translate-stream.ts';
import { toInputItems } from '../../proxy-core/history/input-items.ts';
import { resolveTools } from '../../proxy-core/history/tools.ts';
import { asArray, asObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { anthropicUpstream } from '../../proxy-core/upstreams/anthropic/index.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';

let config: UpstreamConfig;
let close: () => Promise<void>;
beforeAll(async () => {
  const demo = await createDemoServer().listen();
  close = demo.close;
  config = { name: 'demo', kind: 'anthropic', baseURL: demo.baseURL };
});
afterAll(() => close());

let ids = 0;
const createId = (prefix: string): string => `${prefix}_${(ids += 1)}`;

async function turn(body: JsonObject): Promise<{ response: JsonObject; sent: JsonObject; warnings: string[] }> {
  const model = 'demo-claude';
  const warnings: string[] = [];
  const { tools, toolChoice } = resolveTools(body);
  const items = toInputItems(body.input, createId).map((item) => ({ item, source: 'input' as const }));
  const request = { model, body: { model, ...body }, items, tools, toolChoice };
  const context = { config, model, credential: 'demo', signal: new AbortController().signal, onRequest: () => undefined };
  const capabilities = await anthropicUpstream.fetchCapabilities?.(context);
  const built = anthropicUpstream.buildRequest(request, { config, capabilities, createId });
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: createId('resp'), createdAt: 0, model, body }),
    routes: new Map([
      ...tools.map(({ upstreamName, route }) => [upstreamName, route] as const),
      ...Object.entries(built.extraRoutes ?? {}),
    ]),
    createId,
    now: () => 0,
    onWarning: ({ code }) => void warnings.push(code),
  });
  const stream = createStreamTranslator(anthropicUpstream.createStreamMachine({ request, built }), emitter);
  const reply = await anthropicUpstream.send(built, context);
  expect(reply.status).toBe(200);
  emitter.start();
  for await (const bytes of reply.body) stream.push(bytes, 0);
  stream.end({ type: 'completed' });
  return {
    response: emitter.response as unknown as JsonObject,
    sent: built.body,
    warnings: [...warnings, ...built.warnings.map(({ code }) => code)],
  };
}

const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const outputOf = (response: JsonObject): JsonObject[] => asArray(response.output).map(asObject);
const question = (text: string): JsonObject => ({ type: 'message', role: 'user', content: text });

describe('a conversation over the demo upstream', () => {
  it('thinks, calls two tools at once and answers, with the thinking given back in its place', async () => {
    const settings = { tools: [weather], reasoning: { effort: 'low', summary: 'auto' }, store: false };
    const first = await turn({ ...settings, input: [question('Compare Oslo and Rome')] });
    const items = outputOf(first.response);
    expect(items.map((item) => item.type)).toEqual(['reasoning', 'function_call', 'function_call']);
    expect(first.response.status).toBe('completed');
    const results = items
      .filter((item) => item.type === 'function_call')
      .toReversed()
      .map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: '{"temp_c":21}' }));
    const second = await turn({ ...settings, input: [question('Compare Oslo and Rome'), ...items, ...results] });
    const blocks = asArray(second.sent.messages).map((message) => asArray(asObject(message).content).map((block) => asObject(block).type));
    expect(blocks).toEqual([['text'], ['thinking', 'tool_use', 'tool_use'], ['tool_result', 'tool_result']]);
    expect(JSON.stringify(outputOf(second.response))).toContain('Oslo: temp c 21');
    expect([first.warnings, second.warnings]).toEqual([[], []]);
  });

  it('answers by schema, natively', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const { response } = await turn({
      input: 'Which city is Vienna?',
      text: { format: { type: 'json_schema', name: 'city', schema, strict: true } },
    });
    expect(JSON.stringify(outputOf(response))).toContain('{\\"city\\":\\"Vienna\\"}');
  });

  it.each([
    ['Please break off', 'failed'],
    ['Please refuse', 'incomplete'],
    ['Hello', 'completed'],
  ])('"%s" ends as %s', async (input, status) => {
    const { response } = await turn({ input });
    expect(response.status).toBe(status);
  });
});
