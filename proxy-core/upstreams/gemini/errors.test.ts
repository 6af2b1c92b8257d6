import { describe, expect, it } from 'vitest';
import { toGeminiError } from './errors.ts';

function fromGoogle(status: number, error: object, headers: [string, string][] = []) {
  const { message, type, code, headers: kept, status: seen } = toGeminiError({ status, headers, body: JSON.stringify({ error }) });
  return { status: seen, type, code, message, headers: kept };
}

describe('gemini errors', () => {
  for (const [status, upstream, code] of [
    [400, 'INVALID_ARGUMENT', null],
    [401, 'UNAUTHENTICATED', 'invalid_api_key'],
    [403, 'PERMISSION_DENIED', 'permission_denied'],
    [404, 'NOT_FOUND', null],
    [429, 'RESOURCE_EXHAUSTED', 'rate_limit_exceeded'],
    [500, 'INTERNAL', 'server_error'],
    [503, 'UNAVAILABLE', 'overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'timeout'],
  ] as const) {
    it(`keeps status ${status} and the words of ${upstream}`, () => {
      const error = fromGoogle(status, { code: status, status: upstream, message: 'Words.' });
      expect(error).toMatchObject({ status, code });
      expect(error.message).toContain(`${upstream}: Words.`);
    });
  }

  it('turns 529 into 503', () => {
    expect(toGeminiError({ status: 529, headers: [], body: 'busy' })).toMatchObject({ status: 503, message: 'Gemini answered 529: busy' });
  });

  it("tells a wrong key of the upstream from the client's fault", () => {
    const error = fromGoogle(400, {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'API key not valid. Please pass a valid API key.',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
    });
    expect(error).toMatchObject({ status: 400, code: 'invalid_api_key' });
    expect(error.message).toContain('Check the key of this upstream');
  });

  it('takes retry-after from the header, else from RetryInfo', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.4s' }];
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota.', details };
    expect(fromGoogle(429, error).headers).toEqual({ 'retry-after': '13' });
    expect(fromGoogle(429, error, [['Retry-After', '7']]).headers).toEqual({ 'retry-after': '7' });
  });

  it('names full contexts and missing models', () => {
    const full = { message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).' };
    expect(fromGoogle(400, full).code).toBe('context_length_exceeded');
    expect(fromGoogle(404, { message: 'models/nope is not found for API version v1beta.' }).code).toBe('model_not_found');
  });

  it('reads an error in a list, HTML and nothing at all', () => {
    const list = JSON.stringify([{ error: { message: 'In a list.', status: 'INTERNAL' } }]);
    expect(toGeminiError({ status: 500, headers: [], body: list }).message).toBe('Gemini answered 500: INTERNAL: In a list.');
    expect(toGeminiError({ status: 502, headers: [], body: '<h1>Bad</h1>' }).message).toBe('Gemini answered 502: <h1>Bad</h1>');
    expect(toGeminiError({ status: 500, headers: [], body: '' }).message).toBe('Gemini answered 500: no error message');
  });
});
