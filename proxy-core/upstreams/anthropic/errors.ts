/**
 * Anthropic's errors, over HTTP and in the stream, in OpenAI's words (mapping 2.7). The status stays what the
 * upstream said, except 529, which no client knows; the upstream's own message is always part of ours.
 */
import { ProxyError } from '../../errors.ts';
import { asObject, asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { StreamError } from '../../protocol/stream/stream-event.ts';

interface ErrorKind {
  type: string;
  code: string | null;
}
const INVALID = 'invalid_request_error';
const KINDS: Record<string, ErrorKind> = {
  invalid_request_error: { type: INVALID, code: null },
  authentication_error: { type: INVALID, code: 'invalid_api_key' },
  billing_error: { type: 'insufficient_quota', code: 'insufficient_quota' },
  permission_error: { type: INVALID, code: 'permission_denied' },
  not_found_error: { type: INVALID, code: null },
  request_too_large: { type: INVALID, code: 'request_too_large' },
  rate_limit_error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  timeout_error: { type: 'server_error', code: 'timeout' },
  api_error: { type: 'server_error', code: 'server_error' },
  overloaded_error: { type: 'server_error', code: 'overloaded' },
};
/** For bodies that name no type: proxies and load balancers answer with HTML or with nothing. */
const TYPES_BY_STATUS: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const OVERLOADED_STATUS = 529;
/** Response headers that tell a client when and whether to try again. */
const KEPT_HEADERS = ['retry-after', 'retry-after-ms', 'x-should-retry'];

export function toAnthropicError(reply: { status: number; headers: [string, string][]; body: string }): ProxyError {
  const body = parseJsonObject(reply.body);
  const error = asObject(body?.error);
  const named = asString(error.type);
  const upstreamType =
    named !== undefined && named in KINDS ? named : (TYPES_BY_STATUS[reply.status] ?? (reply.status >= 500 ? 'api_error' : INVALID));
  const words = asString(error.message) ?? (reply.body.trim().slice(0, 300) || 'no error message');
  const headers = keptHeaders(reply.headers, body);
  return new ProxyError(toMessage(upstreamType, words, reply.status), {
    status: reply.status === OVERLOADED_STATUS ? 503 : reply.status,
    ...toKind(upstreamType, words),
    headers,
  });
}

/** An `error` event in the stream, or an untyped frame with an `error` object in it. */
export function toStreamError(data: JsonObject): StreamError {
  const error = asObject(data.error);
  const upstreamType = asString(error.type) ?? 'error';
  const words = asString(error.message) ?? 'no error message';
  const requestId = asString(data.request_id);
  const message = `The upstream broke off with ${upstreamType}: ${words}${requestId === undefined ? '' : ` (request ${requestId})`}`;
  return { code: toStreamCode(upstreamType), message, upstreamType };
}

function toStreamCode(upstreamType: string): StreamError['code'] {
  if (upstreamType === 'rate_limit_error') return 'rate_limit_exceeded';
  if (upstreamType === 'billing_error') return 'insufficient_quota';
  return upstreamType === 'invalid_request_error' ? 'invalid_prompt' : 'server_error';
}

function toKind(upstreamType: string, words: string): ErrorKind {
  const kind = KINDS[upstreamType] ?? { type: INVALID, code: null };
  if (upstreamType === 'invalid_request_error' && /prompt is too long|context window/i.test(words))
    return { ...kind, code: 'context_length_exceeded' };
  if (upstreamType === 'not_found_error' && /model/i.test(words)) return { ...kind, code: 'model_not_found' };
  return kind;
}

/** A wrong key here is the upstream's matter: the client may well have sent a good key of its own. */
function toMessage(upstreamType: string, words: string, status: number): string {
  if (upstreamType === 'authentication_error') {
    return `The upstream refused its API key: ${words}. Check the key of this upstream (apiKey in its configuration, or the key the client sends).`;
  }
  return upstreamType in KINDS && status !== 0 ? words : `The upstream answered ${status}: ${words}`;
}

function keptHeaders(headers: [string, string][], body: JsonObject | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  let requestId = asString(body?.request_id);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (KEPT_HEADERS.includes(key)) kept[key] = value;
    if (key === 'request-id' || key === 'x-request-id') requestId = value;
  }
  if (requestId !== undefined) kept['x-upstream-request-id'] = requestId;
  return kept;
}
