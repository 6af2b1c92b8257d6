import { describe, expect, it } from 'vitest';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import { assistant, blocksOf, build, call, outline, output, user, weather } from './test-request.ts';

const thinking = { type: 'thinking', thinking: 'Hm', signature: 'SIG' };
const reasoning = (model = 'claude-sonnet-4-5', block: object = thinking) => ({
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Hm' }],
  encrypted_content: encodeEnvelope({ provider: 'anthropic', model, blocks: [block] }),
});

describe('anthropic messages: turns', () => {
  it('pitfall 14: parallel results become one user message in call order', () => {
    const { messages } = build({ tools: [weather], items: [user('q'), call('a'), call('b'), output('b', 'B'), output('a', 'A')] });
    expect(outline(messages)).toEqual(['user: text', 'assistant: tool_use tool_use', 'user: tool_result tool_result']);
    expect(messages[2]?.content).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: 'A' },
      { type: 'tool_result', tool_use_id: 'b', content: 'B' },
    ]);
  });

  it('pitfall 13: text between two outputs stands behind both', () => {
    const { messages } = build({ tools: [weather], items: [user('q'), call('a'), call('b'), output('a'), user('wait'), output('b')] });
    expect(outline(messages)).toEqual(['user: text', 'assistant: tool_use tool_use', 'user: tool_result tool_result text']);
  });

  it('pitfall 15: a call before more assistant text is not dangling', () => {
    const { messages } = build({ tools: [weather], items: [user('q'), call('a'), assistant('One moment.'), output('a')] });
    expect(outline(messages)).toEqual(['user: text', 'assistant: tool_use text', 'user: tool_result']);
  });

  it('keeps text, call, text, call in their order instead of hoisting text', () => {
    const items = [user('q'), assistant('First.'), call('a'), assistant('Second.'), call('b'), output('a'), output('b')];
    expect(outline(build({ tools: [weather], items }).messages)[1]).toBe('assistant: text tool_use text tool_use');
  });

  it('pitfall 16: leaves blank text out and never sends an empty message', () => {
    const items = [
      user(''),
      assistant(' '),
      user([
        { type: 'input_text', text: '\n' },
        { type: 'input_text', text: 'q' },
      ]),
      call('a'),
      output('a', ' '),
    ];
    const { messages } = build({ tools: [weather], items });
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'q' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'get_weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ]);
    expect(build({ items: [user('')] }).messages).toEqual([{ role: 'user', content: [{ type: 'text', text: '(empty)' }] }]);
  });

  it('lets the user speak first and last, with a warning', () => {
    const { messages, codes } = build({ items: [assistant('Hello.')] });
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
    expect(codes).toEqual(['user_turn_added', 'user_turn_added']);
  });

  it('sends leading system and developer text as system blocks and later ones as a marked user text', () => {
    const system = { type: 'message', role: 'system', content: 'S' };
    const later = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'D' }] };
    const { body, messages, codes } = build({
      body: { instructions: 'I' },
      tools: [weather],
      items: [system, user('q'), call('a'), later, output('a')],
    });
    expect(body.system).toEqual([
      { type: 'text', text: 'I' },
      { type: 'text', text: 'S' },
    ]);
    expect(outline(messages)[2]).toBe('user: tool_result text');
    expect(JSON.stringify(messages[2])).toContain('<system-reminder>\\nD\\n</system-reminder>');
    expect(codes).toEqual(['system_in_conversation']);
  });

  it('pitfall 40: without instructions there is no system', () => {
    expect(build({}).body).not.toHaveProperty('system');
  });
});

