/**
 * The only place that talks to Anthropic's API. Its SDK makes the request: address, headers, version, body.
 * Sending it is ours, so that the body's bytes reach the exchange as they came, an HTTP error is an answer
 * and not a throw, and nothing is tried twice.
 */
import Anthropic from '@anthropic-ai/sdk';
import { ProxyError } from '../../errors.ts';
import { asArray, asNumber, asObject, asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { BuiltRequest, ModelCapabilities, SendContext, UpstreamConfig, UpstreamReply } from '../upstream.ts';
import { callUpstream } from '../shared/call-upstream.ts';
import { toAnthropicError } from './errors.ts';

type CallContext = Omit<SendContext, 'onRequest' | 'model'> & Partial<Pick<SendContext, 'onRequest'>>;

/** Anthropic's own API takes the key as a bearer token only; see `authHeaders`. */
const ANTHROPIC_HOST = 'api.anthropic.com';
const MODELS_PER_PAGE = 1000;

export function sendMessages(built: BuiltRequest, context: SendContext): Promise<UpstreamReply> {
  return call({ method: 'post', path: '/v1/messages', body: built.body, hints: built.hints }, context);
}

/** @throws ProxyError with the upstream's own status. */
export async function countInputTokens(built: BuiltRequest, context: SendContext): Promise<number> {
  const { model, messages, system, tools, tool_choice, thinking, output_config } = built.body;
  const given = Object.entries({ model, messages, system, tools, tool_choice, thinking, output_config });
  const body = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const answer = await callForJson({ method: 'post', path: '/v1/messages/count_tokens', body, hints: built.hints }, context);
  return asNumber(answer.input_tokens) ?? 0;
}

/** @throws ProxyError with the upstream's own status. */
export async function listModelIds(context: Omit<SendContext, 'model'>): Promise<string[]> {
  const answer = await callForJson({ method: 'get', path: `/v1/models?limit=${MODELS_PER_PAGE}` }, context);
  return asArray(answer.data).flatMap((model) => asString(asObject(model).id) ?? []);
}

/** Undefined when the server has no such endpoint or is not to be reached: then the table in models.ts counts. */
export async function fetchModelCapabilities(context: Omit<SendContext, 'onRequest'>): Promise<ModelCapabilities | undefined> {
  try {
    const model = await callForJson({ method: 'get', path: `/v1/models/${encodeURIComponent(context.model)}` }, context);
    const maxOutputTokens = asNumber(model.max_tokens);
    return { raw: model, ...(maxOutputTokens === undefined || maxOutputTokens <= 0 ? {} : { maxOutputTokens }) };
  } catch {
    return undefined; // whatever is wrong with the upstream will show in the request itself
  }
}

interface Call {
  method: 'get' | 'post';
  path: string;
  body?: JsonObject;
  hints?: JsonObject | undefined;
}

async function callForJson(what: Call, context: CallContext): Promise<JsonObject> {
  const reply = await call(what, context);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (reply.status < 200 || reply.status > 299) throw toAnthropicError({ status: reply.status, headers: reply.headers, body: text });
  return parseJsonObject(text) ?? {};
}

async function call({ method, path, body, hints }: Call, context: CallContext): Promise<UpstreamReply> {
  checkCredential(context);
  const { url, headers } = await toEnvelope(method, path, requestHeaders(context, hints), context);
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body), 'utf8');
  const wire = { method: method.toUpperCase(), url, headers, body: bytes };
  context.onRequest?.(wire);
  return callUpstream({ ...wire, signal: context.signal, followsRedirects: true });
}

interface Envelope {
  url: string;
  headers: [string, string][];
}

