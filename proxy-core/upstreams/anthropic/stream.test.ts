import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { UpstreamFrame } from '../upstream.ts';
import { decodeEnvelope } from '../shared/reasoning-envelope.ts';
import { createAnthropicStreamMachine } from './stream.ts';
import { createPlaybook } from '../shared/playbook.ts';

const MODEL = 'claude-sonnet-4-5';

function playbook() {
  const request = { model: MODEL, body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  return createPlaybook(createAnthropicStreamMachine({ request, built: { body: {}, warnings: [] } }));
}

const frame = (data: JsonObject): UpstreamFrame => ({ event: String(data.type), data: JSON.stringify(data) });
const start = (usage: JsonObject = { input_tokens: 50, cache_creation_input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 1 }) =>
  frame({ type: 'message_start', message: { id: 'msg_01', model: 'claude-sonnet-4-5-20250929', usage } });
const open = (index: number, block: JsonObject) => frame({ type: 'content_block_start', index, content_block: block });
const delta = (index: number, body: JsonObject) => frame({ type: 'content_block_delta', index, delta: body });
const text = (index: number, value: string) => delta(index, { type: 'text_delta', text: value });
const json = (index: number, value: string) => delta(index, { type: 'input_json_delta', partial_json: value });
const close = (index: number) => frame({ type: 'content_block_stop', index });
const stop = (reason: string | null, usage: JsonObject = { output_tokens: 9 }, more: JsonObject = {}) =>
  frame({ type: 'message_delta', delta: { stop_reason: reason, ...more }, usage });
const end = frame({ type: 'message_stop' });
const TEXT = { type: 'text', text: '' };
const started: Partial<StreamEvent>[] = [{ type: 'metadata', upstreamId: 'msg_01' }, { type: 'usage' }];

describe('anthropic stream: the worked examples', () => {
  it('W1: passes text on as it comes and finishes at message_stop', () => {
    playbook()
      .send(start())
      .expect(
        { type: 'metadata', upstreamId: 'msg_01', model: 'claude-sonnet-4-5-20250929' },
        { type: 'usage', usage: { inputTokens: 60, cachedTokens: 7, cacheWriteTokens: 3, outputTokens: 1, reasoningTokens: 0 } },
      )
      .send(frame({ type: 'ping' }), open(0, TEXT))
      .expect({ type: 'text-start', key: 'b1' })
      .send(text(0, 'Hel'), text(0, ''), text(0, 'lo'))
      .expect({ type: 'text-delta', key: 'b1', text: 'Hel' }, { type: 'text-delta', key: 'b1', text: 'lo' })
      .send(close(0), stop('end_turn'))
      .expect({ type: 'usage', usage: { inputTokens: 60, outputTokens: 9 } as never })
      .send(end)
      .expect({ type: 'text-end', key: 'b1' }, { type: 'finish', reason: 'stop' });
  });

  it('W2: keeps thinking, text, thinking, tool apart and in order (pitfall 4)', () => {
    const book = playbook()
      .send(start())
      .expect(...started);
    book
      .send(open(0, { type: 'thinking', thinking: '', signature: '' }), delta(0, { type: 'thinking_delta', thinking: 'Hm.' }))
      .expect({ type: 'reasoning-start', key: 'b1' }, { type: 'reasoning-delta', key: 'b1', text: 'Hm.' })
      .send(delta(0, { type: 'signature_delta', signature: 'SIG1' }), close(0))
      .expect({ type: 'reasoning-end', key: 'b1', replay: { blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'SIG1' }] } })
      .send(open(1, TEXT), text(1, 'Let me see.'), close(1), open(2, { type: 'thinking', thinking: '' }))
      .expect(
        { type: 'text-start', key: 'b2' },
        { type: 'text-delta', key: 'b2' },
        { type: 'text-end', key: 'b2' },
        { type: 'reasoning-start', key: 'b3' },
      )
      .send(delta(2, { type: 'signature_delta', signature: 'SIG2' }), close(2))
      .expect({ type: 'reasoning-end', key: 'b3', replay: { blocks: [{ type: 'thinking', thinking: '', signature: 'SIG2' }] } })
      .send(
        open(3, { type: 'tool_use', id: 'toolu_A', name: 'get_weather', input: {} }),
        json(3, ''),
        json(3, '{"city":'),
        json(3, '"Paris"}'),
        close(3),
      )
      .expect(
        { type: 'tool-input-start', key: 'b4', callId: 'toolu_A', name: 'get_weather' },
        { type: 'tool-input-delta', key: 'b4', delta: '{"city":' },
        { type: 'tool-input-delta', key: 'b4', delta: '"Paris"}' },
        { type: 'tool-input-end', key: 'b4' },
      )
      .send(stop('tool_use'), end)
      .expect({ type: 'usage' }, { type: 'finish', reason: 'tool-calls' });
    const first = book.outputs.find((event) => event.type === 'reasoning-end');
    const opened = decodeEnvelope(first?.type === 'reasoning-end' ? (first.encryptedContent ?? '') : '');
    expect(opened).toEqual({
      ok: true,
      envelope: { provider: 'anthropic', model: MODEL, blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'SIG1' }] },
    });
  });

  it('W3: gives text after a tool a text of its own (pitfall 2)', () => {
    const tool = (id: string) => ({ type: 'tool_use', id, name: 't', input: {} });
    const keys = playbook()
      .send(start(), open(0, TEXT), text(0, 'First.'), close(0), open(1, tool('a')), close(1))
      .send(open(2, TEXT), text(2, 'Second.'), close(2), open(3, tool('b')), close(3), stop('tool_use'), end)
      .outputs.flatMap((event) => (event.type.endsWith('-start') && 'key' in event ? [`${event.type} ${event.key}`] : []));
    expect(keys).toEqual(['text-start b1', 'tool-input-start b2', 'text-start b3', 'tool-input-start b4']);
  });

  it('W4: parallel calls, the second without input (pitfall 30)', () => {
    playbook()
      .send(start())
      .expect(...started)
      .send(open(0, { type: 'tool_use', id: 'A', name: 'x', input: {} }), json(0, '{}'), close(0))
      .send(open(1, { type: 'tool_use', id: 'B', name: 'y', input: {} }), json(1, ''), close(1))
      .expect(
        { type: 'tool-input-start', callId: 'A' },
        { type: 'tool-input-delta', delta: '{}' },
        { type: 'tool-input-end' },
        { type: 'tool-input-start', callId: 'B' },
        { type: 'tool-input-end' },
      );
  });

  it('pitfall 3: a tool-only answer says nothing about text', () => {
    const { outputs } = playbook().send(
      start(),
      open(0, { type: 'tool_use', id: 'A', name: 'x', input: {} }),
      close(0),
      stop('tool_use'),
      end,
    );
    expect(outputs.filter((event) => event.type.startsWith('text'))).toEqual([]);
  });
});

