import { describe, expect, it } from 'vitest';
import { encodeEnvelope } from '../shared/reasoning-envelope.ts';
import { build, call, output, user, weather } from './test-request.ts';

const reasoning = (effort: string, more: object = {}) => ({ reasoning: { effort, ...more } });

describe('anthropic request: parameters', () => {
  it('pitfall 28: always streams, also for clients that do not, and sends no more than is needed', () => {
    expect(build({ body: { stream: false } }).body).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 64_000,
      stream: true,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
  });

  it('pitfall 21: sampling parameters are left out with one warning each', () => {
    const { body, warnings } = build({ body: { temperature: 1 } });
    expect(body).not.toHaveProperty('temperature');
    expect(warnings).toMatchObject([{ code: 'dropped_parameter', param: 'temperature' }]);
  });

  it('sends sampling parameters where the configuration names an older API version', () => {
    const headers = { 'Anthropic-Version': '2023-06-01' };
    expect(build({ headers, body: { temperature: 1.5 } })).toMatchObject({ body: { temperature: 1 }, codes: ['temperature_clamped'] });
    expect(build({ headers, body: { temperature: 0.2, top_p: 0.5 } }).codes).toEqual(['dropped_parameter']);
    expect(build({ headers, body: { temperature: 0.2, ...reasoning('low') } }).body).not.toHaveProperty('temperature');
    expect(build({ headers, model: 'claude-opus-5', body: { temperature: 0.2 } }).body).not.toHaveProperty('temperature');
  });

  it('maps user and service tier and keeps mail addresses to itself', () => {
    expect(build({ body: { user: 'u1', service_tier: 'default' } }).body).toMatchObject({
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
    });
    const hashed = build({ body: { user: 'a@b.example', metadata: { a: 'b' } } }).body.metadata;
    expect(hashed).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(build({ body: { service_tier: 'flex' } }).codes).toEqual(['dropped_parameter']);
  });

  it('warns about what Claude has not and about unknown keys, and not about what the bridge does', () => {
    const body = {
      top_logprobs: 3,
      include: ['message.output_text.logprobs'],
      text: { verbosity: 'low' },
      truncation: 'auto',
      max_tool_calls: 2,
      store: false,
      metadata: {},
      prompt_cache_key: 'k',
      stream_options: { include_obfuscation: false },
      client_metadata: {},
      frobnicate: true,
    };
    expect(build({ body }).warnings.map((warning) => warning.param)).toEqual([
      'top_logprobs',
      'text.verbosity',
      'truncation',
      'max_tool_calls',
      'frobnicate',
      'include',
    ]);
  });

  it('refuses what would change the meaning', () => {
    expect(() => build({ body: { prompt: { id: 'p' } } })).toThrow(expect.objectContaining({ status: 400, param: 'prompt' }));
    expect(() => build({ body: { background: true } })).toThrow(expect.objectContaining({ status: 400, param: 'background' }));
  });
});