/** Address and headers as the SDK makes them; for requests that differ in nothing but the body, made once. */
async function toEnvelope(
  method: Call['method'],
  path: string,
  given: Record<string, string | null>,
  context: CallContext,
): Promise<Envelope> {
  const known = clientFor(context);
  const key = JSON.stringify([method, path, given, process.env.ANTHROPIC_CUSTOM_HEADERS]);
  if (known.last?.key === key) return known.last.envelope;
  const { req, url } = await known.client.buildRequest({ method, path, headers: given, ...(method === 'post' ? { body: {} } : {}) });
  const headers = new Headers(req.headers);
  for (const name of namesFromEnvironment(context.config)) headers.delete(name);
  const envelope: Envelope = { url, headers: [...headers] };
  known.last = { key, envelope };
  return envelope;
}

/** A client is costly to make and the same for every call of an upstream; one whose credential changed goes. */
const clients = new WeakMap<UpstreamConfig, KnownClient>();

interface KnownClient {
  credential: string | null;
  client: Anthropic;
  last?: { key: string; envelope: Envelope };
}

/** Nothing is taken from the environment or from profile files: what is sent is what was configured. */
function clientFor({ config, credential }: CallContext): KnownClient {
  const known = clients.get(config);
  if (known?.credential === credential) return known;
  const client = new Anthropic({
    baseURL: config.baseURL.replace(/\/+$/, ''),
    // Never empty, or the SDK would look for one elsewhere; requestHeaders removes it where there is none.
    apiKey: credential ?? 'none',
    webhookKey: null,
    maxRetries: 0,
    logLevel: 'off',
    openTelemetry: false,
  });
  const made: KnownClient = { credential, client };
  clients.set(config, made);
  return made;
}

/** Overrides everything the SDK would send under the same name. A header configured as "" is left out. */
function requestHeaders({ config, credential }: CallContext, hints: JsonObject | undefined): Record<string, string | null> {
  const headers: Record<string, string | null> = authHeaders(config, credential);
  for (const [name, value] of Object.entries(config.headers ?? {})) headers[name.toLowerCase()] = value === '' ? null : value;
  const betas = asArray(hints?.betas).filter((beta) => typeof beta === 'string');
  if (betas.length > 0) headers['anthropic-beta'] = [headers['anthropic-beta'], ...betas].filter(Boolean).join(',');
  return headers;
}

/**
 * Servers that only speak Anthropic's protocol (gateways, local models) mostly know the older `x-api-key`;
 * they get the same key in both forms, which none of them minds. A configured header of either name wins:
 * then only that form is sent.
 */
function authHeaders(config: UpstreamConfig, credential: string | null): Record<string, string | null> {
  const names = Object.keys(config.headers ?? {}).map((name) => name.toLowerCase());
  if (credential === null || names.includes('x-api-key') || names.includes('authorization')) return { authorization: null };
  const bearer = { authorization: `Bearer ${credential}` };
  return isAnthropicItself(config) ? bearer : { ...bearer, 'x-api-key': credential };
}

function checkCredential({ config, credential }: CallContext): void {
  const names = Object.keys(config.headers ?? {}).map((name) => name.toLowerCase());
  const hasOwn = names.includes('x-api-key') || names.includes('authorization');
  if (hasOwn || (credential !== null && credential.trim() !== '')) return;
  // A local server may well want no key; an empty one, though, is always a mistake.
  if (credential === null && !isAnthropicItself(config)) return;
  throw new ProxyError(
    `The upstream "${config.name}" has no API key. Set apiKey in its configuration ("env:ANTHROPIC_API_KEY", say) or send a key with the request.`,
    { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  );
}

function isAnthropicItself(config: UpstreamConfig): boolean {
  return URL.canParse(config.baseURL) && new URL(config.baseURL).hostname === ANTHROPIC_HOST;
}

/** The SDK adds headers from this variable to every request, and has no option against it. */
function namesFromEnvironment(config: UpstreamConfig): string[] {
  const configured = Object.keys(config.headers ?? {}).map((name) => name.toLowerCase());
  const own = ['authorization', 'x-api-key', 'anthropic-version', 'content-type', 'accept', 'user-agent', ...configured];
  const names = (process.env.ANTHROPIC_CUSTOM_HEADERS ?? '').split('\n').map((line) => (line.split(':')[0] ?? '').trim().toLowerCase());
  return names.filter((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && !own.includes(name));
}