describe('anthropic stream: blocks', () => {
  it('seals redacted thinking without showing anything', () => {
    playbook()
      .send(start())
      .expect(...started)
      .send(open(0, { type: 'redacted_thinking', data: 'XYZ' }), close(0))
      .expect({ type: 'reasoning-start' }, { type: 'reasoning-end', replay: { blocks: [{ type: 'redacted_thinking', data: 'XYZ' }] } });
  });

  it('shows unsigned thinking but does not seal it', () => {
    const { outputs } = playbook().send(open(0, { type: 'thinking', thinking: 'Hm' }), close(0));
    expect(outputs.map((event) => event.type)).toEqual(['reasoning-start', 'reasoning-delta', 'warning', 'reasoning-end']);
    expect(outputs.at(-1)).not.toHaveProperty('encryptedContent');
  });

  it('takes a whole input from the block start when no deltas come', () => {
    playbook()
      .send(open(0, { type: 'tool_use', id: 'A', name: 'x', input: { a: 1 } }), close(0))
      .expect({ type: 'tool-input-start' }, { type: 'tool-input-delta', delta: '{"a":1}' }, { type: 'tool-input-end' });
    playbook()
      .send(open(0, { type: 'tool_use', id: 'A', name: 'x', input: { a: 1 } }), json(0, '{"a":1}'), close(0))
      .expect({ type: 'tool-input-start' }, { type: 'tool-input-delta', delta: '{"a":1}' }, { type: 'tool-input-end' });
  });

  it('joins text blocks that follow each other and gives each citation its block as range', () => {
    const citation = { type: 'web_search_result_location', url: 'https://a.example/x', title: 'X', cited_text: 'c', encrypted_index: 'e' };
    playbook()
      .send(open(0, TEXT), text(0, 'It is '), close(0), open(1, { ...TEXT, citations: [] }), text(1, 'sunny'))
      .send(delta(1, { type: 'citations_delta', citation }), close(1), stop('end_turn'), end)
      .expect(
        { type: 'text-start', key: 'b1' },
        { type: 'text-delta', key: 'b1', text: 'It is ' },
        { type: 'text-delta', key: 'b1', text: 'sunny' },
        {
          type: 'text-annotation',
          key: 'b1',
          annotation: { type: 'url_citation', url: 'https://a.example/x', title: 'X', start_index: 6, end_index: 11 },
        },
        { type: 'usage' },
        { type: 'text-end', key: 'b1' },
        { type: 'finish', reason: 'stop' },
      )
      .expectNothing();
  });

  it('cites documents as file citations', () => {
    const citation = {
      type: 'char_location',
      document_index: 2,
      document_title: 'Report',
      file_id: null,
      start_char_index: 0,
      end_char_index: 4,
    };
    const { outputs } = playbook().send(open(0, { ...TEXT, text: 'Four', citations: [citation] }), close(0));
    expect(outputs[2]).toMatchObject({ annotation: { type: 'file_citation', index: 2, file_id: '', filename: 'Report' } });
  });

  it('makes a hosted search of server_tool_use and its result', () => {
    const result = {
      type: 'web_search_tool_result',
      tool_use_id: 'srv_1',
      content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A' }],
    };
    playbook()
      .send(
        open(0, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }),
        json(0, '{"query":'),
        json(0, '"rain"}'),
        close(0),
      )
      .expect({ type: 'hosted-start', key: 'b1', itemType: 'web_search_call' })
      .send(open(1, result), close(1))
      .expect({
        type: 'hosted-end',
        key: 'b1',
        item: { status: 'completed', action: { type: 'search', query: 'rain', sources: [{ type: 'url', url: 'https://a.example' }] } },
        replay: { blocks: [{ type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'rain' } }, result] },
      });
  });

  it('reports other server tools and unknown blocks once and makes nothing of them', () => {
    playbook()
      .send(open(0, { type: 'server_tool_use', id: 's', name: 'code_execution', input: {} }), json(0, '{"code":"1"}'), close(0))
      .send(open(1, { type: 'container_upload', file_id: 'f' }), close(1), open(2, { type: 'container_upload', file_id: 'g' }), close(2))
      .expect({ type: 'warning', code: 'block_not_translated' }, { type: 'warning', code: 'block_not_translated' });
  });

  it('keeps interleaved blocks apart by index', () => {
    playbook()
      .send(open(0, { type: 'tool_use', id: 'A', name: 'x', input: {} }), open(1, { type: 'tool_use', id: 'B', name: 'y', input: {} }))
      .send(json(1, '{"b":1}'), json(0, '{"a":1}'), close(1), close(0))
      .expect(
        { type: 'tool-input-start', key: 'b1' },
        { type: 'tool-input-start', key: 'b2' },
        { type: 'tool-input-delta', key: 'b2' },
        { type: 'tool-input-delta', key: 'b1' },
        { type: 'tool-input-end', key: 'b2' },
        { type: 'tool-input-end', key: 'b1' },
      );
  });

  it('survives a block index that is started twice and deltas without a block', () => {
    const { outputs } = playbook().send(open(0, TEXT), text(0, 'a'), open(0, TEXT), text(0, 'b'), text(5, 'c'), json(6, '{}'), close(9));
    expect(outputs.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['a', 'b', 'c']);
    expect(outputs.filter((event) => event.type === 'warning').map((event) => event.type === 'warning' && event.code)).toEqual([
      'block_index_reused',
      'delta_without_block',
      'delta_without_block',
    ]);
  });
});