describe('anthropic request: thinking (mapping 1.9)', () => {
  it('pitfall 47: effort does not shrink max_tokens', () => {
    expect(build({ body: reasoning('low') }).body).toMatchObject({
      max_tokens: 64_000,
      thinking: { type: 'enabled', budget_tokens: 2048 },
    });
  });

  it.each([
    ['minimal', 1024],
    ['medium', 8192],
    ['high', 16_384],
    ['xhigh', 32_000],
    ['max', 62_976],
  ])('budget models: %s thinks %i tokens', (effort, budget) => {
    expect(build({ body: reasoning(effort) }).body.thinking).toEqual({ type: 'enabled', budget_tokens: budget });
  });

  it('lowers the budget instead of raising the client’s cap', () => {
    const lowered = build({ body: { max_output_tokens: 4000, ...reasoning('high') } });
    expect(lowered).toMatchObject({ body: { max_tokens: 4000, thinking: { budget_tokens: 2976 } }, codes: ['thinking_budget_lowered'] });
    const tiny = build({ body: { max_output_tokens: 500, ...reasoning('high') } });
    expect(tiny.body).not.toHaveProperty('thinking');
    expect(tiny.codes).toEqual(['dropped_parameter']);
  });

  it.each([
    ['claude-opus-5', 'minimal', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['claude-opus-5', 'max', { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }],
    ['claude-sonnet-5', 'none', { thinking: { type: 'disabled' } }],
    ['claude-opus-4-6', 'xhigh', { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }],
    ['claude-fable-5', 'none', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['claude-haiku-9', 'high', { max_tokens: 128_000, thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
  ])('adaptive models: %s with effort %s', (model, effort, expected) => {
    const { body } = build({ model, body: reasoning(effort) });
    expect(body).toMatchObject(expected);
  });

  it('sends no effort with disabled thinking', () => {
    expect(build({ model: 'claude-sonnet-5', body: reasoning('none') }).body).not.toHaveProperty('output_config');
  });

  it('asks for shown thinking when a summary is wanted', () => {
    expect(build({ model: 'claude-opus-5', body: reasoning('low', { summary: 'auto' }) }).body.thinking).toEqual({
      type: 'adaptive',
      display: 'summarized',
    });
    expect(build({ model: 'claude-opus-5', body: { reasoning: { summary: 'auto' } } }).body.thinking).toEqual({
      type: 'adaptive',
      display: 'summarized',
    });
    expect(build({ body: { reasoning: { summary: 'auto' } } }).body).not.toHaveProperty('thinking');
    expect(build({ model: 'claude-opus-5' }).body).not.toHaveProperty('thinking');
  });

  it('old and unknown models get a small max_tokens and no thinking, with a warning', () => {
    expect(build({ model: 'claude-3-haiku-20240307', body: reasoning('high') })).toMatchObject({
      body: { max_tokens: 4096 },
      codes: ['dropped_parameter'],
    });
    expect(build({ model: 'claude-opus-4-1' }).body.max_tokens).toBe(32_000);
    expect(build({ model: 'claude-sonnet-4-20250514', body: reasoning('low') }).body).toMatchObject({
      max_tokens: 64_000,
      thinking: { type: 'enabled' },
    });
  });

  it('believes the models endpoint before the table', () => {
    const yes = { supported: true };
    const no = { supported: false };
    const raw = {
      max_tokens: 9000,
      capabilities: {
        thinking: { types: { adaptive: yes, enabled: no, disabled: no } },
        effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: no, max: yes },
      },
    };
    const { body } = build({ model: 'house-model', capabilities: { raw, maxOutputTokens: 9000 }, body: reasoning('xhigh') });
    expect(body).toMatchObject({ max_tokens: 9000, thinking: { type: 'adaptive' }, output_config: { effort: 'max' } });
  });

  it('pitfall 19: thinking is turned off when the running tool loop has none to continue from', () => {
    const items = [user('q'), call('a'), output('a')];
    const off = build({ body: reasoning('low'), tools: [weather], items });
    expect(off.body).not.toHaveProperty('thinking');
    expect(off.codes).toEqual(['thinking_off_for_history']);
    const sealed = encodeEnvelope({
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      blocks: [{ type: 'thinking', thinking: '', signature: 'S' }],
    });
    const on = build({
      body: reasoning('low'),
      tools: [weather],
      items: [user('q'), { type: 'reasoning', summary: [], encrypted_content: sealed }, call('a'), output('a')],
    });
    expect(on.body).toHaveProperty('thinking');
  });

  it('a forced tool turns thinking off', () => {
    const forced = build({ body: reasoning('high'), tools: [weather], toolChoice: { type: 'required' } });
    expect(forced.body).toMatchObject({ tool_choice: { type: 'any' } });
    expect(forced.body).not.toHaveProperty('thinking');
    const adaptive = build({
      model: 'claude-opus-5',
      body: reasoning('max'),
      tools: [weather],
      toolChoice: { type: 'tool', upstreamName: 'get_weather' },
    });
    expect(adaptive.body.thinking).toEqual({ type: 'disabled' });
    expect(adaptive.body).not.toHaveProperty('output_config');
    expect(adaptive.codes).toEqual(['thinking_off_for_forced_tool']);
  });
});

describe('anthropic request: tools (mapping 1.7)', () => {
  it('sends function tools with an object schema', () => {
    const bare = { ...weather, upstreamName: 'now', parameters: null, description: null };
    expect(build({ tools: [weather, bare] }).body.tools).toEqual([
      { name: 'get_weather', description: 'Weather of a city', input_schema: weather.parameters },
      { name: 'now', input_schema: { type: 'object', properties: {} } },
    ]);
    expect(() => build({ tools: [{ ...weather, parameters: { type: 'array' } }] })).toThrow(
      expect.objectContaining({ status: 400, param: 'tools' }),
    );
  });

  it('is strict only where the model can be', () => {
    const strict = { ...weather, strict: true };
    expect(build({ tools: [strict] }).body.tools).toMatchObject([{ strict: true, input_schema: { additionalProperties: false } }]);
    const { body, codes } = build({ model: 'claude-3-haiku-20240307', tools: [strict] });
    expect(body.tools).toEqual([{ name: 'get_weather', description: 'Weather of a city', input_schema: weather.parameters }]);
    expect(codes).toEqual(['strict_dropped']);
  });

  it.each([
    [{ type: 'auto' as const }, undefined],
    [{ type: 'none' as const }, { type: 'none' }],
    [{ type: 'required' as const }, { type: 'any' }],
    [
      { type: 'tool' as const, upstreamName: 'get_weather' },
      { type: 'tool', name: 'get_weather' },
    ],
  ])('tool_choice %o', (toolChoice, expected) => {
    expect(build({ tools: [weather], toolChoice }).body.tool_choice).toEqual(expected);
  });

  it('parallel_tool_calls false needs a tool_choice to stand in', () => {
    const body = { parallel_tool_calls: false };
    expect(build({ body, tools: [weather] }).body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(build({ body, tools: [weather], toolChoice: { type: 'none' } }).body.tool_choice).toEqual({ type: 'none' });
    expect(build({ body }).body).not.toHaveProperty('tool_choice');
  });

  it('pitfall 37: allowed_tools filters the tools and becomes any or auto', () => {
    const other = { ...weather, upstreamName: 'other' };
    const allowed = (mode: 'auto' | 'required') =>
      build({ tools: [weather, other], toolChoice: { type: 'allowed', mode, upstreamNames: ['other'] } });
    expect(allowed('required')).toMatchObject({
      body: { tools: [{ name: 'other' }], tool_choice: { type: 'any' } },
      codes: ['tools_filtered'],
    });
    expect(allowed('auto').body).not.toHaveProperty('tool_choice');
  });
});

describe('anthropic request: output format (mapping 1.8)', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', minLength: 2 } }, required: ['a'] };
  const text = { format: { type: 'json_schema', name: 'thing', schema } };

  it('is native where the model can', () => {
    expect(build({ body: { text } }).body.output_config).toMatchObject({
      format: { type: 'json_schema', schema: { additionalProperties: false } },
    });
  });

  it('is a forced tool whose arguments are the text elsewhere', () => {
    const { body, extraRoutes } = build({ model: 'claude-3-haiku-20240307', body: { text } });
    expect(body).toMatchObject({
      tools: [{ name: 'json_output', input_schema: schema }],
      tool_choice: { type: 'tool', name: 'json_output', disable_parallel_tool_use: true },
    });
    expect(extraRoutes).toEqual({ json_output: { type: 'text' } });
  });

  it('is a sentence in the system prompt where other tools must stay callable', () => {
    const { body, codes } = build({ model: 'claude-3-haiku-20240307', body: { text }, tools: [weather] });
    expect(JSON.stringify(body.system)).toContain('JSON schema');
    expect(codes).toEqual(['format_by_prompt']);
    expect(build({ body: { text: { format: { type: 'json_object' } } } }).codes).toEqual(['format_by_prompt']);
  });

  it('refuses schemas that cannot be enforced', () => {
    const bad = { format: { type: 'json_schema', name: 'x', schema: { type: 'object', properties: { a: {} } } } };
    expect(() => build({ body: { text: bad } })).toThrow(
      expect.objectContaining({ status: 400, code: 'invalid_json_schema', param: 'text.format.schema' }),
    );
  });
});

it('asks for the files beta where an older API version is configured', () => {
  const items = [user([{ type: 'input_file', file_id: 'file_1' }])];
  expect(build({ items }).hints).toBeUndefined();
  expect(build({ items, headers: { 'anthropic-version': '2023-06-01' } }).hints).toEqual({ betas: ['files-api-2025-04-14'] });
});
