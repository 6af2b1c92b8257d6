/**
 * The last stretch to a WebSocket client of an upstream that answers over HTTP: each event of its SSE is
 * one message, `[DONE]` none; an answer that is no stream (an error, mostly) is one `error` message.
 */
import { asObject, isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import type { EmittedEvent } from '../protocol/capture/tap-event.ts';
import type { AnswerWatch } from './answer-watch.ts';
import type { ClientOutput } from './client-output.ts';
import type { ClientSink } from './client-sink.ts';
import type { EventSeed, Step } from './step.ts';

export interface MessageOutputOptions {
  sink: ClientSink;
  step: Step;
  watch: AnswerWatch;
  isSse: boolean;
  /** The upstream's HTTP status, told in the `error` message. */
  status: number;
}

export function createMessageOutput({ sink, step, watch, isSse, status }: MessageOutputOptions): ClientOutput {
  const body: Uint8Array[] = [];
  const arrival = (chunkIndex: number | null) => ({ chunkIndex, tUs: step.nowUs(), firstIndex: step.eventCount });

  function send(events: EmittedEvent[]): Promise<void> | undefined {
    const seeds = events.flatMap((event) => toSeed(event, sink) ?? []);
    if (seeds.length === 0) return undefined;
    const bytes = Buffer.from(seeds.map(({ frame }) => frame).join(''), 'utf8');
    const drained = sink.write(bytes);
    step.write(
      bytes,
      seeds.map(({ seed }) => seed),
    );
    return drained;
  }

  return {
    write(bytes, chunkIndex) {
      const events = watch.push(bytes, arrival(chunkIndex));
      if (isSse) return send(events);
      body.push(bytes);
      return undefined;
    },
    async end() {
      const rest = watch.end(arrival(null));
      if (isSse) await send(rest);
      else await send([toErrorEvent(Buffer.concat(body).toString('utf8'), status, arrival(null))]);
      return true;
    },
  };
}

function toSeed({ data, json, chunkIndex }: EmittedEvent, sink: ClientSink): { frame: string; seed: EventSeed } | undefined {
  // A message is one line; data of several lines is JSON all the same.
  const line = json === undefined ? data.replaceAll('\n', ' ') : data.includes('\n') ? JSON.stringify(json) : data;
  const frame = sink.frame(typeof json?.['type'] === 'string' ? json['type'] : '', line);
  return { frame, seed: { name: null, data: line, json, length: Buffer.byteLength(frame), chunkIndex } };
}

function toErrorEvent(text: string, status: number, { tUs, firstIndex }: { tUs: number; firstIndex: number }): EmittedEvent {
  const json = toErrorMessage(parseJson(text), text, status);
  return { index: firstIndex, name: null, data: JSON.stringify(json), json, offset: 0, length: 0, tUs, chunkIndex: null };
}

function toErrorMessage(body: unknown, text: string, status: number): JsonObject {
  const said = asObject(body)['error'];
  const message =
    status < 400
      ? 'The upstream answered without a stream, which a WebSocket cannot carry.'
      : `The upstream answered ${status}: ${text.slice(0, 500)}`;
  const error = isObject(said) ? said : { message, type: 'server_error', param: null, code: null };
  return { type: 'error', status: status < 400 ? 502 : status, error };
}
