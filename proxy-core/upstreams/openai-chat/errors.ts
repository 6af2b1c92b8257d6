/**
 * The errors of Chat Completions servers, in all shapes they come in: OpenAI's object, a string, FastAPI's
 * `detail`, LiteLLM's "None" texts. One reading for both places: an HTTP answer, and a frame in mid-stream.
 */
import { ProxyError } from '../../errors.ts';
import { asArray, asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import type { StreamError } from '../../protocol/stream/stream-event.ts';

interface ErrorDetails {
  message: string | undefined;
  type: string | undefined;
  code: string | undefined;
  param: string | undefined;
}

/** Maps a non-2xx answer. 529 becomes 503; `retry-after` and what SDKs look at are kept. */
export function toError(reply: { status: number; headers: [string, string][]; body: string }): ProxyError {
  const payload = parseJson(reply.body);
  const details = readError(isObject(payload) ? (payload.error ?? payload) : payload);
  const said = details.message ?? (reply.body.trim().slice(0, 500) || 'no details');
  return new ProxyError(reply.status === 401 || reply.status === 403 ? toCredentialMessage(reply.status, said) : said, {
    status: toClientStatus(reply.status),
    type: details.type ?? toErrorType(reply.status),
    param: details.param ?? null,
    code: details.code ?? toErrorCode(reply.status, said),
    headers: toErrorHeaders(reply.headers),
  });
}

/** Maps the payload of an error frame; `value` is what stands under `error`, or the payload itself. */
export function toStreamError(value: unknown): StreamError {
  const { message, type, code } = readError(value);
  const names = [type, code].filter((name) => name !== undefined);
  const said = message ?? 'it gave no reason';
  const error: StreamError = {
    code: toStreamErrorCode(names.join(' ')),
    message: `The upstream reported an error: ${said}${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
  };
  if (names[0] !== undefined) error.upstreamType = names[0];
  return error;
}

function readError(value: unknown): ErrorDetails {
  if (typeof value === 'string') return { message: value, type: undefined, code: undefined, param: undefined };
  const error = asObject(value);
  // OpenRouter: the provider's own words lie deeper.
  const raw = asString(asObject(error.metadata).raw);
  const message = toText(error.message) ?? toDetail(error.detail) ?? toText(error.error);
  return {
    message: message !== undefined && raw !== undefined && !message.includes(raw) ? `${message}: ${raw}` : message,
    type: toText(error.type),
    code: toText(error.code) ?? asNumber(error.code)?.toString(),
    param: toText(error.param),
  };
}

/** FastAPI (vLLM and others): a sentence, or a list of faults. */
function toDetail(detail: unknown): string | undefined {
  if (typeof detail === 'string') return toText(detail);
  const faults = asArray(detail).map((one) => asString(asObject(one).msg) ?? JSON.stringify(one));
  return faults.length > 0 ? faults.join('; ') : undefined;
}

function toText(value: unknown): string | undefined {
  const text = asString(value);
  return text === '' || text === 'None' ? undefined : text;
}

function toCredentialMessage(status: number, said: string): string {
  const what = status === 401 ? 'did not accept the API key it was given' : 'refused access';
  return `The upstream ${what} (${status}): ${said}`;
}

function toClientStatus(status: number): number {
  if (status === 529) return 503;
  // A redirect or another odd status is no answer to pass on.
  return status >= 400 && status <= 599 ? status : 502;
}

function toErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'server_error';
}

function toErrorCode(status: number, message: string): string | null {
  if (status === 401) return 'invalid_api_key';
  if (status === 402) return 'insufficient_quota';
  if (status === 404 && /model/i.test(message)) return 'model_not_found';
  if (status === 429) return 'rate_limit_exceeded';
  if (status === 400 && /context (length|window)|maximum context|prompt is too long/i.test(message)) return 'context_length_exceeded';
  return null;
}

function toErrorHeaders(headers: [string, string][]): Record<string, string> {
  const kept: JsonObject & Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'retry-after' || lower === 'retry-after-ms' || lower === 'x-should-retry') kept[lower] = value;
    if (lower === 'x-request-id' || lower === 'request-id') kept['x-upstream-request-id'] = value;
  }
  return kept;
}

function toStreamErrorCode(names: string): StreamError['code'] {
  if (/insufficient_quota|billing|\b402\b/i.test(names)) return 'insufficient_quota';
  if (/rate_?limit|too_many_requests|\b429\b/i.test(names)) return 'rate_limit_exceeded';
  if (/invalid_prompt/i.test(names)) return 'invalid_prompt';
  return 'server_error';
}
