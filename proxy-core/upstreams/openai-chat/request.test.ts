import { describe, expect, it } from 'vitest';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import type { ConversationItem } from '../upstream.ts';
import { assistant, build, call, codesOf, message, messagesOf, outline, output, user, type Item } from './request-play.ts';

describe('chat messages', () => {
  it('always streams with usage, and adds nothing that was not asked for', () => {
    expect(build().body).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('puts instructions first, then the leading system items, and leaves later ones in place', () => {
    const items = [message('developer', 'D'), user('hi'), message('system', 'later')];
    expect(outline({ items, body: { instructions: 'I' } })).toEqual(['system: I', 'system: D', 'user: hi', 'system: later']);
    expect(outline({ items, body: { instructions: 'I' }, profile: 'openai' })).toEqual([
      'developer: I',
      'developer: D',
      'user: hi',
      'system: later',
    ]);
  });

  it('merges system text for servers whose templates take one system message', () => {
    const items = [message('system', 'S'), user('hi'), message('system', 'later')];
    const asked = { items, body: { instructions: 'I' }, profile: 'vllm' };
    expect(outline(asked)).toEqual(['system: I\n\nS', 'user: hi', 'user: <system-reminder>\nlater\n</system-reminder>']);
    expect(codesOf(asked)).toEqual(['system_in_conversation']);
  });

  it('sends no system message without instructions (pitfall 40)', () => {
    expect(outline({ items: [user('hi')] })).toEqual(['user: hi']);
  });

  it('puts all results after their calls, in call order, before the text between them (pitfalls 13, 14)', () => {
    const items = [user('q'), call('a'), call('b'), output('b'), user('wait'), output('a')];
    expect(outline({ items })).toEqual([
      'user: q',
      'assistant: call a + call b',
      'tool a: result of a',
      'tool b: result of b',
      'user: wait',
    ]);
  });

  it('keeps a call whose output comes after more text (pitfall 15)', () => {
    expect(outline({ items: [call('a'), assistant('Let me see.'), output('a')] })).toEqual([
      'assistant: Let me see. + call a',
      'tool a: result of a',
    ]);
  });

  it('begins a new assistant message for a call after an output', () => {
    const items = [user('q'), call('a'), output('a'), call('b'), output('b'), assistant('Done.')];
    expect(outline({ items })).toEqual([
      'user: q',
      'assistant: call a',
      'tool a: result of a',
      'assistant: call b',
      'tool b: result of b',
      'assistant: Done.',
    ]);
  });

  it('leaves out blank text and turns that hold nothing else (pitfall 16)', () => {
    const items = [
      user([
        { type: 'input_text', text: ' ' },
        { type: 'input_text', text: 'hi' },
      ]),
      assistant('\n'),
      user(''),
      assistant(''),
      call('a'),
      output('a', ''),
    ];
    expect(outline({ items })).toEqual(['user: hi', 'user: (empty)', 'assistant: call a', 'tool a: ']);
    expect(messagesOf({ items })[2]).toMatchObject({ content: null });
  });

  it('sends arguments as they are, and {} where there are none (pitfall 30)', () => {
    const sent = messagesOf({ items: [call('a', ''), call('b', '{"x": 1}'), output('a'), output('b')] })[0];
    expect(sent?.role === 'assistant' && sent.tool_calls?.map((one) => one.function.arguments)).toEqual(['{}', '{"x": 1}']);
  });

  it('tells two calls of one id apart (pitfall 32)', () => {
    const items = [call('call_0', '{"x":1}'), output('call_0', 'one'), call('call_0', '{"x":2}'), output('call_0', 'two')];
    expect(outline({ items })).toEqual(['assistant: call call_0', 'tool call_0: one', 'assistant: call call_0_2', 'tool call_0_2: two']);
  });

  it('keeps foreign call ids byte for byte, but shortens them where the server refuses the length (pitfall 33)', () => {
    const id = `call_x__thought__${'a+/='.repeat(20)}`;
    const items = [call(id), output(id)];
    expect(outline({ items })).toEqual([`assistant: call ${id}`, `tool ${id}: result of ${id}`]);
    const built = build({ items, profile: 'openai' });
    const [sent] = Object.keys(built.callIds ?? {});
    expect(sent).toMatch(/^call_[0-9a-f]{24}$/);
    expect(built.callIds).toEqual({ [sent as string]: id });
    expect(outline({ items, profile: 'openai' })).toEqual([`assistant: call ${sent}`, `tool ${sent}: result of ${id}`]);
  });

  it('sends a custom tool call as a function call with one input (pitfall 36)', () => {
    const custom = { type: 'custom_tool_call', call_id: 'a', name: 'apply_patch', input: '*** Begin' };
    const items = [custom, { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' }];
    expect(messagesOf({ items })).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'apply_patch', arguments: '{"input":"*** Begin"}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
    ]);
  });

  it('sends a refusal in its own field to OpenAI, as text to others', () => {
    const items = [user('q'), message('assistant', [{ type: 'refusal', refusal: 'No.' }]), user('why')];
    expect(messagesOf({ items, profile: 'openai' })[1]).toEqual({ role: 'assistant', content: null, refusal: 'No.' });
    expect(messagesOf({ items })[1]).toEqual({ role: 'assistant', content: 'No.' });
  });

  it('names what it leaves out', () => {
    const items = [user('q'), { type: 'web_search_call', id: 'ws_1' }, { type: 'wobble' }];
    expect(codesOf({ items })).toEqual(['item_dropped', 'item_dropped']);
    expect(() => build({ items: [{ type: 'compaction', encrypted_content: 'x' }] })).toThrow(
      expect.objectContaining({ status: 400, code: 'invalid_encrypted_content' }),
    );
  });
});

describe('content parts for chat', () => {
  const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
  const image = { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' };
  const pdf = { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' };
  const refusal = (content: unknown, profile?: string) =>
    expect(() => build({ items: [user(content)], ...(profile === undefined ? {} : { profile }) })).toThrow(
      expect.objectContaining({ status: 400, param: 'input', code: 'unsupported_content' }),
    );

  it('joins text and sends a list only with other parts', () => {
    const parts = [
      { type: 'input_text', text: 'a' },
      { type: 'input_text', text: 'b' },
    ];
    expect(messagesOf({ items: [user(parts)] })).toEqual([{ role: 'user', content: 'a\nb' }]);
    expect(messagesOf({ items: [user([...parts, image])] })[0]?.content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'image_url', image_url: { url: image.image_url, detail: 'low' } },
    ]);
  });

  it('sends image URLs to servers that download them and refuses them to others', () => {
    const part = { type: 'input_image', image_url: 'https://example.com/a.png' };
    expect(messagesOf({ items: [user([part])] })[0]?.content).toEqual([{ type: 'image_url', image_url: { url: part.image_url } }]);
    refusal([part], 'ollama');
  });

  it('sends a PDF to OpenAI and refuses it to servers without file parts', () => {
    const expected = [{ type: 'file', file: { filename: 'a.pdf', file_data: pdf.file_data } }];
    expect(messagesOf({ items: [user([pdf])], profile: 'openai' })[0]?.content).toEqual(expected);
    refusal([pdf]);
  });

  it('puts the text of a text file into the message, with a warning', () => {
    const file = { type: 'input_file', filename: 'n.txt', file_data: 'data:text/plain;base64,SGVsbG8=' };
    expect(messagesOf({ items: [user([file])] })).toEqual([{ role: 'user', content: 'n.txt:\nHello' }]);
    expect(codesOf({ items: [user([file])] })).toEqual(['file_as_text']);
  });

  it('refuses what would vanish', () => {
    refusal([{ type: 'input_file', file_url: 'https://example.com/a.pdf' }], 'openai');
    refusal([{ type: 'input_file', file_id: 'file-1' }]);
    refusal([{ type: 'input_image', file_id: 'file-1' }], 'openai');
    refusal([{ type: 'input_image' }]);
    refusal([{ type: 'input_audio', input_audio: {} }]);
  });

  it('moves images of a tool output behind all tool messages', () => {
    const items = [call('a'), call('b'), output('a', [{ type: 'input_text', text: 'seen' }, image]), output('b', [image])];
    expect(outline({ items })).toEqual([
      'assistant: call a + call b',
      'tool a: seen',
      'tool b: (see the next user message)',
      'user: text, image_url',
      'user: text, image_url',
    ]);
    expect(codesOf({ items })).toEqual(['tool_output_moved', 'tool_output_moved']);
  });
});

describe('reasoning on its way back', () => {
  const sealed = (blocks: unknown[], model = 'm', provider: 'chat' | 'anthropic' = 'chat'): Item => ({
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'shown' }],
    encrypted_content: encodeEnvelope({ provider, model, blocks }),
  });
  const text = sealed([{ reasoning_content: 'thought' }]);
  const details = sealed([{ reasoning_details: [{ type: 'reasoning.encrypted', data: 'X' }] }]);

  it('goes with the calls it led to, within the tool loop', () => {
    expect(messagesOf({ items: [user('q'), text, call('a'), output('a')] })[1]).toMatchObject({
      role: 'assistant',
      reasoning_content: 'thought',
    });
  });

  it('stays behind once the user has spoken again, unless it is signed', () => {
    const items = [user('q'), text, details, assistant('A'), user('next')];
    expect(messagesOf({ items, profile: 'openrouter' })[1]).toEqual({
      role: 'assistant',
      content: 'A',
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'X' }],
    });
  });

  it('comes from the store where the client did not send it', () => {
    const restored: ConversationItem = {
      item: { type: 'reasoning', summary: [] },
      source: 'restored',
      replay: { kind: 'openai-chat', model: 'm', data: { blocks: [{ reasoning: 'kept' }] } },
    };
    expect(messagesOf({ items: [user('q'), restored, call('a'), output('a')] })[1]).toMatchObject({ reasoning: 'kept' });
  });

  it.each([
    ['OpenAI ciphertext', { type: 'reasoning', summary: [], encrypted_content: 'gAAAAABforeign' }],
    ['another provider', sealed([{ type: 'thinking' }], 'm', 'anthropic')],
    ['another model', sealed([{ reasoning: 'x' }], 'other')],
    ['no ciphertext at all', { type: 'reasoning', summary: [{ type: 'summary_text', text: 'S' }] }],
  ])('drops the item of %s with a warning (pitfall 20)', (_, item) => {
    const asked = { items: [user('q'), item, call('a'), output('a')] };
    expect(codesOf(asked)).toEqual(['reasoning_dropped']);
    expect(messagesOf(asked)[1]).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }],
    });
  });
});
