/**
 * Open Responses over HTTP: what its public compliance suite asks of a server, and every stream checked
 * event by event, over the demo and over each upstream kind.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askResponses, type Answer } from '../helpers/ask-responses.ts';
import type { ScenarioName } from '../helpers/fake-scenarios.ts';
import { startFakeUpstream, type FakeKind } from '../helpers/fake-upstream.ts';
import { compactionSchema, complaintsAbout, eventSchema, REQUIRED_FIELD_COUNT, responseSchema } from '../helpers/open-responses-schema.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const user = (content: unknown) => ({ type: 'message', role: 'user', content });
const weatherTool = {
  type: 'function',
  name: 'get_weather',
  description: 'Get the current weather for a location',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' } },
    required: ['location'],
  },
};
/** One red pixel. */
const IMAGE = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

function expectFits({ status, events, response, text }: Answer): void {
  expect(status).toBe(200);
  expect(complaintsAbout(responseSchema, response)).toEqual([]);
  for (const event of events) expect(complaintsAbout(eventSchema, event), event.type).toEqual([]);
  if (events.length > 0) expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
}

describe('Open Responses over the demo upstream', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(() => proxy.close());
  const ask = (body: object, path?: string) => askResponses(proxy.ready.apiBase, { model: 'demo-claude', ...body }, path);

  it('counts the required fields of the schema it checks with', () => {
    expect(Object.keys(responseSchema.shape)).toHaveLength(REQUIRED_FIELD_COUNT);
    expect(complaintsAbout(responseSchema, { id: 'resp_1', object: 'response' }).length).toBe(REQUIRED_FIELD_COUNT - 2);
  });

  const cases: [string, object, string][] = [
    ['basic text', { input: [user('Say hello in exactly 3 words.')] }, 'message'],
    ['a string as input', { input: 'Say hello.' }, 'message'],
    ['a system prompt', { input: [{ type: 'message', role: 'system', content: 'You are a pirate.' }, user('Say hello.')] }, 'message'],
    ['tool calling', { input: [user("What's the weather like in San Francisco?")], tools: [weatherTool] }, 'function_call'],
    [
      'image input',
      {
        input: [
          user([
            { type: 'input_text', text: 'What do you see?' },
            { type: 'input_image', image_url: IMAGE },
          ]),
        ],
      },
      'message',
    ],
    [
      'a conversation',
      { input: [user('My name is Alice.'), { type: 'message', role: 'assistant', content: 'Hello Alice!' }, user('What is my name?')] },
      'message',
    ],
    [
      'assistant messages with a phase',
      {
        input: [
          { type: 'message', role: 'assistant', phase: 'commentary', content: 'I should answer with the saved number.' },
          { type: 'message', role: 'assistant', phase: 'final_answer', content: 'The number is four.' },
          user('Repeat only the number.'),
        ],
      },
      'message',
    ],
    ['reasoning', { input: [user('Think about it first')], reasoning: { effort: 'low', summary: 'auto' } }, 'reasoning'],
    [
      'every setting',
      {
        input: [user('Hello')],
        instructions: 'Be brief.',
        tools: [weatherTool],
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get_weather' }] },
        temperature: 0.5,
        top_p: 0.9,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        top_logprobs: 0,
        max_output_tokens: 500,
        max_tool_calls: 3,
        metadata: { a: 'b' },
        store: false,
        truncation: 'disabled',
        parallel_tool_calls: false,
        safety_identifier: 'u1',
        prompt_cache_key: 'k1',
        service_tier: 'default',
        text: { format: { type: 'text' }, verbosity: 'low' },
      },
      'message',
    ],
  ];

  for (const [name, body, type] of cases) {
    it.each([false, true])(`${name}, stream: %s`, async (stream) => {
      const answer = await ask({ ...body, stream });
      expectFits(answer);
      expect(answer.response.status).toBe('completed');
      expect(answer.response.output.map((item) => item.type)).toContain(type);
      expect(answer.events.length > 0).toBe(stream);
      for (const [field, value] of Object.entries(body)) {
        if (['input', 'tools', 'text', 'reasoning'].includes(field)) continue;
        expect(answer.response[field as keyof typeof answer.response], field).toEqual(value);
      }
    });
  }

  it('shows a streamed tool call from its announcement to its end', async () => {
    const { events } = await ask({ input: [user("What's the weather like in San Francisco?")], tools: [weatherTool], stream: true });
    const types = new Set(events.map(({ type }) => type));
    for (const type of ['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'])
      expect([...types]).toContain(`response.${type}`);
  });

  it('gives the 31 fields again with GET', async () => {
    const { response } = await ask({ input: 'Hello' });
    const stored = await (await fetch(`${proxy.ready.apiBase}/responses/${response.id}`)).json();
    expect(complaintsAbout(responseSchema, stored)).toEqual([]);
  });

  it('compacts a conversation, and goes on from what it got', async () => {
    const input = [
      user('We agreed to launch on Tuesday.'),
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Understood.' }] },
      user([{ type: 'input_text', text: 'Notify support first.' }]),
    ];
    const compacted = await ask({ input, prompt_cache_key: 'open-responses' }, '/responses/compact');
    expect(compacted.status).toBe(200);
    expect(complaintsAbout(compactionSchema, compacted.response)).toEqual([]);
    const { output } = compacted.response;
    expect(output.at(-1)?.type).toBe('compaction');
    const next = await ask({ input: [...output, user('Hello')] });
    expectFits(next);
    const sent = (await proxy.step(next.headers.get('x-deltascope-step') ?? '')).upstreamRequests.at(-1)?.body;
    expect(JSON.stringify(sent)).toContain('Summary of the conversation so far');
  });

  it.each([
    ['no model for a compaction', { model: undefined, input: [user('x')] }, '/responses/compact', 'model'],
    ['no model', { model: undefined, input: 'x' }, '/responses', 'model'],
    ['no input', {}, '/responses', 'input'],
    ['a conversation', { input: 'x', conversation: 'conv_1' }, '/responses', 'conversation'],
    ['background', { input: 'x', background: true }, '/responses', 'background'],
    ['a chain from nowhere', { input: 'x', previous_response_id: 'resp_nowhere' }, '/responses', 'previous_response_id'],
  ])('refuses %s with a 400 that names the field', async (_name, body, path, param) => {
    const reply = await ask(body, path);
    expect([reply.status, Object.keys(reply.error).sort(), reply.error['param']]).toEqual([
      400,
      ['code', 'message', 'param', 'type'],
      param,
    ]);
    expect(reply.error['type']).toBe('invalid_request_error');
  });

  it('counts input tokens, for the chain too, and says where it cannot', async () => {
    const first = await ask({ input: 'Hello' });
    const count = async (body: object): Promise<number> =>
      Number((await ask(body, '/responses/input_tokens')).text.match(/"input_tokens":(\d+)/)?.[1]);
    const alone = await count({ input: 'And now?' });
    expect(alone).toBeGreaterThan(0);
    expect(await count({ input: 'And now?', previous_response_id: first.response.id })).toBeGreaterThan(alone);
  });

  it('lists its models, under the names that lead to them', async () => {
    const { data } = (await (await fetch(`${proxy.ready.apiBase}/models`)).json()) as { data: { id: string; object: string }[] };
    expect(data.map(({ id }) => id)).toContain('demo/demo-claude');
    const one = await fetch(`${proxy.ready.apiBase}/models/demo/demo-claude`);
    expect(await one.json()).toMatchObject({ id: 'demo/demo-claude', object: 'model' });
    expect((await fetch(`${proxy.ready.apiBase}/models/nobody`)).status).toBe(404);
  });

  it('tells a failure in mid-stream as response.failed with all fields', async () => {
    const answer = await ask({ input: 'Please break off', stream: true });
    expectFits(answer);
    expect(answer.response.status).toBe('failed');
  });
});

const SCENARIOS: ScenarioName[] = [
  'text',
  'tool',
  'parallel',
  'think-text',
  'think-tool',
  'error-mid',
  'cut',
  'reset',
  'length',
  'refusal',
];
const KINDS: [FakeKind, string][] = [
  ['anthropic', 'claude-sonnet-5'],
  ['openai-chat', 'm'],
  ['gemini', 'gemini-3-pro'],
];

describe.each(KINDS)('Open Responses over %s', (kind, model) => {
  it.each(SCENARIOS)('%s', async (name) => {
    const upstream = await startFakeUpstream(kind);
    const proxy = await startProxy({ upstreams: [{ name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k' }] });
    try {
      upstream.answer(name);
      for (const stream of [true, false]) {
        expectFits(await askResponses(proxy.ready.apiBase, { model, input: 'Hi', stream, tools: [weatherTool] }));
      }
    } finally {
      await proxy.close();
      await upstream.close();
    }
  });
});
