import { describe, expect, it } from 'vitest';
import { toError, toStreamError } from './errors.ts';

const reply = (status: number, body: unknown, headers: [string, string][] = []) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('chat errors', () => {
  it("keeps OpenAI's error as it is", () => {
    const body = { error: { message: 'Bad model', type: 'invalid_request_error', param: 'model', code: 'model_not_found' } };
    const error = toError(reply(404, body));
    expect([error.status, error.toBody()]).toEqual([404, body]);
  });

  it.each<[string, unknown, string]>([
    ['a string', { error: 'model is loading' }, 'model is loading'],
    ["FastAPI's detail", { detail: [{ msg: 'field required' }] }, 'field required'],
    ['plain text', 'no healthy upstream', 'no healthy upstream'],
    ['vLLM', { object: 'error', message: 'too long', type: 'BadRequestError', code: 400 }, 'too long'],
    [
      'OpenRouter',
      { error: { message: 'Provider returned error', code: 400, metadata: { raw: 'bad tool' } } },
      'Provider returned error: bad tool',
    ],
    ['nothing', '', 'no details'],
  ])('reads %s', (_, body, message) => {
    expect(toError(reply(400, body)).message).toBe(message);
  });

  it("does not pass LiteLLM's None on", () => {
    const body = { error: { message: 'M', type: 'None', param: 'None', code: '429' } };
    expect(toError(reply(429, body)).toBody()).toEqual({ error: { message: 'M', type: 'rate_limit_error', param: null, code: '429' } });
  });

  it('makes 503 of 529 and keeps what tells the client when to come back', () => {
    const error = toError(
      reply(529, { error: { message: 'busy' } }, [
        ['Retry-After', '7'],
        ['x-request-id', 'req_1'],
        ['x-other', 'x'],
      ]),
    );
    expect([error.status, error.headers]).toEqual([503, { 'retry-after': '7', 'x-upstream-request-id': 'req_1' }]);
  });

  it('tells a wrong upstream key from a wrong client key', () => {
    const error = toError(reply(401, { error: { message: 'Incorrect API key' } }));
    expect(error.message).toBe('The upstream did not accept the API key it was given (401): Incorrect API key');
    expect(error.code).toBe('invalid_api_key');
  });

  it('names a context that is too long', () => {
    expect(toError(reply(400, { error: { message: "This model's maximum context length is 8192 tokens" } })).code).toBe(
      'context_length_exceeded',
    );
  });

  it('makes a bad gateway of an answer that is none', () => {
    expect(toError(reply(302, '')).status).toBe(502);
  });

  it.each([
    [{ message: 'm', code: 429 }, 'rate_limit_exceeded'],
    [{ message: 'm', type: 'insufficient_quota' }, 'insufficient_quota'],
    [{ message: 'm', code: 'invalid_prompt' }, 'invalid_prompt'],
    [{ message: 'm', type: 'overloaded_error' }, 'server_error'],
    ['m', 'server_error'],
  ])('maps the error frame %j to %s', (value, code) => {
    expect(toStreamError(value)).toMatchObject({ code, message: expect.stringContaining('m') as string });
  });
});
