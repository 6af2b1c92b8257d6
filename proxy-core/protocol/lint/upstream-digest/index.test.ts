import { describe, expect, it } from 'vitest';
import { showText } from '../model/text-digest.ts';
import type { UpstreamDigest } from './digest.ts';
import { digestFrames } from './index.ts';

const digest = (...objects: unknown[]): UpstreamDigest | undefined =>
  digestFrames(objects.map((object) => ({ event: null, data: typeof object === 'string' ? object : JSON.stringify(object) })));
const show = (result: UpstreamDigest | undefined): string[] | undefined =>
  result?.segments.map((segment) => `${segment.kind}:${showText(segment.text)}`);

const chat = (delta: object, finish: string | null = null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] });

describe('digest of an upstream', () => {
  it('keeps Anthropic blocks in the order of their start', () => {
    const result = digest(
      { type: 'message_start', message: { usage: {} } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: {} },
      { type: 'message_stop' },
    );
    expect(show(result)).toEqual(['reasoning:Hm', 'tool:{"a":1}']);
    expect(result).toMatchObject({ kind: 'anthropic', finished: true, cut: false, lengthStop: true, error: false, hasUsage: true });
  });

  it('sees that a Chat Completions stream was cut', () => {
    const result = digest(chat({ content: 'Hel' }), chat({ content: 'lo' }));
    expect(show(result)).toEqual(['text:Hello']);
    expect(result).toMatchObject({ kind: 'openai-chat', finished: false, cut: true });
  });

  it('reads parallel calls of a Chat Completions stream by their index', () => {
    const result = digest(
      chat({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }] }),
      chat({ tool_calls: [{ index: 1, id: 'b', function: { name: 'g', arguments: '{}' } }] }),
      chat({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chat({}, 'tool_calls'),
      '[DONE]',
    );
    expect(show(result)).toEqual(['tool:{"x":1}', 'tool:{}']);
    expect(result).toMatchObject({ finished: true, hasBadToolInput: false });
  });

  it('tells thoughts from text in a Gemini stream', () => {
    const part = (...parts: object[]) => ({ candidates: [{ content: { parts } }] });
    const result = digest(part({ text: 'Think', thought: true }), part({ text: 'Say' }, { functionCall: { name: 'f', args: { a: 1 } } }), {
      candidates: [{ finishReason: 'MAX_TOKENS' }],
      usageMetadata: {},
    });
    expect(show(result)).toEqual(['reasoning:Think', 'text:Say', 'tool:{"a":1}']);
    expect(result).toMatchObject({ kind: 'gemini', finished: true, lengthStop: true, hasUsage: true });
  });

  it('notices an error in mid-stream', () => {
    expect(digest({ type: 'message_start' }, { type: 'error', error: { type: 'overloaded_error' } })).toMatchObject({
      error: true,
      cut: true,
    });
  });

  it('does not guess at other formats', () => {
    expect(digest({ hello: 1 })).toBeUndefined();
  });
});
