import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndCause } from '../../protocol/stream/machine.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { decodeEnvelope } from '../shared/reasoning-envelope.ts';
import type { BridgeRequest, UpstreamFrame } from '../upstream.ts';
import { createChatStreamMachine } from './stream.ts';

const DONE = '[DONE]';
const COMPLETED: EndCause = { type: 'completed' };

/** A chunk whose only choice has this delta; strings go out as they are. */
type Sent = string | { delta?: object; finish_reason?: string; [field: string]: unknown };

function toFrame(sent: Sent): UpstreamFrame {
  if (typeof sent === 'string') return { event: null, data: sent };
  const { delta, finish_reason = null, ...rest } = sent;
  const choices = delta === undefined && finish_reason === null ? [] : [{ index: 0, delta: delta ?? {}, finish_reason }];
  return { event: null, data: JSON.stringify({ id: 'chatcmpl-1', model: 'm', choices, ...rest }) };
}

function run(sent: Sent[], cause: EndCause = COMPLETED): StreamEvent[] {
  const request: BridgeRequest = { model: 'm', body: {}, items: [], tools: [], toolChoice: { type: 'auto' } };
  const machine = createChatStreamMachine({ request, built: { body: {}, warnings: [] } });
  let state = machine.initialState();
  const events = sent.flatMap((one) => {
    const result = machine.step(state, toFrame(one));
    state = result.state;
    return result.outputs;
  });
  return [...events, ...machine.end(state, cause).outputs];
}

/** The dialogue as lines: `+text-0`, `text-0 "Hi"`, `-text-0`, `usage 1/2`, `finish stop`. Metadata is left out. */
function lines(events: StreamEvent[]): string[] {
  return events.flatMap((event): string[] => {
    switch (event.type) {
      case 'metadata':
        return [];
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
        return [`${event.key} ${JSON.stringify(event.text)}`];
      case 'tool-input-start':
        return [`+${event.key} ${event.callId ?? 'no id'} ${event.name}`];
      case 'tool-input-delta':
        return [`${event.key} ${event.delta}`];
      case 'usage':
        return [`usage ${event.usage.inputTokens}/${event.usage.outputTokens}`];
      case 'warning':
        return [`warning ${event.code}`];
      case 'finish':
        return [`finish ${event.reason}`];
      case 'error':
        return [`error ${event.error.code}: ${event.error.message}`];
      case 'text-annotation':
        return [`${event.key} cites ${String(event.annotation.url)}`];
      default:
        return [`${event.type.endsWith('-start') ? '+' : '-'}${event.key}`];
    }
  });
}

const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
const call = (index: number, id: string | null, name: string | null, text: string) => ({
  tool_calls: [{ index, ...(id ? { id, type: 'function' } : {}), function: { ...(name ? { name } : {}), arguments: text } }],
});