describe('anthropic stream: the message around the blocks', () => {
  it('pitfall 29: usage fields of message_delta replace those of message_start, null does not', () => {
    const { outputs } = playbook().send(
      start({ input_tokens: 43, cache_read_input_tokens: 0, output_tokens: 1, service_tier: 'standard' }),
      stop('end_turn', {
        input_tokens: 61,
        cache_read_input_tokens: null,
        output_tokens: 20,
        output_tokens_details: { thinking_tokens: 5 },
      }),
    );
    expect(outputs.at(-1)).toMatchObject({
      type: 'usage',
      usage: { inputTokens: 61, cachedTokens: 0, outputTokens: 20, reasoningTokens: 5 },
    });
    expect(outputs).toContainEqual({ type: 'metadata', serviceTier: 'default' });
  });

  it('ignores a second message_start with a warning', () => {
    playbook()
      .send(start())
      .expect(...started)
      .send(start())
      .expect({ type: 'warning', code: 'second_message_start' });
  });

  it('pitfall 23: needs no event: lines, and knows what an unnamed error is', () => {
    const bare = (data: UpstreamFrame): UpstreamFrame => ({ event: null, data: data.data });
    playbook()
      .send(bare(start()), bare(open(0, TEXT)), bare(text(0, 'Hi')), bare(close(0)), bare(stop('end_turn')), bare(end), {
        event: null,
        data: '[DONE]',
      })
      .expect(
        ...started,
        { type: 'text-start' },
        { type: 'text-delta' },
        { type: 'usage' },
        { type: 'text-end' },
        { type: 'finish', reason: 'stop' },
      );
    playbook()
      .send({ event: null, data: '{"error":{"message":"boom"}}' })
      .expect({
        type: 'error',
        error: { code: 'server_error', message: 'The upstream broke off with error: boom', upstreamType: 'error' },
      });
  });

  it('pitfall 23: an answer without a single event is an error that says so', () => {
    const { outputs } = playbook().end();
    expect(outputs).toMatchObject([{ type: 'error', error: { code: 'server_error' } }]);
    expect(JSON.stringify(outputs)).toContain('no server-sent event');
  });

  it('reports unknown events once and frames that are not JSON each time', () => {
    playbook()
      .send(frame({ type: 'fresh' }), frame({ type: 'fresh' }), { event: 'x', data: 'oops' })
      .expect({ type: 'warning', code: 'unknown_upstream_event' }, { type: 'warning', code: 'frame_not_json' });
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'max-output-tokens'],
    ['model_context_window_exceeded', 'max-output-tokens'],
    ['refusal', 'content-filter'],
    ['brand_new', 'unknown'],
    [null, 'stop'],
  ])('stop reason %s ends as %s', (reason, expected) => {
    const { outputs } = playbook().send(start(), open(0, TEXT), text(0, 'a'), close(0), stop(reason), end).end();
    expect(outputs.filter((event) => event.type === 'finish')).toEqual([{ type: 'finish', reason: expected }]);
  });

  it('pitfall 49: a refusal without blocks is only a finish; an explanation is a refusal text', () => {
    playbook()
      .send(start(), stop('refusal'), end)
      .expect(...started, { type: 'usage' }, { type: 'finish', reason: 'content-filter' });
    playbook()
      .send(start(), open(0, TEXT), text(0, 'Well'), close(0))
      .send(stop('refusal', { output_tokens: 2 }, { stop_details: { type: 'refusal', category: 'cyber', explanation: 'No.' } }), end)
      .expect(
        ...started,
        { type: 'text-start' },
        { type: 'text-delta' },
        { type: 'usage' },
        { type: 'text-end', replay: { isRefused: true } },
        { type: 'refusal-start' },
        { type: 'refusal-delta', text: 'No.' },
        { type: 'refusal-end' },
        { type: 'finish', reason: 'content-filter' },
      );
  });

  it.each([
    ['overloaded_error', 'server_error'],
    ['rate_limit_error', 'rate_limit_exceeded'],
    ['api_error', 'server_error'],
  ])('pitfall 25: an %s event after text keeps the text open and fails', (type, code) => {
    playbook()
      .send(start(), open(0, TEXT), text(0, 'Hel'), frame({ type: 'error', error: { type, message: 'Busy' }, request_id: 'req_1' }))
      .expect(...started, { type: 'text-start' }, { type: 'text-delta' }, { type: 'error', error: { code, upstreamType: type } as never })
      .send(text(0, 'lo'))
      .end()
      .expectNothing();
  });

  it('pitfall 24: a cut at any event is an error, never a finish', () => {
    const whole = [
      start(),
      open(0, { type: 'thinking', thinking: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      close(0),
      open(1, TEXT),
      text(1, 'Hel'),
      close(1),
      open(2, { type: 'tool_use', id: 'A', name: 'x', input: {} }),
      json(2, '{}'),
      close(2),
    ];
    for (let length = 0; length <= whole.length; length += 1) {
      const { outputs } = playbook()
        .send(...whole.slice(0, length))
        .end();
      expect(outputs.filter((event) => event.type === 'finish')).toEqual([]);
      expect(outputs.filter((event) => event.type === 'error')).toHaveLength(1);
    }
    const afterReason = playbook()
      .send(...whole, stop('tool_use'))
      .end().outputs;
    expect(afterReason.slice(-2)).toMatchObject([
      { type: 'warning', code: 'missing_message_stop' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it.each([
    [{ type: 'upstream-error', detail: 'ECONNRESET' } as const],
    [{ type: 'client-gone' } as const],
    [{ type: 'timeout', detail: 'idle' } as const],
    [{ type: 'shutdown' } as const],
  ])('leaves open blocks open and tells no finish when the stream ends by %o', (cause) => {
    const { outputs } = playbook().send(start(), open(0, TEXT), text(0, 'Hel'), stop('end_turn')).end(cause);
    expect(outputs.some((event) => event.type === 'finish' || event.type === 'text-end')).toBe(false);
  });
});
