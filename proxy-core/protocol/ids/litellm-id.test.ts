import { describe, expect, it } from 'vitest';
import { decodeLitellmId, litellmAliases } from './litellm-id.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function encode(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => text.charCodeAt(i + k)) as [number, number, number];
    const n = (a << 16) | ((b || 0) << 8) | (c || 0);
    out += ALPHABET.charAt(n >> 18) + ALPHABET.charAt((n >> 12) & 63);
    out += Number.isNaN(b) ? '=' : ALPHABET.charAt((n >> 6) & 63);
    out += Number.isNaN(c) ? '=' : ALPHABET.charAt(n & 63);
  }
  return out;
}

describe('decodeLitellmId', () => {
  it('gives provider, deployment and inner id', () => {
    const id = `resp_${encode('litellm:custom_llm_provider:anthropic;model_id:claude-haiku;response_id:resp_50ece7cc-58c7-4905')}`;
    expect(decodeLitellmId(id)).toEqual({ provider: 'anthropic', deployment: 'claude-haiku', innerId: 'resp_50ece7cc-58c7-4905' });
  });

  it('takes the text None for nothing', () => {
    const id = `resp_${encode('litellm:custom_llm_provider:None;model_id:None;response_id:chatcmpl-1')}`;
    expect(decodeLitellmId(id)).toEqual({ provider: null, deployment: null, innerId: 'chatcmpl-1' });
    expect(decodeLitellmId(`resp_${encode('litellm:custom_llm_provider:a;model_id:b;response_id:None')}`)).toBeUndefined();
  });

  it('splits at the first two separators only', () => {
    const id = `resp_${encode('litellm:custom_llm_provider:a;model_id:b;response_id:x;y:z')}`;
    expect(decodeLitellmId(id)?.innerId).toBe('x;y:z');
  });

  it('reads the padded, unpadded, url-safe and percent-encoded forms', () => {
    const text = 'litellm:custom_llm_provider:openai;model_id:x??>>~~;response_id:resp_1';
    const standard = encode(text);
    expect(standard).toMatch(/[+/]/);
    const forms = [standard, standard.replace(/=+$/, ''), standard.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(standard)];
    for (const form of forms) expect(decodeLitellmId(`resp_${form}`)?.innerId).toBe('resp_1');
  });

  it('opens the older form that wraps a bare id', () => {
    expect(decodeLitellmId(`resp_${encode('resp_50ece7cc-58c7-4905-9609-48befe25d02d')}`)?.innerId).toBe(
      'resp_50ece7cc-58c7-4905-9609-48befe25d02d',
    );
  });

  it.each([
    'resp_50ece7cc-58c7-4905-9609-48befe25d02d',
    'resp_6734ab1b0cb08190a1a1e4ec2a4b8a5e0b7c1a2d3e4f5061',
    'resp_',
    '',
    'msg_bGl0ZWxsbTpjdXN0b21fbGxt',
    'resp_bGl0ZWxsbQ',
    `resp_${'A'.repeat(10_000)}`,
    'resp_äöü',
  ])('leaves the plain id %s alone', (id) => expect(decodeLitellmId(id)).toBeUndefined());

  it('follows an encoded id inside an encoded id', () => {
    const inner = `resp_${encode('litellm:custom_llm_provider:a;model_id:b;response_id:chatcmpl-1')}`;
    const outer = `resp_${encode(`litellm:custom_llm_provider:c;model_id:d;response_id:${inner}`)}`;
    expect(litellmAliases(outer)).toEqual([inner, 'chatcmpl-1']);
    expect(litellmAliases('resp_plain')).toEqual([]);
  });
});