describe('chat stream machine', () => {
  it('W1: plain text, usage after the finish_reason, [DONE]', () => {
    const sent = [
      { delta: { role: 'assistant', content: '' } },
      { delta: { content: 'Hel' } },
      { delta: { content: 'lo' } },
      { finish_reason: 'stop', delta: {} },
      { usage },
      DONE,
    ];
    expect(lines(run(sent))).toEqual(['+text-0', 'text-0 "Hel"', 'text-0 "lo"', '-text-0', 'usage 12/5', 'finish stop']);
  });

  it('W3: text, call, text, call in one answer are four blocks (pitfall 2)', () => {
    const sent = [
      { delta: { content: 'First.' } },
      { delta: call(0, 'a', 'f', '{}') },
      { delta: { content: 'Second.' } },
      { delta: call(1, 'b', 'g', '{}') },
      { finish_reason: 'tool_calls' },
      DONE,
    ];
    expect(lines(run(sent))).toEqual([
      '+text-0',
      'text-0 "First."',
      '-text-0',
      '+call-0 a f',
      'call-0 {}',
      '-call-0',
      '+text-1',
      'text-1 "Second."',
      '-text-1',
      '+call-1 b g',
      'call-1 {}',
      '-call-1',
      'finish tool-calls',
    ]);
  });

  it('W6: reasoning, then interleaved calls, one after another (pitfall 31)', () => {
    const sent = [
      { delta: { role: 'assistant', reasoning_content: 'Two cities.' } },
      { delta: call(0, 'call_a', 'weather', '') },
      { delta: call(1, 'call_b', 'weather', '{"city"') },
      { delta: { tool_calls: [...call(0, null, null, '{"city":"Rome"}').tool_calls, ...call(1, null, null, ':"Oslo"}').tool_calls] } },
      { finish_reason: 'tool_calls' },
      { usage },
      DONE,
    ];
    expect(lines(run(sent))).toEqual([
      '+reasoning-0',
      'reasoning-0 "Two cities."',
      '-reasoning-0',
      '+call-0 call_a weather',
      'call-0 {"city":"Rome"}',
      '-call-0',
      '+call-1 call_b weather',
      'call-1 {"city"',
      'call-1 :"Oslo"}',
      '-call-1',
      'usage 12/5',
      'finish tool-calls',
    ]);
  });

  it('takes reasoning, text and calls of one chunk in that order', () => {
    const delta = { ...call(0, 'a', 'f', '{}'), content: 'text', reasoning: 'thought' };
    expect(lines(run([{ delta, finish_reason: 'tool_calls' }, DONE]))).toEqual([
      '+reasoning-0',
      'reasoning-0 "thought"',
      '-reasoning-0',
      '+text-1',
      'text-1 "text"',
      '-text-1',
      '+call-0 a f',
      'call-0 {}',
      '-call-0',
      'finish tool-calls',
    ]);
  });

  it('sends no text block for a tool-only answer (pitfall 3)', () => {
    const events = run([
      { delta: { role: 'assistant', content: null } },
      { delta: call(0, 'a', 'f', '{}') },
      { finish_reason: 'tool_calls' },
      DONE,
    ]);
    expect(events.some((event) => event.type.startsWith('text-'))).toBe(false);
  });

  it('finishes with calls even when the server says stop (Ollama)', () => {
    const delta = {
      tool_calls: [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
        { index: 0, id: 'b', function: { name: 'f', arguments: { x: 2 } } },
      ],
    };
    expect(lines(run([{ delta, finish_reason: 'stop' }, DONE]))).toEqual([
      '+call-0 a f',
      'call-0 {"x":1}',
      '-call-0',
      '+call-1 b f',
      'call-1 {"x":2}',
      '-call-1',
      'finish tool-calls',
    ]);
  });

  it('reads the legacy function_call as one call', () => {
    const sent = [
      { delta: { function_call: { name: 'f', arguments: '' } } },
      { delta: { function_call: { arguments: '{"x":1}' } } },
      { finish_reason: 'function_call' },
      DONE,
    ];
    expect(lines(run(sent))).toEqual(['+call-0 no id f', 'call-0 {"x":1}', '-call-0', 'finish tool-calls']);
  });

  it('streams a refusal as a refusal', () => {
    expect(lines(run([{ delta: { refusal: 'I ' } }, { delta: { refusal: 'cannot.' } }, { finish_reason: 'stop' }, DONE]))).toEqual([
      '+refusal-0',
      'refusal-0 "I "',
      'refusal-0 "cannot."',
      '-refusal-0',
      'finish stop',
    ]);
  });

  it('gives logprobs with their text', () => {
    const logprob = { token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] };
    const frame = JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hi' }, logprobs: { content: [logprob] } }] });
    expect(run([frame])).toContainEqual({ type: 'text-delta', key: 'text-0', text: 'Hi', logprobs: [logprob] });
  });

  it('sends citations when their text ends, even those that came before it', () => {
    const annotation = { type: 'url_citation', url_citation: { url: 'https://example.com', title: 'T', start_index: 0, end_index: 4 } };
    const sent = [{ delta: { content: '', annotations: [annotation] } }, { delta: { content: 'Text' } }, { finish_reason: 'stop' }, DONE];
    expect(lines(run(sent))).toEqual(['+text-0', 'text-0 "Text"', 'text-0 cites https://example.com', '-text-0', 'finish stop']);
  });

  it('names the field that has no place, once', () => {
    const sent = [{ delta: { images: [{ x: 1 }] } }, { delta: { images: [{ x: 2 }], content: 'a' } }, { finish_reason: 'stop' }, DONE];
    expect(run(sent).filter((event) => event.type === 'warning')).toEqual([
      { type: 'warning', code: 'field_dropped', message: expect.stringContaining('images') as string },
    ]);
  });

  it('leaves template markup in the text and says so', () => {
    const think = run([{ delta: { content: '<thi' } }, { delta: { content: 'nk>x</think>y' } }, { finish_reason: 'stop' }, DONE]);
    expect(lines(think)).toContain('warning think_tag_in_text');
    expect(lines(think)).toContain('text-0 "nk>x</think>y"');
    const tool = run([{ delta: { content: '<tool_call>{}' } }, { finish_reason: 'stop' }, DONE]);
    expect(lines(tool)).toContain('warning tool_call_in_text');
  });

  it('ignores other choices', () => {
    const other = JSON.stringify({ choices: [{ index: 1, delta: { content: 'B' }, finish_reason: 'length' }] });
    expect(lines(run([{ delta: { content: 'A' } }, other, { finish_reason: 'stop' }, DONE]))).toEqual([
      '+text-0',
      'text-0 "A"',
      'warning other_choice',
      '-text-0',
      'finish stop',
    ]);
  });
});

