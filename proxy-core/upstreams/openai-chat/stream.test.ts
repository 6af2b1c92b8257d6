import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import { decodeEnvelope } from '../shared/reasoning-envelope.ts';
import { call, DONE, lines, run, usage } from './stream-play.ts';

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
