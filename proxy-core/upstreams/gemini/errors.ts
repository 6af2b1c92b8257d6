/** Google's HTTP errors in OpenAI's shape (mapping 2.7): status kept, Google's own words in the message. */
import { ProxyError } from '../../errors.ts';
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../../protocol/json.ts';
import { parseStatus } from './wire.ts';

interface ErrorKind {
  type: string;
  code: string | null;
}
const INVALID: ErrorKind = { type: 'invalid_request_error', code: null };
const KINDS: { [status: number]: ErrorKind } = {
  400: INVALID,
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'invalid_request_error', code: 'permission_denied' },
  404: INVALID,
  429: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  503: { type: 'server_error', code: 'overloaded' },
  504: { type: 'server_error', code: 'timeout' },
};
/** Response headers that tell a client when and whether to try again. */
const KEPT_HEADERS = ['retry-after', 'retry-after-ms', 'x-should-retry'];
const OVERLOADED_STATUS = 529;

export function toGeminiError(reply: { status: number; headers: [string, string][]; body: string }): ProxyError {
  const error = findError(reply.body);
  const { status: upstreamType, message } = error
    ? parseStatus(error)
    : { status: undefined, message: reply.body.trim().slice(0, 300) || 'no error message' };
  const words = upstreamType ? `${upstreamType}: ${message}` : message;
  const isKeyFault = reply.status === 401 || hasReason(error, 'API_KEY_INVALID');
  return new ProxyError(
    isKeyFault
      ? `Gemini refused its API key: ${words} Check the key of this upstream (apiKey in its configuration, or the key the client sends).`
      : `Gemini answered ${reply.status}: ${words}`,
    {
      status: reply.status === OVERLOADED_STATUS ? 503 : reply.status,
      ...(isKeyFault ? { ...INVALID, code: 'invalid_api_key' } : toKind(reply.status, message)),
      headers: keptHeaders(reply.headers, error),
    },
  );
}

/** `{error: {…}}`, or a list of it where the server was asked for a stream. */
function findError(body: string): JsonObject | undefined {
  const parsed = parseJson(body);
  const found = [parsed, ...asArray(parsed)].map((value) => asObject(value).error).find(isObject);
  return found;
}

function toKind(status: number, message: string): ErrorKind {
  if (status === 400 && /token count.*exceeds|exceeds the maximum number of tokens/i.test(message)) {
    return { ...INVALID, code: 'context_length_exceeded' };
  }
  if (status === 404 && /model/i.test(message)) return { ...INVALID, code: 'model_not_found' };
  return KINDS[status] ?? (status >= 500 ? { type: 'server_error', code: 'server_error' } : INVALID);
}

function detailsOf(error: JsonObject | undefined): JsonObject[] {
  return asArray(error?.details).map(asObject);
}

function hasReason(error: JsonObject | undefined, reason: string): boolean {
  return detailsOf(error).some((detail) => detail.reason === reason);
}

/** Google says when to come back in the body (`RetryInfo.retryDelay: "13s"`), clients read the header. */
function keptHeaders(headers: [string, string][], error: JsonObject | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  const delay = detailsOf(error).flatMap((detail) => asString(detail.retryDelay) ?? [])[0];
  const seconds = delay === undefined ? Number.NaN : Number.parseFloat(delay);
  if (Number.isFinite(seconds)) kept['retry-after'] = String(Math.ceil(seconds));
  for (const [name, value] of headers) if (KEPT_HEADERS.includes(name.toLowerCase())) kept[name.toLowerCase()] = value;
  return kept;
}
