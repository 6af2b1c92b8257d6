/** HTTP archives of browsers, HTTP Toolkit, mitmproxy and Proxyman: the event streams in them, with their requests. */
import { asArray, asNumber, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { guessKind } from '../protocol/lint/upstream-digest/index.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { UnreadableFileError, type ReadResult } from './recorded-stream.ts';

export function isHar(json: JsonObject): boolean {
  return Array.isArray(asObject(json['log'])['entries']);
}

/** @throws UnreadableFileError when no entry is a Responses stream. */
export function readHar(har: JsonObject): ReadResult {
  const result: ReadResult = { streams: [], skipped: [] };
  asArray(asObject(har['log'])['entries']).forEach((entry, position) => {
    if (isObject(entry)) readEntry(entry, position, result);
  });
  if (result.streams.length === 0) throw new UnreadableFileError('none of the entries of this HAR is a Responses stream');
  return result;
}

function readEntry(entry: JsonObject, position: number, result: ReadResult): void {
  const request = asObject(entry['request']);
  const content = asObject(asObject(entry['response'])['content']);
  const url = asString(request['url']) ?? '';
  const name = `entries/${position} ${asString(request['method']) ?? 'GET'} ${url.replace(/\?.*$/, '')}`;
  const body = parseJsonObject(asString(asObject(request['postData'])['text']) ?? '');
  const messages = readWebSocket(entry);
  if (messages) {
    result.streams.push({ name, bytes: Buffer.from(messages.join('\n')), messages });
    return;
  }
  const text = asString(content['text']);
  const isStream =
    (asString(content['mimeType']) ?? '').includes('event-stream') || (text !== undefined && /^\s*(?:event|data|id|:)/.test(text));
  if (!isStream) return;
  if (text === undefined || text === '') {
    result.skipped.push({ name, why: `the HAR has no body for it (${asNumber(content['size']) ?? 0} bytes were received)` });
    return;
  }
  const bytes = content['encoding'] === 'base64' ? Buffer.from(text, 'base64') : Buffer.from(text, 'utf8');
  const frames = readFrames(bytes);
  const kind = guessKind(frames);
  if (frames.length === 0) result.skipped.push({ name, why: 'no SSE frame is in its body' });
  else if (kind !== 'responses' && !/\/responses(?:\?|$)/.test(url))
    result.skipped.push({ name, why: `not a Responses stream (${kind ?? 'another format'})` });
  else result.streams.push({ name, bytes, ...(body ? { request: body } : {}) });
}

/** Chrome keeps WebSocket messages beside the entry; only what the server sent is a stream. */
function readWebSocket(entry: JsonObject): string[] | undefined {
  const messages = asArray(entry['_webSocketMessages'])
    .filter(isObject)
    .filter((message) => message['type'] === 'receive')
    .flatMap((message) => asString(message['data']) ?? []);
  return messages.some((message) => asString(parseJsonObject(message)?.['type'])?.startsWith('response.')) ? messages : undefined;
}
