/**
 * One step as it goes to the taps: keeps the counts and places that every tap event needs, so that the
 * exchange says only what happened. Masks secrets before anything leaves.
 */
import type { EmittedEvent, HeaderList, StepEnded, StepStarted } from '../protocol/capture/tap-event.ts';
import { parseJsonObject } from '../protocol/json.ts';
import type { Mutable } from '../protocol/mutable.ts';
import type { Warning } from '../upstreams/upstream.ts';
import type { Tap } from './tap.ts';

export interface Masks {
  headers(headers: HeaderList): HeaderList;
  url(url: string): string;
  /** The same object when there was nothing to mask; else the same length. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** As `bytes` for one stream in pieces; a secret may be cut between two of them. */
  stream?(): (piece: Uint8Array) => Uint8Array;
  text(text: string): string;
  /** Looks for credentials in a request's body, to mask them wherever they turn up. */
  learn?(body: Uint8Array): void;
}

export interface Step {
  readonly id: string;
  readonly warnings: readonly Warning[];
  readonly eventCount: number;
  readonly bytesWritten: number;
  /** Microseconds since the step's request arrived. */
  nowUs(): number;
  upstreamRequest(request: { method: string; url: string; headers: [string, string][]; body: Uint8Array }): void;
  upstreamResponse(status: number, headers: [string, string][]): void;
  /** @returns the chunk's index, for the events it causes. */
  chunk(bytes: Uint8Array): number;
  upstreamEnd(cause: 'end' | 'reset' | 'aborted' | 'timeout', detail?: string): void;
  head(status: number, headers: Record<string, string>): void;
  /** `events` in the order of their frames; offsets are counted here. */
  write(bytes: Uint8Array, events: EventSeed[]): void;
  /** Events that a parser found in bytes that were written before (pass-through). */
  writeFound(bytes: Uint8Array, events: EmittedEvent[]): void;
  warn(warning: Warning): void;
  end(end: Omit<StepEnded, 'type' | 'stepId' | 'tUs'>): void;
}

export interface EventSeed {
  name: string | null;
  data: string;
  json: { [key: string]: unknown } | undefined;
  /** Bytes of the frame. */
  length: number;
  chunkIndex: number | null;
}

export interface StepOptions {
  tap: Tap;
  masks: Masks;
  /** Monotonic microseconds. */
  clockUs: () => number;
  started: Omit<StepStarted, 'type'>;
}

export function createStep({ tap, masks, clockUs, started }: StepOptions): Step {
  const stepId = started.stepId;
  const zeroUs = clockUs();
  const warnings: Warning[] = [];
  const nowUs = () => Math.round(clockUs() - zeroUs);
  let attempt = -1;
  let chunkIndex = 0;
  let hasEnded = false;

  const newStreamMask = () => masks.stream?.() ?? masks.bytes;
  const maskWrite = newStreamMask();
  let maskChunk = newStreamMask();

  masks.learn?.(started.body);
  tap.emit({
    type: 'step.started',
    ...started,
    headers: masks.headers(started.headers),
    path: masks.url(started.path),
    body: masks.bytes(started.body),
    title: masks.text(started.title),
  });

  /** A model may repeat a key that it was told: then its events are masked like its bytes. */
  function emitWrite(bytes: Uint8Array, events: EmittedEvent[], tUs: number): void {
    tap.emit({ type: 'client.write', stepId, tUs, bytes: maskWrite(bytes), events: events.map(maskEvent) });
  }

  function maskEvent(event: EmittedEvent): EmittedEvent {
    const data = masks.text(event.data);
    return data === event.data ? event : { ...event, data, json: parseJsonObject(data) };
  }

  const step: Mutable<Step> = {
    id: stepId,
    warnings,
    eventCount: 0,
    bytesWritten: 0,
    nowUs,
    upstreamRequest({ method, url, headers, body }) {
      attempt += 1;
      maskChunk = newStreamMask();
      tap.emit({
        type: 'upstream.request',
        stepId,
        attempt,
        tUs: nowUs(),
        method,
        url: masks.url(url),
        headers: masks.headers(headers),
        body: masks.bytes(body),
      });
    },
    upstreamResponse(status, headers) {
      tap.emit({ type: 'upstream.response', stepId, attempt: Math.max(attempt, 0), tUs: nowUs(), status, headers: masks.headers(headers) });
    },
    chunk(bytes) {
      const index = chunkIndex++;
      tap.emit({ type: 'upstream.chunk', stepId, attempt: Math.max(attempt, 0), index, tUs: nowUs(), bytes: maskChunk(bytes) });
      return index;
    },
    upstreamEnd(cause, detail) {
      const event = { type: 'upstream.end' as const, stepId, attempt: Math.max(attempt, 0), tUs: nowUs(), cause };
      tap.emit(detail === undefined ? event : { ...event, detail: masks.text(detail) });
    },
    head(status, headers) {
      tap.emit({ type: 'client.head', stepId, tUs: nowUs(), status, headers: masks.headers(Object.entries(headers)) });
    },
    write(bytes, seeds) {
      const tUs = nowUs();
      let at = step.bytesWritten;
      const events = seeds.map((seed): EmittedEvent => {
        const event = { index: step.eventCount++, offset: at, tUs, ...seed };
        at += seed.length;
        return event;
      });
      step.bytesWritten += bytes.length;
      emitWrite(bytes, events, tUs);
    },
    writeFound(bytes, events) {
      step.bytesWritten += bytes.length;
      step.eventCount += events.length;
      emitWrite(bytes, events, nowUs());
    },
    warn(warning) {
      warnings.push(warning);
      tap.emit({ type: 'warning', stepId, ...warning, message: masks.text(warning.message) });
    },
    end(end) {
      if (hasEnded) return;
      hasEnded = true;
      tap.emit({ type: 'step.ended', stepId, tUs: nowUs(), ...end, error: end.error === null ? null : masks.text(end.error) });
    },
  };
  return step;
}