describe('reasoning of the chat stream', () => {
  const blocksOf = (events: StreamEvent[]): unknown[] =>
    events.flatMap((event) => {
      if (event.type !== 'reasoning-end') return [];
      const decoded = decodeEnvelope(event.encryptedContent ?? '');
      expect(decoded).toMatchObject({ ok: true, envelope: { provider: 'chat', model: 'm' } });
      if (decoded.ok) expect(event.replay).toEqual({ blocks: decoded.envelope.blocks });
      return decoded.ok ? [decoded.envelope.blocks] : [];
    });
  const end = [{ finish_reason: 'stop' }, DONE];

  it('keeps plain text under the name it came by', () => {
    const events = run([{ delta: { reasoning_content: 'a' } }, { delta: { reasoning_content: 'b' } }, { delta: { content: 'c' } }, ...end]);
    expect(blocksOf(events)).toEqual([[{ reasoning_content: 'ab' }]]);
    expect(blocksOf(run([{ delta: { reasoning: 'x' } }, ...end]))).toEqual([[{ reasoning: 'x' }]]);
  });

  it('puts reasoning_details together and shows their text once', () => {
    const detail = (text: string) => ({ type: 'reasoning.text', text, index: 0, format: 'f' });
    const events = run([
      { delta: { reasoning: 'Let ', reasoning_details: [detail('Let ')] } },
      { delta: { reasoning: 'me.', reasoning_details: [detail('me.')] } },
      { delta: { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'SIG', index: 0, format: 'f' }] } },
      { delta: { content: 'Hi' } },
      ...end,
    ]);
    expect(lines(events).slice(0, 4)).toEqual(['+reasoning-0', 'reasoning-0 "Let "', 'reasoning-0 "me."', '-reasoning-0']);
    expect(blocksOf(events)).toEqual([
      [{ reasoning_details: [{ type: 'reasoning.text', text: 'Let me.', index: 0, format: 'f', signature: 'SIG' }] }],
    ]);
  });

  it('shows text that only the details hold', () => {
    const events = run([{ delta: { content: '', reasoning_details: [{ type: 'reasoning.summary', summary: 'S', index: 0 }] } }, ...end]);
    expect(lines(events)).toContain('reasoning-0 "S"');
  });

  it('keeps a ciphertext without text, before the text and after it', () => {
    const cipher = { type: 'reasoning.encrypted', data: 'XYZ', id: 'rs_1', index: 0 };
    const before = run([{ delta: { content: '', reasoning_details: [cipher] } }, { delta: { content: 'Hi' } }, ...end]);
    expect(lines(before).slice(0, 3)).toEqual(['+reasoning-0', '-reasoning-0', '+text-1']);
    expect(blocksOf(before)).toEqual([[{ reasoning_details: [cipher] }]]);
    const after = run([
      { delta: { content: 'H' } },
      { delta: { content: '', reasoning_details: [cipher] } },
      { delta: { content: 'i' } },
      ...end,
    ]);
    expect(lines(after)).toEqual(['+text-0', 'text-0 "H"', 'text-0 "i"', '-text-0', '+reasoning-1', '-reasoning-1', 'finish stop']);
    expect(blocksOf(after)).toEqual([[{ reasoning_details: [cipher] }]]);
  });

  it("keeps LiteLLM's thinking blocks with their signatures", () => {
    const block = (thinking: string, signature: string | null) => ({ type: 'thinking', thinking, signature });
    const events = run([
      { delta: { reasoning_content: 'a', thinking_blocks: [block('a', null)] } },
      { delta: { reasoning_content: 'b', thinking_blocks: [block('b', null)] } },
      { delta: { thinking_blocks: [block('', 'S1')] } },
      { delta: { content: 'x' } },
      ...end,
    ]);
    expect(blocksOf(events)).toEqual([[{ thinking_blocks: [block('ab', 'S1')] }]]);
  });

  it("splits Mistral's content lists into reasoning and text", () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
    const events = run([{ delta: { content: [thinking] } }, { delta: { content: [{ type: 'text', text: '4' }] } }, ...end]);
    expect(lines(events)).toEqual(['+reasoning-0', 'reasoning-0 "Hm."', '-reasoning-0', '+text-1', 'text-1 "4"', '-text-1', 'finish stop']);
  });
});

