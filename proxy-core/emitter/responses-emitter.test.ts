import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ResponsesEvent } from '../protocol/responses/wire.ts';
import type { EndCause } from '../protocol/stream/machine.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { ToolRoute, Warning } from '../upstreams/upstream.ts';
import { createResponseObject } from './response-object.ts';
import { createResponsesEmitter } from './responses-emitter.ts';

interface Played {
  events: ResponsesEvent[];
  causes: (number | null)[];
  warnings: Warning[];
  /** `type output_index` per event, without the `response.` prefix. */
  script: string[];
}

function play(stream: StreamEvent[], options: { routes?: [string, ToolRoute][]; cause?: EndCause; takenCallIds?: string[] } = {}): Played {
  const warnings: Warning[] = [];
  let ids = 0;
  const emitter = createResponsesEmitter({
    response: createResponseObject({
      id: 'resp_test',
      createdAt: 1_700_000_000,
      model: 'claude-test',
      body: { model: 'claude-test', input: 'hi' },
    }),
    routes: new Map(options.routes ?? []),
    createId: (prefix) => `${prefix}_${String(++ids)}`,
    now: () => 1_700_000_001,
    isCallIdTaken: (callId) => options.takenCallIds?.includes(callId) === true,
    onWarning: (warning) => void warnings.push(warning),
  });
  const emitted = emitter.start();
  for (const [index, event] of stream.entries()) {
    emitter.cause = index;
    emitted.push(...emitter.push(event));
  }
  emitted.push(...emitter.end(options.cause ?? { type: 'completed' }));
  const events = emitted.map(({ event }) => event);
  const script = events.map((event) =>
    [event.type.replace('response.', ''), event['output_index']].filter((part) => part !== undefined).join(' '),
  );
  return { events, causes: emitted.map(({ cause }) => cause), warnings, script };
}

const text = (key: string, ...deltas: string[]): StreamEvent[] => [
  { type: 'text-start', key },
  ...deltas.map((delta): StreamEvent => ({ type: 'text-delta', key, text: delta })),
  { type: 'text-end', key },
];
const reasoning = (key: string, delta: string, encryptedContent: string): StreamEvent[] => [
  { type: 'reasoning-start', key },
  { type: 'reasoning-delta', key, text: delta },
  { type: 'reasoning-end', key, encryptedContent },
];
const call = (key: string, callId: string, name: string, ...deltas: string[]): StreamEvent[] => [
  { type: 'tool-input-start', key, callId, name },
  ...deltas.map((delta): StreamEvent => ({ type: 'tool-input-delta', key, delta })),
  { type: 'tool-input-end', key },
];
const usage: StreamEvent = { type: 'usage', usage: { inputTokens: 60, cachedTokens: 7, cacheWriteTokens: 3, outputTokens: 5 }, raw: {} };
const stop: StreamEvent = { type: 'finish', reason: 'stop' };
const terminal = ({ events }: Played) =>
  events.at(-1)?.['response'] as {
    status: string;
    output: { type: string; id: string; status?: string }[];
    usage: unknown;
    error: { message: string } | null;
  };

