import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import { build, codesOf, tool, type Asked } from './request-play.ts';

describe('tools for chat', () => {
  const tools = [tool('f', { description: 'D', strict: true }), tool('g', { parameters: null, strict: false })];

  it('sends functions, strict only where it is on', () => {
    expect(build({ tools }).chat.tools).toEqual([
      { type: 'function', function: { name: 'f', description: 'D', parameters: { type: 'object', properties: {} }, strict: true } },
      { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  it('leaves out tool_choice and parallel_tool_calls without tools', () => {
    const { chat } = build({ body: { tools: [], tool_choice: 'auto', parallel_tool_calls: false } });
    expect(Object.keys(chat)).toEqual(['model', 'messages', 'stream', 'stream_options']);
  });

  it('passes choice and parallel_tool_calls on', () => {
    expect(build({ tools, body: { tool_choice: 'auto', parallel_tool_calls: false } }).chat).toMatchObject({
      tool_choice: 'auto',
      parallel_tool_calls: false,
    });
    expect(build({ tools, toolChoice: { type: 'required' } }).chat.tool_choice).toBe('required');
    expect(build({ tools, toolChoice: { type: 'tool', upstreamName: 'g' } }).chat.tool_choice).toEqual({
      type: 'function',
      function: { name: 'g' },
    });
    expect(build({ tools }).chat.tool_choice).toBeUndefined();
  });

  it('filters to the allowed tools, or lets OpenAI do it (pitfall 37)', () => {
    const asked: Asked = { tools, toolChoice: { type: 'allowed', mode: 'required', upstreamNames: ['g'] } };
    const filtered = build(asked);
    expect(filtered.chat.tools?.map((one) => one.function.name)).toEqual(['g']);
    expect(filtered.chat.tool_choice).toBe('required');
    expect(filtered.warnings.map(({ code }) => code)).toEqual(['tools_filtered']);
    const native = build({ ...asked, profile: 'openai' });
    expect(native.chat.tools).toHaveLength(2);
    expect(native.chat.tool_choice).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
    });
  });

  it('says when a server does not enforce the choice', () => {
    expect(codesOf({ tools, toolChoice: { type: 'required' }, profile: 'ollama' })).toEqual(['tool_choice_not_enforced']);
  });
});

describe('parameters for chat', () => {
  /** What is in the body beside what is always there. */
  const fields = (body: JsonObject, profile?: string, model = 'm'): JsonObject => {
    const always = ['messages', 'model', 'stream', 'stream_options'];
    const built = build({ body, model, ...(profile === undefined ? {} : { profile }) });
    return Object.fromEntries(Object.entries(built.body).filter(([name]) => !always.includes(name)));
  };
  const params = (body: JsonObject, profile?: string, model = 'm') =>
    build({ body, model, ...(profile === undefined ? {} : { profile }) }).warnings.map(({ param }) => param);

  it('names the token limit as the server does, and sends none on its own (pitfall 47)', () => {
    expect(fields({ max_output_tokens: 5, reasoning: { effort: 'low' } }, 'litellm')).toEqual({ max_tokens: 5, reasoning_effort: 'low' });
    expect(fields({ max_output_tokens: 5 }, 'openai')).toEqual({ max_completion_tokens: 5 });
    expect(fields({})).toEqual({});
  });

  it('passes sampling on, but not to reasoning models of OpenAI', () => {
    expect(fields({ temperature: 0, top_p: 0.5 })).toEqual({ temperature: 0, top_p: 0.5 });
    expect(fields({ temperature: 0 }, 'openai', 'gpt-5.2')).toEqual({});
    expect(params({ temperature: 0 }, 'openai', 'o3')).toEqual(['temperature']);
    expect(fields({ temperature: 0 }, 'openai', 'gpt-4.1')).toEqual({ temperature: 0 });
    expect(fields({ temperature: 0 }, 'openai', 'gpt-5-chat-latest')).toEqual({ temperature: 0 });
  });

  it('asks for log probabilities', () => {
    expect(fields({ top_logprobs: 3 })).toEqual({ logprobs: true, top_logprobs: 3 });
    expect(fields({ include: ['message.output_text.logprobs'] })).toEqual({ logprobs: true });
  });

  it.each([
    ['openai', 'xhigh', { reasoning_effort: 'xhigh' }],
    ['openrouter', 'max', { reasoning: { effort: 'xhigh' } }],
    ['ollama', 'minimal', { reasoning_effort: 'low' }],
    ['ollama', 'none', { reasoning_effort: 'none' }],
    ['vllm', 'none', { chat_template_kwargs: { enable_thinking: false } }],
    ['vllm', 'xhigh', { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'high' }],
    [undefined, 'high', {}],
  ])('sends effort to %s: %s', (profile, effort, expected) => {
    expect(fields({ reasoning: { effort } }, profile)).toEqual(expected);
  });

  it('warns where effort is lost or changed', () => {
    expect(params({ reasoning: { effort: 'high', summary: 'auto' } })).toEqual(['reasoning.effort']);
    expect(params({ reasoning: { effort: 'minimal' } }, 'ollama')).toEqual(['reasoning.effort']);
    expect(params({ reasoning: { effort: 'odd' } }, 'openai')).toEqual(['reasoning.effort']);
  });

  it('maps structured output', () => {
    const schema = { type: 'object', properties: {} };
    expect(fields({ text: { format: { type: 'json_schema', name: 'n', schema, strict: true, description: 'D' } } })).toEqual({
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true, description: 'D' } },
    });
    expect(fields({ text: { format: { type: 'json_object' } } })).toEqual({ response_format: { type: 'json_object' } });
    expect(fields({ text: { format: { type: 'text' } } })).toEqual({});
    expect(() => fields({ text: { format: { type: 'json_schema', name: 'n' } } })).toThrow(
      expect.objectContaining({ param: 'text.format.schema' }),
    );
  });

  it('passes account parameters on by profile', () => {
    const body = {
      user: 'u',
      safety_identifier: 's',
      service_tier: 'flex',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      text: { verbosity: 'low' },
      metadata: { a: 'b' },
      store: true,
    };
    expect(fields(body, 'openai')).toEqual({
      verbosity: 'low',
      user: 'u',
      safety_identifier: 's',
      service_tier: 'flex',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
    });
    expect(params(body, 'openai')).toEqual([]);
    expect(fields(body)).toEqual({ user: 'u' });
    expect(params(body)).toEqual(['safety_identifier', 'service_tier', 'prompt_cache_retention', 'text.verbosity']);
  });

  it('refuses what changes the meaning and warns about what is unknown', () => {
    expect(() => fields({ prompt: { id: 'p' } })).toThrow(expect.objectContaining({ status: 400, param: 'prompt' }));
    expect(params({ wobble: 1, truncation: 'auto' })).toEqual(['wobble', 'truncation']);
  });

  it('knows OpenAI and OpenRouter by their address and says when a profile is unknown', () => {
    const asked = { body: { max_output_tokens: 5 } };
    expect(build({ ...asked, baseURL: 'https://api.openai.com/v1' }).body).toHaveProperty('max_completion_tokens');
    expect(codesOf({ profile: 'wobble' })).toEqual(['unknown_profile']);
  });
});