describe('anthropic messages: calls and outputs', () => {
  it('sends arguments that are no JSON object as text, with a warning, never as {}', () => {
    const { messages, codes } = build({
      tools: [weather],
      items: [user('q'), call('a', '{"city":'), call('b', '[1]'), call('c', ''), output('a'), output('b'), output('c')],
    });
    expect(blocksOf(messages, 1).map((block) => block.input)).toEqual([
      { _invalid_arguments: '{"city":' },
      { _invalid_arguments: '[1]' },
      {},
    ]);
    expect(codes).toEqual(['invalid_arguments', 'invalid_arguments']);
  });

  it('pitfall 33: spells foreign call ids in the alphabet that Anthropic takes, reversibly', () => {
    const id = 'call_x__thought__ab+c/d=';
    const { messages, callIds } = build({
      tools: [weather],
      items: [user('q'), call(id), call('call_x__thought__ab_c_d_'), output(id), output('call_x__thought__ab_c_d_')],
    });
    const ids = blocksOf(messages, 1).map((block) => block.id);
    expect(ids).toEqual(['call_x__thought__ab_c_d_', 'call_x__thought__ab_c_d__2']);
    expect(blocksOf(messages, 2).map((block) => block.tool_use_id)).toEqual(ids);
    expect(callIds).toMatchObject({ call_x__thought__ab_c_d_: id });
  });

  it('marks incomplete outputs as errors and takes outputs with images', () => {
    const parts = [
      { type: 'input_text', text: 'See:' },
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    ];
    const { messages } = build({ tools: [weather], items: [user('q'), call('a'), { ...output('a', parts), status: 'incomplete' }] });
    expect(messages[2]?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        is_error: true,
        content: [
          { type: 'text', text: 'See:' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
        ],
      },
    ]);
  });

  it('pitfall 36: a custom tool goes out as a function with one input, and its calls too', () => {
    const patch = {
      ...weather,
      upstreamName: 'apply_patch',
      route: { type: 'custom' as const, name: 'apply_patch' },
      parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    };
    const items = [
      user('q'),
      { type: 'custom_tool_call', call_id: 'a', name: 'apply_patch', input: '*** Begin' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'Done' },
    ];
    const { body, messages } = build({ tools: [patch], items });
    expect(body.tools).toMatchObject([{ name: 'apply_patch', input_schema: { required: ['input'] } }]);
    expect(messages[1]?.content).toEqual([{ type: 'tool_use', id: 'a', name: 'apply_patch', input: { input: '*** Begin' } }]);
  });

  it('keeps the tools of the history when the request brings none', () => {
    const { body } = build({ items: [user('q'), call('a'), output('a')] });
    expect(body.tools).toEqual([{ name: 'get_weather', input_schema: { type: 'object' } }]);
    expect(body.tool_choice).toEqual({ type: 'none' });
  });

  it('names calls of namespaces as their tools are named upstream', () => {
    const tool = { ...weather, upstreamName: 'maps__find', route: { type: 'function' as const, name: 'find', namespace: 'maps' } };
    const items = [user('q'), { ...call('a', '{}', 'find'), namespace: 'maps' }, output('a')];
    expect(JSON.stringify(build({ tools: [tool], items }).messages[1])).toContain('"name":"maps__find"');
  });
});