async function acceptedByOpenAI({ events }: Played) {
  const sse = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const client = new OpenAI({
    apiKey: 'x',
    fetch: async () => new Response(`${sse}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } }),
  });
  return client.responses.stream({ model: 'x', input: 'x' }).finalResponse();
}

describe('responses emitter', () => {
  it('W1: makes one message of one text block', async () => {
    const played = play([...text('0', 'Hello'), usage, stop]);
    expect(played.script).toEqual([
      'created',
      'in_progress',
      'output_item.added 0',
      'content_part.added 0',
      'output_text.delta 0',
      'output_text.done 0',
      'content_part.done 0',
      'output_item.done 0',
      'completed',
    ]);
    expect(played.events.map((event) => event.sequence_number)).toEqual(played.events.map((_event, index) => index));
    expect(terminal(played).usage).toMatchObject({ input_tokens: 60, output_tokens: 5, total_tokens: 65 });
    expect((await acceptedByOpenAI(played)).output_text).toBe('Hello');
  });

  it('W2: keeps thinking, text, thinking and call apart and in order (pitfalls 4, 5)', async () => {
    const played = play([
      ...reasoning('0', 'Hm.', 'SIG1'),
      ...text('1', 'First.'),
      ...reasoning('2', 'So.', 'SIG2'),
      ...call('3', 'toolu_A', 'get_weather', '{"city":"Paris"}'),
      usage,
      { type: 'finish', reason: 'tool-calls' },
    ]);
    expect(terminal(played).output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'reasoning', 'function_call']);
    expect(played.script.filter((line) => line.includes('summary'))).toHaveLength(8);
    const final = await acceptedByOpenAI(played);
    expect(final.output.map((item) => ('encrypted_content' in item ? item.encrypted_content : null))).toEqual(['SIG1', null, 'SIG2', null]);
  });

  it('W3: gives text after a call a message of its own (pitfall 2)', async () => {
    const played = play([
      ...text('0', 'First.'),
      ...call('1', 'a', 'f', '{}'),
      ...text('2', 'Second.'),
      ...call('3', 'b', 'f', '{}'),
      stop,
    ]);
    expect(terminal(played).output.map(({ type }) => type)).toEqual(['message', 'function_call', 'message', 'function_call']);
    await acceptedByOpenAI(played);
  });

  it('W4: a call without arguments has {} (pitfall 30)', async () => {
    const played = play([...call('0', 'toolu_A', 'f', '{"a":', '1}'), ...call('1', 'toolu_B', 'g'), stop]);
    const final = await acceptedByOpenAI(played);
    expect(final.output.map((item) => (item.type === 'function_call' ? item.arguments : ''))).toEqual(['{"a":1}', '{}']);
  });

  it('W6: holds a later call back until the first has ended', () => {
    const played = play([
      { type: 'tool-input-start', key: 'a', callId: 'call_a', name: 'f' },
      { type: 'tool-input-start', key: 'b', callId: 'call_b', name: 'g' },
      { type: 'tool-input-delta', key: 'b', delta: '{"b":' },
      { type: 'tool-input-delta', key: 'a', delta: '{}' },
      { type: 'tool-input-delta', key: 'b', delta: '1}' },
      { type: 'tool-input-end', key: 'a' },
      { type: 'tool-input-end', key: 'b' },
      stop,
    ]);
    const indexes = played.events.map((event) => event['output_index']).filter((index) => index !== undefined);
    expect(indexes).toEqual(indexes.toSorted((a, b) => Number(a) - Number(b)));
    expect(terminal(played).output.map((item) => (item as { arguments?: string }).arguments)).toEqual(['{}', '{"b":1}']);
  });

  it('opens no message for an empty text block (pitfall 3)', () => {
    const played = play([
      { type: 'text-start', key: '0' },
      { type: 'text-delta', key: '0', text: '' },
      { type: 'text-end', key: '0' },
      ...call('1', 'c', 'f', '{}'),
      stop,
    ]);
    expect(terminal(played).output.map(({ type }) => type)).toEqual(['function_call']);
  });

  it('uses a key again after its end, even while another block is open', () => {
    const played = play([
      { type: 'text-start', key: 'a' },
      { type: 'text-delta', key: 'a', text: 'one' },
      ...text('b', 'two'),
      ...text('b', 'three'),
      { type: 'text-end', key: 'a' },
      stop,
    ]);
    expect(terminal(played).output.map((item) => (item as unknown as { content: { text: string }[] }).content[0]?.text)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('marks the last item incomplete at a length stop, and only that one', () => {
    const played = play([
      ...text('0', 'Done.'),
      ...call('1', 'c', 'f', '{"city":"Par'),
      usage,
      { type: 'finish', reason: 'max-output-tokens' },
    ]);
    expect(terminal(played)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(terminal(played).output.map(({ status }) => status)).toEqual(['completed', 'incomplete']);
  });

  it('never calls a call complete whose arguments are not JSON', () => {
    const played = play([...call('0', 'c', 'f', '{"a"'), stop]);
    expect(terminal(played).output[0]?.status).toBe('incomplete');
    expect(played.warnings.map(({ code }) => code)).toContain('arguments_not_json');
  });

  it.each<[string, EndCause]>([
    ['the upstream drops', { type: 'upstream-error', detail: 'ECONNRESET' }],
    ['the body ends early', { type: 'completed' }],
    ['the upstream is silent', { type: 'timeout', detail: 'silent' }],
    ['Deltascope stops', { type: 'shutdown' }],
  ])('closes the open text item and fails when %s', async (_name, cause) => {
    const played = play(
      [
        { type: 'text-start', key: '0' },
        { type: 'text-delta', key: '0', text: 'Hel' },
      ],
      { cause },
    );
    expect(played.script.slice(-4)).toEqual(['output_text.done 0', 'content_part.done 0', 'output_item.done 0', 'failed']);
    expect(terminal(played).status).toBe('failed');
    expect(terminal(played).output[0]).toMatchObject({ status: 'incomplete' });
    expect((await acceptedByOpenAI(played)).output_text).toBe('Hel');
  });

  it('fails on an upstream error and leaves a finished item finished', () => {
    const played = play([
      ...text('0', 'Hello'),
      { type: 'error', error: { code: 'server_error', message: 'overloaded_error: Overloaded' } },
    ]);
    expect(terminal(played)).toMatchObject({ status: 'failed', error: { message: 'overloaded_error: Overloaded' }, usage: null });
    expect(terminal(played).output[0]?.status).toBe('completed');
  });

  it('tells a refusal without blocks as content_filter (pitfall 49)', () => {
    const played = play([{ type: 'finish', reason: 'content-filter' }]);
    expect(played.script).toEqual(['created', 'in_progress', 'incomplete']);
    expect(terminal(played)).toMatchObject({ incomplete_details: { reason: 'content_filter' }, output: [] });
  });

  it('mints a call id where the upstream has none or repeats one (pitfall 32)', () => {
    const played = play([
      ...call('0', 'call_0', 'f', '{}'),
      ...call('1', 'call_0', 'f', '{}'),
      { type: 'tool-input-start', key: '2', callId: null, name: 'f' },
      { type: 'tool-input-end', key: '2' },
      stop,
    ]);
    const ids = terminal(played).output.map((item) => (item as unknown as { call_id: string }).call_id);
    expect(ids[0]).toBe('call_0');
    expect(new Set(ids).size).toBe(3);
    expect(play([...call('0', 'call_0', 'f', '{}'), stop], { takenCallIds: ['call_0'] }).warnings.map(({ code }) => code)).toContain(
      'call_id_renamed',
    );
  });

  it('turns a custom tool back into custom_tool_call events (pitfall 36)', async () => {
    const json = JSON.stringify({ input: '*** Begin "Patch"\n\té 🌦\n' });
    const deltas = [...json].map((char) => char);
    const played = play([...call('0', 'c', 'apply_patch', ...deltas), stop], {
      routes: [['apply_patch', { type: 'custom', name: 'apply_patch' }]],
    });
    expect(terminal(played).output[0]).toMatchObject({
      type: 'custom_tool_call',
      input: '*** Begin "Patch"\n\té 🌦\n',
      status: 'completed',
    });
    const streamed = played.events
      .filter(({ type }) => type === 'response.custom_tool_call_input.delta')
      .map((event) => event['delta'])
      .join('');
    expect(streamed).toBe('*** Begin "Patch"\n\té 🌦\n');
    await acceptedByOpenAI(played);
  });

  it('gives a namespaced tool its own name and namespace', () => {
    const played = play([...call('0', 'c', 'mcp__lab__get_weather', '{}'), stop], {
      routes: [['mcp__lab__get_weather', { type: 'function', name: 'get_weather', namespace: 'mcp__lab' }]],
    });
    expect(terminal(played).output[0]).toMatchObject({ name: 'get_weather', namespace: 'mcp__lab' });
  });

  it('shows the arguments of a forced output tool as text', () => {
    const played = play([...call('0', 'c', 'json_output', '{"a":', '1}'), { type: 'finish', reason: 'tool-calls' }], {
      routes: [['json_output', { type: 'text' }]],
    });
    expect(terminal(played).output).toMatchObject([{ type: 'message', content: [{ type: 'output_text', text: '{"a":1}' }] }]);
  });

  it('announces a web search, its progress and its end', async () => {
    const played = play([
      { type: 'hosted-start', key: '0', itemType: 'web_search_call', item: {} },
      { type: 'hosted-end', key: '0', item: { action: { type: 'search', query: 'q' } } },
      ...text('1', 'Found.'),
      stop,
    ]);
    expect(played.script.slice(2, 7)).toEqual([
      'output_item.added 0',
      'web_search_call.in_progress 0',
      'web_search_call.searching 0',
      'web_search_call.completed 0',
      'output_item.done 0',
    ]);
    await acceptedByOpenAI(played);
  });

  it('numbers annotations and repeats them in the finished part', () => {
    const annotation = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 };
    const played = play([
      { type: 'text-start', key: '0' },
      { type: 'text-delta', key: '0', text: 'Hi' },
      { type: 'text-annotation', key: '0', annotation },
      { type: 'text-end', key: '0' },
      stop,
    ]);
    expect(played.events.find(({ type }) => type.endsWith('annotation.added'))).toMatchObject({ annotation_index: 0, annotation });
    expect(terminal(played).output).toMatchObject([{ content: [{ annotations: [annotation] }] }]);
  });

  it('names for each event the chunk that caused it', () => {
    const played = play([...text('0', 'a', 'b'), stop]);
    expect(played.causes).toEqual([null, null, 1, 1, 1, 2, 3, 3, 3, 4]);
  });

  it('says zero and warns when the upstream sent no usage', () => {
    const played = play([...text('0', 'a'), stop]);
    expect(terminal(played).usage).toMatchObject({ total_tokens: 0 });
    expect(played.warnings.map(({ code }) => code)).toEqual(['usage_missing']);
  });
});
