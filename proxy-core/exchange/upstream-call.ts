/** Where a passed-through request goes at its upstream, and under which headers. */
import { isObject } from '../protocol/json.ts';
import type { UpstreamConfig } from '../upstreams/upstream.ts';
import type { ExchangeKind, ExchangeRequest } from './exchange-request.ts';
import type { UpstreamTarget } from './upstream-target.ts';

export interface UpstreamCall {
  url: string;
  upstreamHeaders: [string, string][];
  body: Uint8Array;
}

export interface CallOptions {
  kind: ExchangeKind;
  request: ExchangeRequest;
  target: UpstreamTarget;
  /** The parsed body, anything when it is not JSON. */
  body: unknown;
  credential: string | null;
}

/** Connection-bound headers, our own, the credential (set anew below), and what fetch sets itself. */
const DROPPED = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'content-length',
  'accept-encoding',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'origin',
  'referer',
]);

export function toUpstreamCall({ kind, request, target, body, credential }: CallOptions): UpstreamCall {
  const { config } = target;
  const headers = request.headers.filter(
    ([name]) =>
      !DROPPED.has(name.toLowerCase()) && !name.toLowerCase().startsWith('x-deltascope-') && !name.toLowerCase().startsWith('sec-'),
  );
  for (const [name, value] of Object.entries(config.headers ?? {})) setHeader(headers, name, value);
  if (credential !== null) setCredential(headers, request, config, credential);
  return { url: toUrl(kind, request, config), upstreamHeaders: headers, body: toBody(request.body, body, target.model) };
}

/** A routing prefix is the one thing that is taken out of the body; else the client's bytes go on as they came. */
function toBody(bytes: Uint8Array, body: unknown, model: string | null): Uint8Array {
  if (!isObject(body) || typeof body['model'] !== 'string' || model === null || body['model'] === model) return bytes;
  return Buffer.from(JSON.stringify({ ...body, model }), 'utf8');
}

function toUrl(kind: CallOptions['kind'], request: ExchangeRequest, config: UpstreamConfig): string {
  const base = config.baseURL.replace(/\/+$/, '');
  const [path = '', query] = request.path.split('?');
  const withQuery = (url: string) => (query === undefined ? url : `${url}?${query}`);
  const inner = path.replace(/^\/quirks\/[^/]+/, '').replace(/^\/u\/[^/]+/, '');
  if (kind === 'provider' && (config.kind === 'anthropic' || config.kind === 'gemini')) return withQuery(base + inner);
  // baseURL of the OpenAI-like kinds ends in /v1 already.
  return withQuery(base + inner.replace(/^\/v1(?=\/|$)/, ''));
}

/** In the form that this upstream wants; a client of the provider's own API has its header kept. */
function setCredential(headers: [string, string][], request: ExchangeRequest, config: UpstreamConfig, credential: string): void {
  const sent = new Set(request.headers.map(([name]) => name.toLowerCase()));
  if (config.kind === 'gemini') return setHeader(headers, 'x-goog-api-key', credential);
  if (config.kind === 'anthropic' && (sent.has('x-api-key') || !sent.has('authorization')))
    return setHeader(headers, 'x-api-key', credential);
  if (sent.has('api-key') && !sent.has('authorization')) return setHeader(headers, 'api-key', credential);
  setHeader(headers, 'authorization', `Bearer ${credential}`);
}

function setHeader(headers: [string, string][], name: string, value: string): void {
  const at = headers.findIndex(([known]) => known.toLowerCase() === name.toLowerCase());
  if (at === -1) headers.push([name, value]);
  else headers[at] = [name, value];
}
