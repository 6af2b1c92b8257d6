/**
 * An HTTP archive as a session: every request to a model API in it becomes a step, in the archive's order.
 * From browsers (Chrome keeps WebSocket messages, too), HTTP Toolkit, mitmproxy, Proxyman and our own export.
 */
import type { RecordedSession, RecordedStep } from '../protocol/capture/recorded-session.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { asArray, asNumber, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { toImportedStep } from './imported-step.ts';

export interface HarSession {
  session: RecordedSession | undefined;
  skipped: { name: string; why: string }[];
}

const MODEL_API = /\/(?:responses(?:\/|$)|chat\/completions$|messages$|models\/[^/]+:(?:stream)?[gG]enerateContent$)/;

export function readHarSession(name: string, har: JsonObject): HarSession {
  const steps: RecordedStep[] = [];
  const skipped: HarSession['skipped'] = [];
  asArray(asObject(har['log'])['entries']).forEach((entry, position) => {
    const read = isObject(entry) ? readEntry(entry) : 'it is no object';
    if (read === undefined) return;
    if (typeof read === 'string') skipped.push({ name: `${name}: entry ${position}`, why: read });
    else steps.push(read);
  });
  return { session: steps.length > 0 ? { title: '', client: null, steps } : undefined, skipped };
}

/** Undefined for what is no model API at all; a sentence for what is, but can't be read. */
function readEntry(entry: JsonObject): RecordedStep | string | undefined {
  const request = asObject(entry['request']);
  const response = asObject(entry['response']);
  const content = asObject(response['content']);
  const url = asString(request['url']) ?? '';
  if (!URL.canParse(url)) return 'its address can’t be read';
  const { pathname, search } = new URL(url);
  const messages = readMessages(entry);
  const mimeType = asString(content['mimeType']) ?? '';
  const text = asString(content['text']);
  if (!messages && !MODEL_API.test(pathname) && !/^\s*(?:event|data):/.test(text ?? '')) return undefined;
  const status = asNumber(response['status']) ?? 0;
  if (!messages && (text === undefined || text === '') && status < 400) {
    const size = asNumber(content['size']) ?? 0;
    return `the archive has no body for ${pathname} (${size} bytes were received); save it with content, or before it is cleared`;
  }
  const startedAtMs = Date.parse(asString(entry['startedDateTime']) ?? '');
  const timings = asObject(entry['timings']);
  const waitMs = Math.max(0, asNumber(timings['wait']) ?? 0) + Math.max(0, asNumber(timings['send']) ?? 0);
  const bytes = messages ? undefined : Buffer.from(text ?? '', content['encoding'] === 'base64' ? 'base64' : 'utf8');
  return toImportedStep({
    startedAtUs: Number.isFinite(startedAtMs) ? startedAtMs * 1000 : 0,
    method: asString(request['method']) ?? 'POST',
    path: `${pathname}${search}`,
    headers: toHeaders(request['headers']),
    body: Buffer.from(messages?.request ?? asString(asObject(request['postData'])['text']) ?? '', 'utf8'),
    upstream: new URL(url).host,
    transport: messages ? 'websocket' : 'http',
    status: messages ? 200 : status,
    responseHeaders: withType(toHeaders(response['headers']), mimeType),
    writes: messages ? messages.writes : [{ tUs: Math.round(waitMs * 1000), bytes: bytes ?? new Uint8Array() }],
    endUs: Math.round(Math.max(0, asNumber(entry['time']) ?? waitMs) * 1000),
  });
}

/** What was sent first, and what came; times are seconds since the epoch. Undefined when it is no Responses connection. */
function readMessages(entry: JsonObject): { request: string; writes: { tUs: number; bytes: Uint8Array }[] } | undefined {
  const all = asArray(entry['_webSocketMessages']).filter(isObject);
  const received = all.filter((one) => one['type'] === 'receive');
  if (!received.some((one) => asString(parseJsonObject(asString(one['data']) ?? '')?.['type'])?.startsWith('response.'))) return undefined;
  const startSeconds = asNumber(all[0]?.['time']) ?? 0;
  const sent = all.find((one) => one['type'] === 'send');
  return {
    request: asString(sent?.['data']) ?? '',
    writes: received.map((one) => ({
      tUs: Math.max(0, Math.round(((asNumber(one['time']) ?? startSeconds) - startSeconds) * 1_000_000)),
      bytes: Buffer.from(`${asString(one['data']) ?? ''}\n`, 'utf8'),
    })),
  };
}

function toHeaders(value: unknown): HeaderList {
  return asArray(value)
    .map(asObject)
    .flatMap(({ name, value: text }): HeaderList => (typeof name === 'string' && typeof text === 'string' ? [[name, text]] : []));
}

/** Sizes and encodings of the wire are gone; the type may only be known from the content. */
function withType(headers: HeaderList, mimeType: string): HeaderList {
  const kept = headers.filter(([name]) => !/^(?:content-encoding|content-length|transfer-encoding)$/i.test(name));
  return kept.some(([name]) => name.toLowerCase() === 'content-type') || mimeType === '' ? kept : [...kept, ['content-type', mimeType]];
}
