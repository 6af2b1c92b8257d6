/** The demo upstream as its clients see it: Anthropic's own SDK over real sockets. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../protocol/json.ts';
import { createDemoServer } from './demo-server.ts';
import { toToolInput } from './tool-input.ts';

let close: () => Promise<void>;
let baseURL: string;
let client: Anthropic;

beforeAll(async () => {
  ({ baseURL, close } = await createDemoServer().listen());
  client = new Anthropic({ baseURL, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => close());

const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'The weather in a city',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['fahrenheit', 'celsius'] } },
    required: ['city'],
  },
};
const ask = (content: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) => ({
  model: 'demo-claude',
  max_tokens: 4096,
  messages: [{ role: 'user' as const, content }],
  ...more,
});
const textOf = (message: Anthropic.Message): string => message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const callsOf = (message: Anthropic.Message): Anthropic.ToolUseBlock[] => message.content.filter((block) => block.type === 'tool_use');

/** Answers all calls of a message and asks again. */
async function followUp(question: string, answer: Anthropic.Message, result: string, tools = [weather]): Promise<Anthropic.Message> {
  const results = callsOf(answer).map((call) => ({ type: 'tool_result' as const, tool_use_id: call.id, content: result }));
  const messages = [
    ...ask(question).messages,
    { role: 'assistant' as const, content: answer.content },
    { role: 'user' as const, content: results },
  ];
  return client.messages.stream({ ...ask(question), messages, tools }).finalMessage();
}

