/**
 * The form in which tap events travel to the recording thread: one buffer of records, in order. Chunks and
 * writes, which come for every read of every stream, are a few varints and their bytes; everything else
 * comes a few times per step and is JSON. A record is a kind, then:
 *
 *   CHUNK       step, attempt, index, time, size, bytes
 *   WRITE       step, time, size, bytes, count of events, then per event: index, offset and time as differences
 *               to the one before, length, cause (0 or 1 + chunk index, as difference), and 0, or 1 and the event
 *               as JSON [name, data] when its frame is not wholly among these bytes
 *   NOTE        size of the JSON, JSON, 0 or 1 + size of the body, body
 *   LOST_CHUNK  step, index
 *   LOST_WRITE  step, size, count of events, index of the last one + 1
 *
 * A step is a number that its `step.started` record gives it. Both ends: ./pack-taps.ts and ./unpack-taps.ts.
 */
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import type { GatewayLink } from '../recorder/step-writer.ts';

export const CHUNK = 0;
export const WRITE = 1;
export const NOTE = 2;
export const LOST_CHUNK = 3;
export const LOST_WRITE = 4;

/** What besides tap events has to be done in their order. */
export type Order =
  | { type: 'findings'; stepId: string; findings: readonly Finding[]; isAll: boolean }
  | { type: 'link'; link: GatewayLink }
  | { type: 'forget'; sessionId: string }
  | { type: 'secret'; secret: string };

export type ChunkEvent = Extract<TapEvent, { type: 'upstream.chunk' }>;
export type WriteEvent = Extract<TapEvent, { type: 'client.write' }>;
/** A tap event as JSON, without its body; `no` is the step's number, where it begins. */
export type Note = { no?: number; isLinted?: boolean; isBodyLost?: boolean } & (Exclude<TapEvent, ChunkEvent | WriteEvent> | Order);
