/**
 * Reads an answer that passes through unchanged: finds the events in its bytes, and in a Responses answer
 * its id, status and usage. Only reads; what it makes of the bytes never changes them.
 */
import type { EmittedEvent } from '../protocol/capture/tap-event.ts';
import { asNumber, asObject, asString, parseJson, parseJsonObject, type JsonObject } from '../protocol/json.ts';
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
  readonly responseId: string | null;
  readonly usage: Usage | null;
}

export function createAnswerWatch(isResponses: boolean, isSse: boolean): AnswerWatch {
  const reader: FrameReader = createFrameReader();
  const jsonParts: Uint8Array[] = [];
  let response: JsonObject | undefined;
  let terminal: string | undefined;

  function toEvents(frames: SseFrame[], { chunkIndex, tUs, firstIndex }: Arrival): EmittedEvent[] {
    const events: EmittedEvent[] = [];
    for (const { event, data, offset, length } of frames) {
      if (data.trim() === '[DONE]') continue;
      const json = parseJsonObject(data);
      if (isResponses && json) note(json);
      events.push({ index: firstIndex + events.length, name: event, data, json, offset, length, tUs, chunkIndex });
    }
    return events;
  }

  function note(json: JsonObject): void {
    const type = asString(json['type']);
    if (type === undefined) return;
    if (json['response'] !== undefined) response = { ...response, ...asObject(json['response']) };
    if (TERMINAL_EVENT_TYPES.has(type) || type === 'error') terminal = type;
  }

  return {
    push(bytes, arrival) {
      if (isSse) return toEvents(reader.push(bytes), arrival);
      if (isResponses) jsonParts.push(bytes);
      return [];
    },
    end(arrival) {
      if (isSse) return toEvents(reader.end(), arrival);
      const body = parseJson(Buffer.concat(jsonParts).toString('utf8'));
      response = asObject(body);
      terminal = asString(response['status']) ?? 'completed';
      return [];
    },
    status(isOk) {
      if (!isOk) return 'failed';
      if (!isResponses) return 'completed';
      if (terminal === undefined || terminal === 'error' || terminal.endsWith('failed')) return 'failed';
      return terminal.endsWith('incomplete') ? 'incomplete' : 'completed';
    },
    get isOver() {
      return terminal !== undefined;
    },
    get response() {
      return response;
    },
    get responseId() {
      return asString(response?.['id']) ?? null;
    },
    get usage() {
      return toUsage(response?.['usage']);
    },
  };
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
