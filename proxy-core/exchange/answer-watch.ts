/**
 * Reads an answer that passes through unchanged: finds the events in its bytes, and in a Responses answer
 * its id, status and usage. Only reads; what it makes of the bytes never changes them.
 */
import { describePage } from './describe-page.ts';
import type { EmittedEvent } from '../protocol/capture/tap-event.ts';
import { asNumber, asObject, asString, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Mutable } from '../protocol/mutable.ts';
import { TERMINAL_EVENT_TYPES, type Usage } from '../protocol/responses/wire.ts';
import { createFrameReader, type FrameReader, type SseFrame } from '../sse/frame-reader.ts';

export interface Arrival {
  chunkIndex: number | null;
  tUs: number;
  firstIndex: number;
}

export interface AnswerWatch {
  push(bytes: Uint8Array, arrival: Arrival): EmittedEvent[];
  end(arrival: Arrival): EmittedEvent[];
  status(isOk: boolean): 'completed' | 'incomplete' | 'failed';
  readonly isOver: boolean;
  /** The response object as far as it came; undefined when there was none. */
  readonly response: JsonObject | undefined;
  responseId(): string | null;
  /** Why the answer is no whole one, in a sentence; null when it is. Known after `end`. */
  fault(isOk: boolean): string | null;
  usage(): Usage | null;
}

/** How an event stream begins; some servers send one under another content type. */
const SSE_BEGINNING = /^\uFEFF?(event|data|id|retry)?:/;
const ENOUGH_TO_TELL = 9;
/** A JSON answer larger than this goes through without being looked into. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

export function createAnswerWatch(isResponses: boolean, isSseByType: boolean): AnswerWatch {
  const reader: FrameReader = createFrameReader();
  let isSse = isSseByType;
  let eventCount = 0;
  let jsonParts: Uint8Array[] = [];
  let jsonSize = 0;

  function toEvents(frames: SseFrame[], { chunkIndex, tUs, firstIndex }: Arrival): EmittedEvent[] {
    const events: EmittedEvent[] = [];
    for (const { event, data, offset, length } of frames) {
      if (data.trim() === '[DONE]') continue;
      eventCount += 1;
      const json = parseJsonObject(data);
      if (isResponses && json) note(json);
      events.push({ index: firstIndex + events.length, name: event, data, json, offset, length, tUs, chunkIndex });
    }
    return events;
  }

  function note(json: JsonObject): void {
    const type = asString(json['type']);
    if (type === undefined) return;
    if (json['response'] !== undefined) watch.response = { ...watch.response, ...asObject(json['response']) };
    if (TERMINAL_EVENT_TYPES.has(type) || type === 'error') finish(type);
  }

  function finish(type: string): void {
    watch.terminal = type;
    watch.isOver = true;
  }

  const textOf = (): string => Buffer.concat(jsonParts).toString('utf8');

  /** Bytes of another content type: events all the same when they begin like such. */
  function collect(bytes: Uint8Array): Uint8Array | undefined {
    const isBeginning = jsonParts.length < ENOUGH_TO_TELL;
    jsonSize += bytes.length;
    if (jsonSize > MAX_JSON_BYTES) jsonParts = [];
    else jsonParts.push(bytes);
    if (!isBeginning) return undefined;
    const start = Buffer.concat(jsonParts);
    if (start.length < ENOUGH_TO_TELL || !SSE_BEGINNING.test(start.toString('utf8', 0, ENOUGH_TO_TELL))) return undefined;
    isSse = true;
    jsonParts = [];
    return start;
  }

  const watch: Mutable<AnswerWatch> & { terminal: string | undefined } = {
    isOver: false,
    response: undefined,
    terminal: undefined,
    push(bytes, arrival) {
      if (isSse) return toEvents(reader.push(bytes), arrival);
      const held = isResponses ? collect(bytes) : undefined;
      return held ? toEvents(reader.push(held), arrival) : [];
    },
    end(arrival) {
      if (isSse) return toEvents(reader.end(), arrival);
      const body = parseJsonObject(textOf());
      watch.response = body ?? {};
      if (body || jsonSize > MAX_JSON_BYTES) finish(asString(body?.['status']) ?? 'completed');
      return [];
    },
    status(isOk) {
      const { terminal } = watch;
      if (!isOk) return 'failed';
      if (!isResponses) return 'completed';
      if (terminal === undefined || terminal === 'error' || terminal.endsWith('failed')) return 'failed';
      return terminal.endsWith('incomplete') ? 'incomplete' : 'completed';
    },
    fault(isOk) {
      const { response, terminal } = watch;
      if (!isOk) return toWords(asObject(response?.['error'])['message'] ?? response?.['error'] ?? describePage(textOf()));
      if (!isResponses) return null;
      if (terminal === undefined) {
        if (!isSse) return describePage(textOf()) ?? `The answer is neither a stream nor JSON: ${toWords(textOf()) ?? 'it is empty'}`;
        return eventCount === 0
          ? 'The stream held no event at all.'
          : `The stream ended without response.completed, .incomplete or .failed, after ${eventCount} events.`;
      }
      return toWords(asObject(response?.['error'])['message']);
    },
    responseId: () => asString(watch.response?.['id']) ?? null,
    usage: () => toUsage(watch.response?.['usage']),
  };
  return watch;
}

/** The beginning of a text, on one line; null when there is none. */
function toWords(value: unknown): string | null {
  const text = (asString(value) ?? '').replace(/\s+/g, ' ').trim();
  return text === '' ? null : text.slice(0, 300);
}

function toUsage(value: unknown): Usage | null {
  const usage = asObject(value);
  const input = asNumber(usage['input_tokens']);
  const output = asNumber(usage['output_tokens']);
  if (input === undefined || output === undefined) return null;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: asNumber(asObject(usage['input_tokens_details'])['cached_tokens']) ?? 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: asNumber(asObject(usage['output_tokens_details'])['reasoning_tokens']) ?? 0 },
    total_tokens: input + output,
  };
}