describe('how a chat stream ends', () => {
  const hel = { delta: { content: 'Hel' } };

  it.each([
    ['stop', 'finish stop'],
    ['eos', 'finish stop'],
    ['function_call', 'finish tool-calls'],
    ['length', 'finish max-output-tokens'],
    ['content_filter', 'finish content-filter'],
  ])('maps finish_reason %s', (finish_reason, expected) => {
    expect(lines(run([hel, { finish_reason }, DONE])).at(-1)).toBe(expected);
  });

  it('tells an unknown finish_reason', () => {
    expect(lines(run([hel, { finish_reason: 'tired' }, DONE])).slice(-2)).toEqual(['warning finish_reason_unknown', 'finish unknown']);
  });

  it('fails on finish_reason error (pitfall 26)', () => {
    const last = { finish_reason: 'error', delta: {} };
    expect(lines(run([hel, last, DONE]))).toEqual([
      '+text-0',
      'text-0 "Hel"',
      'error server_error: The upstream gave up with finish_reason error.',
    ]);
  });

  it('fails on an error frame and keeps what it carries (pitfall 25)', () => {
    const frame = { delta: { content: 'lo' }, finish_reason: 'error', error: { code: 502, message: 'Provider disconnected' }, usage };
    expect(lines(run([hel, frame, DONE]))).toEqual([
      '+text-0',
      'text-0 "Hel"',
      'text-0 "lo"',
      'usage 12/5',
      'error server_error: The upstream reported an error: Provider disconnected (502)',
    ]);
  });

  it.each<[string, UpstreamFrame]>([
    ['error key', { event: null, data: '{"error":{"message":"M","type":"overloaded_error"}}' }],
    ['error text', { event: null, data: '{"error":"M"}' }],
    ['event line', { event: 'error', data: '{"message":"M","code":429}' }],
    ['vLLM object', { event: null, data: '{"object":"error","message":"M","type":"BadRequestError","code":400}' }],
    ['choice error', { event: null, data: '{"choices":[{"index":0,"delta":{},"error":{"message":"M"}}]}' }],
  ])('finds an error in the form of %s', (_, frame) => {
    const request: BridgeRequest = { model: 'm', body: {}, items: [], tools: [], toolChoice: { type: 'auto' } };
    const machine = createChatStreamMachine({ request, built: { body: {}, warnings: [] } });
    const { outputs } = machine.step(machine.initialState(), frame);
    expect(outputs.at(-1)).toMatchObject({ type: 'error', error: { message: expect.stringContaining('M') as string } });
  });

  it('names the rate limit in its own code', () => {
    const events = run(['{"error":{"message":"slow down","code":429}}']);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'rate_limit_exceeded' } });
  });

  it('fails when the stream is cut before a finish_reason (pitfall 24)', () => {
    expect(lines(run([hel]))).toEqual([
      '+text-0',
      'text-0 "Hel"',
      'error server_error: The upstream closed the stream before a finish_reason (after 1 events).',
    ]);
  });

  it('fails with a clear text when nothing came at all (pitfall 23)', () => {
    expect(lines(run([]))[0]).toMatch(/^error server_error: The upstream sent no events at all/);
  });

  it('takes an end without [DONE] after a finish_reason as whole', () => {
    expect(lines(run([hel, { finish_reason: 'stop' }, { usage }])).slice(-3)).toEqual(['-text-0', 'usage 12/5', 'finish stop']);
  });

  it('takes [DONE] without finish_reason as whole when there is content, with a warning', () => {
    expect(lines(run([hel, DONE])).slice(-3)).toEqual(['warning finish_reason_missing', '-text-0', 'finish stop']);
    expect(lines(run([DONE])).at(-1)).toMatch(/^error/);
  });

  it('leaves a call cut by the length open, so that it shows as cut', () => {
    const events = run([{ delta: call(0, 'a', 'f', '{"x') }, { finish_reason: 'length' }, DONE]);
    expect(lines(events)).toEqual(['+call-0 a f', 'call-0 {"x', 'finish max-output-tokens']);
  });

  it('fails on a call that never got a name', () => {
    expect(lines(run([{ delta: call(0, 'a', null, '{}') }, { finish_reason: 'tool_calls' }, DONE])).at(-1)).toMatch(
      /^error .*without a name/,
    );
  });

  it.each<[EndCause, string]>([
    [COMPLETED, 'error server_error: The upstream closed the stream before a finish_reason (after 2 events).'],
    [{ type: 'upstream-error', detail: 'ECONNRESET' }, 'call-1 {}'],
    [{ type: 'timeout', detail: 'silent' }, 'call-1 {}'],
    [{ type: 'client-gone' }, 'call-1 {}'],
    [{ type: 'shutdown' }, 'call-1 {}'],
  ])('gives out what was held back when the end is %o', (cause, last) => {
    const result = lines(run([{ delta: call(0, 'a', 'f', '{"x') }, { delta: call(1, 'b', 'g', '{}') }], cause));
    expect(result).toContain('+call-1 b g');
    expect(result.at(-1)).toBe(last);
  });

  it('says nothing after the end', () => {
    const events = run([hel, { finish_reason: 'stop' }, DONE, hel, '{"error":"late"}', DONE]);
    expect(events.filter((event) => event.type === 'finish' || event.type === 'error')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('finish');
  });

  it('skips a frame that is not JSON, with a warning', () => {
    expect(lines(run(['{oops', hel, { finish_reason: 'stop' }, DONE]))).toContain('warning frame_not_json');
  });

  it('reads the token counts of every dialect (pitfall 29)', () => {
    const counts = (raw: object): unknown => {
      const event = run([hel, { finish_reason: 'stop' }, { usage: { ...usage, ...raw } }, DONE]).find(({ type }) => type === 'usage');
      return event?.type === 'usage' ? event.usage : undefined;
    };
    expect(counts({ prompt_tokens_details: { cached_tokens: 3 }, completion_tokens_details: { reasoning_tokens: 2 } })).toEqual({
      inputTokens: 12,
      outputTokens: 5,
      cachedTokens: 3,
      reasoningTokens: 2,
    });
    // xAI: reasoning is not in completion_tokens.
    expect(counts({ completion_tokens_details: { reasoning_tokens: 9 }, total_tokens: 26 })).toMatchObject({ outputTokens: 14 });
    expect(counts({ prompt_cache_hit_tokens: 4 })).toMatchObject({ cachedTokens: 4 });
  });

  it('has one end whatever comes, in whatever order', () => {
    const frame = fc.oneof(
      fc.constant<Sent>(hel),
      fc.constant<Sent>({ delta: { reasoning: 'r' } }),
      fc.constant<Sent>({ delta: { refusal: 'no' } }),
      fc
        .record({
          index: fc.nat(2),
          id: fc.option(fc.constantFrom('a', 'b')),
          name: fc.option(fc.constant('f')),
          text: fc.constantFrom('', '{', '}', '{}'),
        })
        .map<Sent>(({ index, id, name, text }) => ({ delta: call(index, id, name, text) })),
      fc.constantFrom<Sent>(
        { finish_reason: 'stop' },
        { finish_reason: 'length' },
        { usage },
        DONE,
        '{"error":"e"}',
        'x',
        '[]',
        '{"choices":null}',
      ),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (sent) => {
        const events = run(sent);
        expect(events.filter(({ type }) => type === 'finish' || type === 'error')).toHaveLength(1);
        const sentText = sent.slice(0, sent.findIndex((one) => one === DONE || one === '{"error":"e"}') >>> 0);
        const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
        expect(text).toBe('Hel'.repeat(sentText.filter((one) => one === hel).length));
      }),
      { numRuns: 500 },
    );
  });
});
