import { describe, expect, it } from 'vitest';
import type { ToolChoice } from '../upstream.ts';
import { MODEL_3, build, tool, user } from './request-playbook.ts';

describe('gemini request: parameters', () => {
  it('maps limits and sampling, and keeps quiet about what the bridge does itself', () => {
    const { body, warnings } = build([user('q')], {
      body: {
        model: 'x',
        input: 'q',
        stream: true,
        store: false,
        metadata: { a: 'b' },
        max_output_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        presence_penalty: 1,
        frequency_penalty: 0.5,
        service_tier: 'flex',
      },
    });
    expect(body.generationConfig).toEqual({ maxOutputTokens: 100, temperature: 0.5, topP: 0.9, presencePenalty: 1, frequencyPenalty: 0.5 });
    expect(body.serviceTier).toBe('flex');
    expect(warnings).toEqual([]);
  });

  it('warns by name of what Gemini has no setting for', () => {
    const { warnings } = build([user('q')], {
      body: {
        user: 'u',
        safety_identifier: 's',
        top_logprobs: 3,
        text: { verbosity: 'low' },
        service_tier: 'scale',
        truncation: 'auto',
        odd: 1,
      },
    });
    expect(warnings.map(({ param }) => param ?? '').toSorted()).toEqual([
      'odd',
      'safety_identifier',
      'service_tier',
      'text.verbosity',
      'top_logprobs',
      'truncation',
      'user',
    ]);
  });

  it('refuses what cannot be left out', () => {
    expect(() => build([user('q')], { body: { background: true } })).toThrow(/Background/);
    expect(() => build([user('q')], { body: { prompt: { id: 'p' } } })).toThrow(/templates/);
  });

  it('lowers max_output_tokens to what the model can write, with a warning', () => {
    const { body, codes } = build([user('q')], {
      body: { max_output_tokens: 100_000 },
      capabilities: { maxOutputTokens: 65_536, raw: {} },
    });
    expect(body.generationConfig?.maxOutputTokens).toBe(65_536);
    expect(codes).toEqual(['max_output_tokens_lowered']);
  });

  it('leaves the whole configuration out when nothing is set (pitfall 47)', () => {
    expect(build([user('q')], { body: { reasoning: null, text: null } }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'q' }] }],
    });
  });

  for (const [model, effort, expected] of [
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-2.5-flash', 'low', { thinkingBudget: 1024 }],
    ['gemini-2.5-flash-lite', 'medium', { thinkingBudget: 8192 }],
    ['gemini-2.5-flash', 'high', { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', 'max', { thinkingBudget: 24_576 }],
    ['gemini-2.5-pro', 'xhigh', { thinkingBudget: 32_768 }],
    ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.7-flash', 'none', { thinkingLevel: 'LOW' }],
    ['gemini-3-pro-preview', 'none', { thinkingLevel: 'LOW' }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH' }],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM' }],
    ['models/gemini-flash-latest', 'xhigh', { thinkingLevel: 'HIGH' }],
    ['gemini-4-argon', 'low', { thinkingLevel: 'LOW' }],
    ['gemini-2.0-flash', 'high', undefined],
    ['gemma-4-31b-it', 'high', undefined],
  ] as const) {
    it(`thinks as ${effort} asks on ${model}`, () => {
      expect(build([user('q')], { model, body: { reasoning: { effort } } }).body.generationConfig?.thinkingConfig).toEqual(expected);
    });
  }

  it('shows thoughts when a summary is asked for, and says where the model does not think', () => {
    expect(build([user('q')], { body: { reasoning: { summary: 'auto' } } }).body.generationConfig?.thinkingConfig).toEqual({
      includeThoughts: true,
    });
    const asked = { reasoning: { effort: 'high', summary: 'auto' } };
    expect(build([user('q')], { model: 'gemini-2.0-flash', body: asked }).codes).toEqual(['dropped_parameter', 'dropped_parameter']);
    expect(build([user('q')], { body: asked, capabilities: { raw: { thinking: false } } }).codes).toEqual([
      'dropped_parameter',
      'dropped_parameter',
    ]);
    expect(build([user('q')], { model: 'gemini-2.5-pro', body: { reasoning: { effort: 'none' } } }).codes).toEqual(['effort_changed']);
  });

  it('asks for JSON by schema', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const body = { text: { format: { type: 'json_schema', name: 'n', schema, strict: true } } };
    expect(build([user('q')], { body }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    });
    expect(build([user('q')], { body: { text: { format: { type: 'json_object' } } } }).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    });
  });

  it('tells the schema in words where tools and JSON exclude each other', () => {
    const body = { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } } };
    const old = build([user('q')], { body, tools: [tool('x')] });
    expect(old.body.generationConfig).toBeUndefined();
    expect(old.body.systemInstruction?.parts[0]?.text).toContain('{"type":"object"}');
    expect(old.codes).toEqual(['dropped_parameter']);
    expect(build([user('q')], { model: MODEL_3, body, tools: [tool('x')] }).body.generationConfig?.responseMimeType).toBe(
      'application/json',
    );
  });
});

describe('gemini request: tools', () => {
  const tools = [tool('a'), tool('b', { parameters: null, description: null })];

  it('declares functions with their JSON schema and leaves out what is not there', () => {
    expect(build([user('q')], { tools }).body).toMatchObject({
      tools: [
        {
          functionDeclarations: [
            { name: 'a', description: 'Tool a', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } },
            { name: 'b' },
          ],
        },
      ],
    });
  });

  for (const [choice, expected] of [
    [{ type: 'auto' }, undefined],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', upstreamName: 'b' },
      { mode: 'ANY', allowedFunctionNames: ['b'] },
    ],
    [
      { type: 'allowed', mode: 'required', upstreamNames: ['a'] },
      { mode: 'ANY', allowedFunctionNames: ['a'] },
    ],
    [{ type: 'allowed', mode: 'auto', upstreamNames: ['a'] }, undefined],
  ] as const satisfies [ToolChoice, unknown][]) {
    it(`sends tool_choice ${JSON.stringify(choice)} (pitfall 37)`, () => {
      const toolChoice = choice.type === 'allowed' ? { ...choice, upstreamNames: [...choice.upstreamNames] } : choice;
      const { body } = build([user('q')], { tools, toolChoice });
      expect(body.toolConfig?.functionCallingConfig).toEqual(expected);
      expect(body.tools?.[0]?.functionDeclarations?.map(({ name }) => name)).toEqual(choice.type === 'allowed' ? ['a'] : ['a', 'b']);
    });
  }

  it('holds strict tools to their schema', () => {
    const strict = [tool('a', { strict: true })];
    expect(build([user('q')], { tools: strict }).body.toolConfig).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } });
    expect(build([user('q')], { tools: strict, toolChoice: { type: 'required' } }).body.toolConfig?.functionCallingConfig.mode).toBe('ANY');
  });

  it('sends neither list nor choice without tools, and warns of parallel_tool_calls only with tools', () => {
    const body = { parallel_tool_calls: false };
    expect(build([user('q')], { body, toolChoice: { type: 'none' } })).toMatchObject({ body: { contents: [{}] }, codes: [] });
    expect(build([user('q')], { body, tools }).codes).toEqual(['dropped_parameter']);
  });
});