describe('anthropic messages: reasoning', () => {
  it('opens its own envelopes in place: W2 replay', () => {
    const items = [
      user('q'),
      reasoning(),
      assistant('T'),
      reasoning('claude-sonnet-4-5-20250929', { type: 'redacted_thinking', data: 'X' }),
      call('a'),
      output('a'),
    ];
    const { messages, codes } = build({ tools: [weather], items });
    expect(outline(messages)).toEqual(['user: text', 'assistant: thinking text redacted_thinking tool_use', 'user: tool_result']);
    expect(blocksOf(messages, 1)[0]).toEqual(thinking);
    expect(codes).toEqual([]);
  });

  it('pitfall 20: drops foreign, unsigned and other models’ reasoning with a warning, never sends a summary as thinking', () => {
    const items = [
      user('q'),
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'secret' }], encrypted_content: 'gAAAAB' },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'secret' }] },
      reasoning('claude-opus-4-5'),
      reasoning('claude-sonnet-4-5', { type: 'thinking', thinking: 'x', signature: '' }),
      assistant('T'),
      user('r'),
    ];
    const { messages, codes } = build({ items });
    expect(outline(messages)).toEqual(['user: text', 'assistant: text', 'user: text']);
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'reasoning_dropped'));
    expect(JSON.stringify(messages)).not.toContain('secret');
  });

  it('pitfall 18: takes the blocks from the store when the client lost the envelope', () => {
    const stored = {
      item: { type: 'reasoning', id: 'rs_1', summary: [] },
      source: 'restored' as const,
      replay: { kind: 'anthropic' as const, model: 'claude-sonnet-4-5', data: { blocks: [thinking] } },
    };
    const { messages } = build({ tools: [weather], items: [user('q'), stored, call('a'), output('a')] });
    expect(outline(messages)[1]).toBe('assistant: thinking tool_use');
  });

  it('replays a web search pair as it came, and drops what it cannot show with a warning', () => {
    const blocks = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
    ];
    const own = {
      item: { type: 'web_search_call', id: 'ws_1' },
      source: 'chain' as const,
      replay: { kind: 'anthropic' as const, model: 'claude-sonnet-4-5', data: { blocks } },
    };
    const { messages, codes } = build({
      items: [user('q'), own, { type: 'image_generation_call', id: 'ig_1' }, assistant('A'), user('r')],
    });
    expect(outline(messages)[1]).toBe('assistant: server_tool_use web_search_tool_result text');
    expect(codes).toEqual(['item_dropped']);
  });

  it('does not replay text that a refusal broke off', () => {
    const refused = {
      item: assistant('How to'),
      source: 'chain' as const,
      replay: { kind: 'anthropic' as const, model: 'claude-sonnet-4-5', data: { isRefused: true } },
    };
    expect(outline(build({ items: [user('q'), refused, user('r')] }).messages)).toEqual(['user: text text']);
  });
});

describe('anthropic messages: images and files', () => {
  const of = (part: object) => build({ items: [user([part])] }).messages[0]?.content;

  it.each([
    [
      { type: 'input_image', image_url: 'https://a.example/x.png' },
      { type: 'image', source: { type: 'url', url: 'https://a.example/x.png' } },
    ],
    [
      { type: 'input_image', image_url: 'data:image/jpg;base64,/9j/4AAQ' },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } },
    ],
    [
      { type: 'input_image', file_id: 'file_011' },
      { type: 'image', source: { type: 'file', file_id: 'file_011' } },
    ],
    [
      { type: 'input_file', filename: 'a.pdf', file_data: 'JVBERi0xLjQK' },
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } },
    ],
    [
      { type: 'input_file', filename: 'n.csv', file_data: 'data:text/csv;base64,YSxi' },
      { type: 'document', title: 'n.csv', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ],
    [
      { type: 'input_file', file_url: 'https://a.example/r.pdf' },
      { type: 'document', source: { type: 'url', url: 'https://a.example/r.pdf' } },
    ],
  ])('%o becomes its block', (part, block) => {
    expect(of(part)).toEqual([block]);
  });

  it.each([
    { type: 'input_image', image_url: 'http://a.example/x.png' },
    { type: 'input_image', image_url: 'data:image/tiff;base64,SUkqAAAA' },
    { type: 'input_image' },
    { type: 'input_file', file_id: 'file-abc' },
    { type: 'input_file', filename: 'a.zip', file_data: 'data:application/zip;base64,UEsDBAAA' },
    { type: 'input_audio', input_audio: {} },
  ])('%o is refused with a 400, because its content would vanish', (part) => {
    expect(() => of(part)).toThrow(expect.objectContaining({ status: 400, param: 'input' }));
  });

  it('keeps four cache breakpoints, the last ones', () => {
    const part = (text: string) => ({ type: 'input_text', text, prompt_cache_breakpoint: { mode: 'explicit' } });
    const { messages, codes } = build({ items: [user(['a', 'b', 'c', 'd', 'e'].map(part))] });
    expect(blocksOf(messages, 0).map((block) => block.cache_control !== undefined)).toEqual([false, true, true, true, true]);
    expect(codes).toEqual(['cache_breakpoints_limited']);
  });
});
