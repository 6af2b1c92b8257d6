/**
 * The only place that talks to a Chat Completions server; the body's bytes go on as they come.
 * The one thing tried twice, both attempts recorded: a server that is too old for `stream_options` gets the
 * request again without it.
 */
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { BuiltRequest, SendContext, UpstreamReply } from '../upstream.ts';
import { callUpstream } from '../shared/call-upstream.ts';
import { toError } from './errors.ts';

type CallContext = Pick<SendContext, 'config' | 'credential' | 'signal'> & Partial<Pick<SendContext, 'onRequest'>>;

export async function sendChatRequest(built: BuiltRequest, context: SendContext): Promise<UpstreamReply> {
  const reply = await call('POST', '/chat/completions', context, built.body);
  if (reply.status !== 400 && reply.status !== 422) return reply;
  const body = await readAll(reply.body);
  const { stream_options, ...rest } = built.body;
  if (stream_options === undefined || !Buffer.from(body).includes('stream_options')) return { ...reply, body: asIterable(body) };
  context.onRefused?.({ status: reply.status, headers: reply.headers, body });
  return call('POST', '/chat/completions', context, rest);
}

/** @throws ProxyError with the upstream's own status. */
export async function listModelIds(context: CallContext): Promise<string[]> {
  const reply = await call('GET', '/models', context);
  const text = Buffer.from(await readAll(reply.body)).toString('utf8');
  if (reply.status < 200 || reply.status > 299) throw toError({ ...reply, body: text });
  return asArray(parseJsonObject(text)?.data).flatMap((model) => asString(asObject(model).id) || []);
}

async function call(method: 'GET' | 'POST', path: string, context: CallContext, body?: JsonObject): Promise<UpstreamReply> {
  const url = context.config.baseURL.replace(/\/+$/, '') + path;
  const headers = toHeaders(context, body !== undefined);
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body), 'utf8');
  context.onRequest?.({ method, url, headers: [...headers], body: bytes });
  return callUpstream({ method, url, headers: [...headers], body: bytes, signal: context.signal, followsRedirects: true });
}

/** A configured header wins; one configured as "" is left out. */
function toHeaders({ config, credential }: CallContext, hasBody: boolean): Headers {
  const headers = new Headers({ accept: hasBody ? 'text/event-stream' : 'application/json' });
  if (hasBody) headers.set('content-type', 'application/json');
  if (credential !== null) headers.set('authorization', `Bearer ${credential}`);
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    if (value === '') headers.delete(name);
    else headers.set(name, value);
  }
  return headers;
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* asIterable(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
