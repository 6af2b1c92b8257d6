import { describe, expect, it } from 'vitest';
import { isProxyError } from '../../errors.ts';
import { parseContent, textOf } from './content-parts.ts';
import { parseDataUrl, parseFileData, toText } from './data-url.ts';
import { BRIDGE_PARAMETERS, checkParameters, type ParameterTable } from './parameters.ts';
import { decodeEnvelope, encodeEnvelope, isSameModelFamily, openEnvelope } from './reasoning-envelope.ts';

describe('reasoning envelope', () => {
  const blocks = [{ type: 'thinking', thinking: 'Ünïcode', signature: 'SIG+/=' }];
  const text = encodeEnvelope({ provider: 'anthropic', model: 'claude-sonnet-4-5', blocks });

  it('comes back as it went in', () => {
    expect(text).toMatch(/^ds1\.[A-Za-z0-9_-]+$/);
    expect(decodeEnvelope(text)).toEqual({ ok: true, envelope: { provider: 'anthropic', model: 'claude-sonnet-4-5', blocks } });
    expect(openEnvelope(text, 'anthropic', 'claude-sonnet-4-5-20250929').ok).toBe(true);
  });

  it.each([
    ['gAAAAABforeign', 'foreign'],
    ['ds1.%%%', 'damaged'],
    [encodeEnvelope({ provider: 'gemini', model: 'claude-sonnet-4-5', blocks }), 'other_provider'],
    [encodeEnvelope({ provider: 'anthropic', model: 'claude-opus-4-5', blocks }), 'other_model'],
  ])('refuses %s (pitfall 20)', (content, code) => {
    expect(openEnvelope(content, 'anthropic', 'claude-sonnet-4-5')).toMatchObject({ ok: false, code });
  });

  it('compares models by family', () => {
    expect(isSameModelFamily('anthropic/claude-opus-5', 'claude-opus-5-20260801')).toBe(true);
    expect(isSameModelFamily('gemini-2.5-pro', 'gemini-2.5-flash')).toBe(false);
  });
});

describe('data URLs', () => {
  it('reads type and data whether or not the marks are there', () => {
    expect(parseDataUrl('data:image/png;base64,iVBORw0KGgo=')).toEqual({ mediaType: 'image/png', base64: 'iVBORw0KGgo=' });
    expect(parseDataUrl('data:;base64,iVBORw0KGgoAAAA')).toEqual({ mediaType: 'image/png', base64: 'iVBORw0KGgoAAAA=' });
    expect(parseDataUrl('data:image/png,iVBORw0KGgoAAAA=')).toMatchObject({ mediaType: 'image/png', base64: 'iVBORw0KGgoAAAA=' });
    const plain = parseDataUrl('data:text/plain,Hello%20there%21');
    expect(plain && toText(plain)).toBe('Hello there!');
    expect(parseDataUrl('https://example.com/a.png')).toBeUndefined();
  });

  it('takes bare base64 as file data and refuses other text', () => {
    expect(parseFileData('JVBERi0xLjQK')).toEqual({ mediaType: 'application/pdf', base64: 'JVBERi0xLjQK' });
    expect(parseFileData('not base64, just words')).toBeUndefined();
  });
});

describe('content parts', () => {
  it('gives one list for strings and parts', () => {
    expect(parseContent('hi').map((part) => part.type)).toEqual(['text']);
    expect(parseContent('')).toEqual([]);
    const parts = parseContent([
      { type: 'input_text', text: 'a' },
      { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
      { type: 'input_file', file_data: 'JVBERi0xLjQK', filename: 'a.pdf' },
      { type: 'input_file', file_id: 'file_1' },
      { type: 'input_audio' },
      { type: 'refusal', refusal: 'no' },
    ]);
    expect(parts).toMatchObject([
      { type: 'text', text: 'a' },
      { type: 'image', source: { type: 'url' }, detail: 'low' },
      { type: 'file', source: { type: 'data', mediaType: 'application/pdf' }, filename: 'a.pdf' },
      { type: 'file', source: { type: 'file-id', fileId: 'file_1' } },
      { type: 'unknown', partType: 'input_audio' },
      { type: 'refusal', text: 'no' },
    ]);
    expect(textOf([{ type: 'output_text', text: 'x' }, 'y'])).toBe('xy');
  });
});

describe('parameters', () => {
  const dropped = { drop: 'of the test' };
  const table: ParameterTable = {
    ...BRIDGE_PARAMETERS,
    max_output_tokens: 'mapped',
    temperature: dropped,
    top_p: dropped,
    presence_penalty: dropped,
    frequency_penalty: dropped,
    top_logprobs: dropped,
    'reasoning.effort': 'mapped',
    'reasoning.summary': 'mapped',
    'reasoning.generate_summary': 'mapped',
    'text.format': 'mapped',
    'text.verbosity': dropped,
    parallel_tool_calls: 'mapped',
    user: 'mapped',
    safety_identifier: 'mapped',
    service_tier: 'mapped',
    prompt_cache_options: dropped,
    prompt_cache_retention: dropped,
  };

  it('warns about what is dropped or unknown and is silent about absent and default values', () => {
    const body = {
      model: 'm',
      temperature: 1,
      top_p: null,
      truncation: 'disabled',
      text: { verbosity: 'low', format: { type: 'text' } },
      reasoning: null,
      wobble: 3,
    };
    expect(checkParameters(body, table).map((warning) => [warning.code, warning.param])).toEqual([
      ['dropped_parameter', 'temperature'],
      ['dropped_parameter', 'text.verbosity'],
      ['unknown_parameter', 'wobble'],
    ]);
  });

  it('refuses what would change the meaning, naming the parameter', () => {
    let thrown: unknown;
    try {
      checkParameters({ prompt: { id: 'p' } }, table);
    } catch (error) {
      thrown = error;
    }
    expect(isProxyError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ status: 400, param: 'prompt', code: 'unsupported_parameter' });
  });
});
