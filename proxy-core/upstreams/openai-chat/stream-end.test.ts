import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndCause } from '../../protocol/stream/machine.ts';
import type { BridgeRequest, UpstreamFrame } from '../upstream.ts';
import { call, COMPLETED, DONE, lines, run, usage, type Sent } from './stream-play.ts';
import { createChatStreamMachine } from './stream.ts';

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

  it.each<EndCause>([
    { type: 'upstream-error', detail: 'ECONNRESET' },
    { type: 'timeout', detail: 'silent' },
  ])('takes an answer with a finish_reason as whole when the connection ends by %o', (cause) => {
    expect(lines(run([hel, { finish_reason: 'stop' }], cause)).at(-1)).toBe('finish stop');
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
