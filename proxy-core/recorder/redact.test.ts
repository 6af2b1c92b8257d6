import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

describe('redactor', () => {
  it('masks headers that hold secrets, whatever their case, and keeps the scheme', () => {
    const redactor = createRedactor();
    const names = [
      'Authorization',
      'x-api-key',
      'X-Goog-Api-Key',
      'api-key',
      'Cookie',
      'set-cookie',
      'Proxy-Authorization',
      'x-deltascope-token',
      'X-Auth',
      'my_secret',
      'x-access-token',
      'x-apikey',
      'x-amz-security-token',
      'openai-key',
    ];
    for (const name of names) expect(redactor.headers([[name, 'hush-hush-1']])).toEqual([[name, '[redacted]']]);
    expect(redactor.headers([['authorization', 'Bearer sk-1']])).toEqual([['authorization', 'Bearer [redacted]']]);
    expect(redactor.headers([['authorization', '']])).toEqual([['authorization', '']]);
  });

  it('leaves headers alone that only sound like it', () => {
    const headers: [string, string][] = [
      ['x-ratelimit-remaining-tokens', '100'],
      ['anthropic-ratelimit-input-tokens-limit', '5'],
      ['x-litellm-key-spend', '0.0'],
      ['idempotency-key', 'abc'],
      ['session-id', 'abc'],
      ['x-stainless-lang', 'js'],
      ['content-type', 'application/json'],
      ['keep-alive', 'timeout=5'],
      ['www-authenticate', 'Bearer realm="x"'],
    ];
    expect(createRedactor().headers(headers)).toEqual(headers);
  });

  it.each([
    ['/v1beta/models/g:streamGenerateContent?alt=sse&key=AIzaSecret', '/v1beta/models/g:streamGenerateContent?alt=sse&key=[redacted]'],
    ['https://host/x?access_token=abc&b=1#token=d', 'https://host/x?access_token=[redacted]&b=1#token=[redacted]'],
    ['https://user:pass@host/x', 'https://[redacted]@host/x'],
    ['/t/my-token/v1/responses', '/t/[redacted]/v1/responses'],
    ['/?token=abc', '/?token=[redacted]'],
    ['/v1/responses?monkey=banana&tokens=5', '/v1/responses?monkey=banana&tokens=5'],
  ])('masks secrets in the URL %s', (url, expected) => expect(createRedactor().url(url)).toBe(expected));

  it('masks known literals in bytes with a mark of the same length', () => {
    const redactor = createRedactor();
    redactor.addSecret('sk-planted-0123456789');
    const body = Buffer.from('{"error":"Incorrect API key provided: sk-planted-0123456789. ü sk-planted-0123456789"}');
    const masked = Buffer.from(redactor.bytes(body));
    expect(masked).toHaveLength(body.length);
    expect(masked.toString()).toBe('{"error":"Incorrect API key provided: [redacted]***********. ü [redacted]***********"}');
    expect(body.toString()).toContain('sk-planted');
    expect(redactor.headers([['x-request', 'was sk-planted-0123456789']])).toEqual([['x-request', 'was [redacted]***********']]);
    expect(redactor.url('/x?q=sk-planted-0123456789')).not.toContain('planted');
  });

  it('finds a literal in the forms that URLs and JSON give it', () => {
    const redactor = createRedactor();
    redactor.addSecret('a+b/c="12345"');
    expect(redactor.text(JSON.stringify({ key: 'a+b/c="12345"' }))).not.toContain('12345');
    expect(redactor.url(`/x?q=${encodeURIComponent('a+b/c="12345"')}`)).not.toContain('12345');
  });

  it('gives the same object back when nothing is found', () => {
    const redactor = createRedactor();
    redactor.addSecret('sk-planted-0123456789');
    const bytes = Buffer.from('nothing here');
    expect(redactor.bytes(bytes)).toBe(bytes);
  });

  it('takes no words for secrets', () => {
    const redactor = createRedactor();
    for (const word of ['', 'test', 'anything', 'unused', 'sk-lab']) redactor.addSecret(word);
    expect(redactor.text('anything can be a test in sk-lab')).toBe('anything can be a test in sk-lab');
  });
});