describe('demo upstream', () => {
  it('answers a greeting with what it can do, streamed and not, in the same words', async () => {
    const whole = await client.messages.create(ask('Hello!'));
    const streamed = await client.messages.stream(ask('Hello!')).finalMessage();
    expect(textOf(whole)).toContain('demo model');
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(streamed).toMatchObject({ stop_reason: 'end_turn', usage: { output_tokens: whole.usage.output_tokens } });
  });

  it('calls a fitting tool and uses its result', async () => {
    const question = 'What is the weather in Lisbon?';
    const other: Anthropic.Tool = { name: 'send_mail', description: 'Sends a mail', input_schema: { type: 'object' } };
    const first = await client.messages.stream({ ...ask(question), tools: [other, weather] }).finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    expect(callsOf(first)).toMatchObject([{ name: 'get_weather', input: { city: 'Lisbon' } }]);
    const second = await followUp(question, first, '{"temp":28,"sky":"clear"}', [other, weather]);
    expect(textOf(second)).toBe('Lisbon: temp 28, sky clear. Sunglasses, and something cold to drink.');
  });

  it('compares cities by parallel calls and answers for each', async () => {
    const question = 'Compare Oslo and Rome';
    const first = await client.messages.stream({ ...ask(question), tools: [weather] }).finalMessage();
    expect(callsOf(first).map((call) => call.input)).toEqual([{ city: 'Oslo' }, { city: 'Rome' }]);
    expect(new Set(callsOf(first).map((call) => call.id)).size).toBe(2);
    const second = await followUp(question, first, '12 degrees');
    expect(textOf(second).split('\n')).toHaveLength(2);
    const single = await client.messages.create({
      ...ask(question),
      tools: [weather],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(callsOf(single)).toHaveLength(1);
  });

  it('takes two rounds of tools when asked to go step by step', async () => {
    const question = 'Check the weather in Paris step by step';
    const forecast: Anthropic.Tool = { ...weather, name: 'get_forecast' };
    const first = await client.messages.create({ ...ask(question), tools: [weather, forecast] });
    const second = await followUp(question, first, '20 degrees', [weather, forecast]);
    expect(callsOf(second).map((call) => call.name)).toEqual(['get_forecast']);
  });

  it('obeys tool_choice', async () => {
    const tools = [weather];
    expect(callsOf(await client.messages.create({ ...ask('Weather in Rome?'), tools, tool_choice: { type: 'none' } }))).toEqual([]);
    expect(callsOf(await client.messages.create({ ...ask('Hello!'), tools, tool_choice: { type: 'any' } }))).toHaveLength(1);
  });

  it('thinks when thinking is asked for or named, with a signature', async () => {
    const asked = await client.messages.stream({ ...ask('Weather in Rome?'), thinking: { type: 'adaptive' } }).finalMessage();
    expect(asked.content[0]).toMatchObject({ type: 'thinking', signature: expect.stringMatching(/^DemoSig/) });
    const named = await client.messages.create(ask('Think about Rome first'));
    expect(named.content.map((block) => block.type)).toEqual(['thinking', 'text']);
    const omitted = await client.messages.create({ ...ask('Weather in Rome?'), thinking: { type: 'adaptive', display: 'omitted' } });
    expect(omitted.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
  });

  it('fails in all the ways it promises', async () => {
    await expect(client.messages.create(ask('Please overload'))).rejects.toMatchObject({ status: 529 });
    await expect(client.messages.stream(ask('Please break off')).finalMessage()).rejects.toThrow(/Overloaded/);
    await expect(client.messages.stream(ask('Please cut the line')).finalMessage()).rejects.toThrow(/terminated|closed|reset/i);
    const refusal = await client.messages.stream(ask('Please refuse')).finalMessage();
    expect(refusal).toMatchObject({ stop_reason: 'refusal', content: [], stop_details: { explanation: expect.any(String) } });
    expect(await client.messages.create(ask('Hello', { max_tokens: 3 }))).toMatchObject({
      stop_reason: 'max_tokens',
      content: [{ type: 'text' }],
    });
  });

  it('answers in the shape of a JSON schema', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city', 'days'] };
    const answer = await client.messages.create({ ...ask('3 days in Vienna'), output_config: { format: { type: 'json_schema', schema } } });
    expect(parseJson(textOf(answer))).toEqual({ city: 'Vienna', days: 3 });
  });

  it('refuses what the real API refuses', async () => {
    const refused = (body: object) => client.post('/v1/messages', { body: { ...ask('Hi'), ...body } });
    await expect(refused({ temperature: 1 })).rejects.toMatchObject({ status: 400 });
    await expect(refused({ messages: [{ role: 'assistant', content: 'x' }] })).rejects.toThrow(/first message/);
    await expect(refused({ messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] })).rejects.toThrow(/non-empty/);
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'x', input: {} }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'b' }] };
    await expect(refused({ messages: [...ask('Hi').messages, use, ...ask('Hi').messages] })).rejects.toThrow(/without `tool_result`/);
    await expect(refused({ messages: [...ask('Hi').messages, result] })).rejects.toThrow(/unexpected `tool_use_id`/);
  });

  it('lists models, says what they can do and counts tokens', async () => {
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toContain('demo-claude');
    expect((await client.models.retrieve('gpt-5')).capabilities?.thinking.types.adaptive.supported).toBe(true);
    expect(
      (await client.messages.countTokens({ model: 'demo-claude', messages: [{ role: 'user', content: 'Hello' }] })).input_tokens,
    ).toBeGreaterThan(0);
  });

  it('gives the same bytes for the same request when ids are given', async () => {
    const fixed = await createDemoServer({ createId: (prefix) => `${prefix}1` }).listen();
    const post = async (): Promise<string> => {
      const response = await fetch(`${fixed.baseURL}/v1/messages`, {
        method: 'POST',
        body: JSON.stringify({ ...ask('Weather in Rome?'), stream: true }),
      });
      return response.text();
    };
    const [first, second] = [await post(), await post()];
    await fixed.close();
    expect(first).toBe(second);
    expect(first).toMatch(/^event: message_start\ndata: \{"type":"message_start"/);
    expect(first).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
  });
});

describe('toToolInput', () => {
  it('fills required properties by their names and types, and optional ones where the question names them', () => {
    const schema = {
      type: 'object',
      $defs: { place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
      properties: {
        place: { $ref: '#/$defs/place' },
        days: { type: 'integer', minimum: 1, maximum: 5 },
        units: { enum: ['fahrenheit', 'celsius'] },
        tags: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
        note: { anyOf: [{ type: 'null' }, { type: 'string' }] },
        verbose: { type: 'boolean' },
        other: { type: 'string' },
      },
      required: ['place', 'days', 'tags', 'note', 'verbose'],
    };
    expect(toToolInput(schema, { question: '9 days in fahrenheit', city: 'Rome' })).toEqual({
      place: { city: 'Rome' },
      days: 5,
      units: 'fahrenheit',
      tags: ['a'],
      note: '9 days in fahrenheit',
      verbose: true,
    });
    expect(toToolInput({}, { question: 'x', city: '' })).toEqual({});
  });
});
