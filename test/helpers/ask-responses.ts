/** A plain HTTP client of /v1/responses, for tests that look at what really comes over the wire. */
import { asObject, parseJson, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import type { ResponseObject, ResponsesEvent } from '../../proxy-core/protocol/responses/wire.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';

export interface Answer {
  status: number;
  headers: Headers;
  /** Empty when the answer was no stream. */
  events: ResponsesEvent[];
  /** Of the last event, or the JSON body itself. */
  response: ResponseObject;
  /** Of an answer with an HTTP error. */
  error: JsonObject;
  text: string;
}

/** @param apiBase ends in /v1. */
export async function askResponses(apiBase: string, body: JsonObject, path = '/responses'): Promise<Answer> {
  const reply = await fetch(`${apiBase}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer test-key' },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  const isStream = (reply.headers.get('content-type') ?? '').includes('text/event-stream');
  const events = isStream ? readEvents(text) : [];
  const json = isStream ? asObject(events.at(-1)?.['response']) : (parseJsonObject(text) ?? {});
  return {
    status: reply.status,
    headers: reply.headers,
    events,
    response: json as unknown as ResponseObject,
    error: asObject(json['error']),
    text,
  };
}

export function readEvents(text: string): ResponsesEvent[] {
  return readFrames(Buffer.from(text)).flatMap(({ data }) => (data === '[DONE]' ? [] : [parseJson(data) as ResponsesEvent]));
}
