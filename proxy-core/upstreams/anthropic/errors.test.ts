import { describe, expect, it } from 'vitest';
import { toAnthropicError } from './errors.ts';

const reply = (status: number, type: string, message: string, headers: [string, string][] = []) =>
  toAnthropicError({ status, headers, body: JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_1' }) });

describe('toAnthropicError', () => {
  it.each([
    [400, 'invalid_request_error', 'bad', 400, 'invalid_request_error', null],
    [400, 'invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum', 400, 'invalid_request_error', 'context_length_exceeded'],
    [401, 'authentication_error', 'invalid x-api-key', 401, 'invalid_request_error', 'invalid_api_key'],
    [402, 'billing_error', 'pay', 402, 'insufficient_quota', 'insufficient_quota'],
    [403, 'permission_error', 'no', 403, 'invalid_request_error', 'permission_denied'],
    [404, 'not_found_error', 'model: claude-x', 404, 'invalid_request_error', 'model_not_found'],
    [413, 'request_too_large', 'big', 413, 'invalid_request_error', 'request_too_large'],
    [429, 'rate_limit_error', 'slow', 429, 'rate_limit_error', 'rate_limit_exceeded'],
    [500, 'api_error', 'oops', 500, 'server_error', 'server_error'],
    [504, 'timeout_error', 'late', 504, 'server_error', 'timeout'],
    [529, 'overloaded_error', 'Overloaded', 503, 'server_error', 'overloaded'],
  ])('%i %s "%s" becomes %i %s %s', (...row) => {
    const [status, upstreamType, words, expected, type, code] = row;
    const error = reply(status, upstreamType, words);
    expect(error).toMatchObject({ status: expected, type, code, param: null });
    expect(error.message).toContain(words);
  });

  it('keeps when to retry and the upstream’s request id', () => {
    const error = reply(429, 'rate_limit_error', 'slow', [
      ['Retry-After', '7'],
      ['x-should-retry', 'true'],
      ['request-id', 'req_9'],
      ['set-cookie', 'x'],
    ]);
    expect(error.headers).toEqual({ 'retry-after': '7', 'x-should-retry': 'true', 'x-upstream-request-id': 'req_9' });
  });

  it('says that it is the upstream’s key that was refused', () => {
    expect(reply(401, 'authentication_error', 'invalid x-api-key').message).toMatch(
      /^The upstream refused its API key: invalid x-api-key\./,
    );
  });

  it('takes bodies that are no JSON, by their status', () => {
    expect(toAnthropicError({ status: 502, headers: [], body: '<html>Bad Gateway</html>' })).toMatchObject({
      status: 502,
      type: 'server_error',
    });
    expect(toAnthropicError({ status: 529, headers: [], body: '' })).toMatchObject({ status: 503, code: 'overloaded' });
  });
});
