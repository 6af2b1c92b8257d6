/**
 * The only place that talks to the Gemini API: one request, the body's bytes handed on as they come, and
 * nothing tried twice.
 */
import { asArray, asNumber, asObject, asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { BuiltRequest, ModelCapabilities, SendContext, UpstreamConfig, UpstreamReply } from '../upstream.ts';
import { callUpstream } from '../shared/call-upstream.ts';
import { toGeminiError } from './errors.ts';

type CallContext = Pick<SendContext, 'config' | 'credential' | 'signal'> & Partial<Pick<SendContext, 'onRequest'>>;
type ModelContext = CallContext & Pick<SendContext, 'model'>;

const MODELS_PER_PAGE = 1000;

export function streamGenerateContent(built: BuiltRequest, context: SendContext): Promise<UpstreamReply> {
  return call('POST', `${modelPath(context.model)}:streamGenerateContent?alt=sse`, context, built.body);
}

/** @throws ProxyError with the upstream's own status. */
export async function countInputTokens(built: BuiltRequest, context: SendContext): Promise<number> {
  // System instruction and tools count too, so the whole request goes in, not the contents alone.
  const generateContentRequest = { model: modelPath(context.model), ...built.body };
  const answer = await callForJson('POST', `${modelPath(context.model)}:countTokens`, context, { generateContentRequest });
  return asNumber(answer.totalTokens) ?? 0;
}

/** Models that can answer, without the `models/` before their names. @throws ProxyError */
export async function listModelIds(context: CallContext): Promise<string[]> {
  const ids: string[] = [];
  let pageToken = '';
  do {
    const query = `?pageSize=${MODELS_PER_PAGE}${pageToken === '' ? '' : `&pageToken=${encodeURIComponent(pageToken)}`}`;
    const page = await callForJson('GET', `models${query}`, context);
    for (const model of asArray(page.models).map(asObject)) {
      const methods = model.supportedGenerationMethods;
      const canAnswer = !Array.isArray(methods) || methods.includes('generateContent');
      if (canAnswer) ids.push((asString(model.name) ?? '').replace(/^models\//, ''));
    }
    const next = asString(page.nextPageToken) ?? '';
    // A server that repeats its token would be asked forever.
    pageToken = next === pageToken ? '' : next;
  } while (pageToken !== '');
  return ids.filter((id) => id !== '');
}

/** Undefined when the server has no such endpoint or is not to be reached. */
export async function fetchModelCapabilities(context: ModelContext): Promise<ModelCapabilities | undefined> {
  try {
    const model = await callForJson('GET', modelPath(context.model), context);
    const maxOutputTokens = asNumber(model.outputTokenLimit);
    return { raw: model, ...(maxOutputTokens === undefined || maxOutputTokens <= 0 ? {} : { maxOutputTokens }) };
  } catch {
    return undefined; // whatever is wrong with the upstream will show in the request itself
  }
}

/** `models/gemini-…`; a name with its own collection (`tunedModels/…`) keeps it. */
function modelPath(model: string): string {
  const [, collection = 'models', name = model] = /^(models|tunedModels)\/(.+)$/s.exec(model) ?? [];
  // One segment, so that a name with `../` in it stays a name.
  return `${collection}/${encodeURIComponent(name)}`;
}

async function callForJson(method: 'GET' | 'POST', path: string, context: CallContext, body?: JsonObject): Promise<JsonObject> {
  const reply = await call(method, path, context, body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  if (reply.status < 200 || reply.status > 299) throw toGeminiError({ ...reply, body: text });
  return parseJsonObject(text) ?? {};
}

async function call(method: 'GET' | 'POST', path: string, context: CallContext, body?: JsonObject): Promise<UpstreamReply> {
  const url = `${toBase(context.config)}/${path}`;
  const headers = toHeaders(context, body !== undefined);
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body), 'utf8');
  context.onRequest?.({ method, url, headers: [...headers], body: bytes });
  return callUpstream({ method, url, headers: [...headers], body: bytes, signal: context.signal, followsRedirects: true });
}

/** The base URL comes without a version (contract 3.2); one that has it already is taken as it is. */
function toBase({ baseURL }: UpstreamConfig): string {
  const base = baseURL.replace(/\/+$/, '');
  return /\/v\d+(alpha|beta)?\d*$/.test(base) ? base : `${base}/v1beta`;
}

/** A configured header wins; one configured as "" is left out. */
function toHeaders({ config, credential }: CallContext, hasBody: boolean): Headers {
  const headers = new Headers();
  if (hasBody) headers.set('content-type', 'application/json');
  if (credential !== null) headers.set('x-goog-api-key', credential);
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    if (value === '') headers.delete(name);
    else headers.set(name, value);
  }
  return headers;
}
