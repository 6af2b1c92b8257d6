/**
 * What a tap emits about one exchange (a "step"). The recorder stores these, the live linter reads
 * them, the live feed announces them. Taps are synchronous and observers never steer: nothing here
 * can be answered. Secrets are masked before a tap event is made.
 *
 * `tUs` is integer microseconds since the arrival of the step's request. `bytes` must not be changed
 * by anybody after the tap.
 */
import type { Usage } from '../responses/wire.ts';

/** Structural stand-in for Uint8Array's values, so that this file needs no platform types. */
export type Bytes = Uint8Array;
export type HeaderList = [name: string, value: string][];

export type TapEvent =
  | StepStarted
  | {
      type: 'upstream.request';
      stepId: string;
      attempt: number;
      tUs: number;
      method: string;
      url: string;
      headers: HeaderList;
      body: Bytes;
    }
  | { type: 'upstream.response'; stepId: string; attempt: number; tUs: number; status: number; headers: HeaderList }
  /** One read of the content-decoded body. `index` counts per step over all attempts. */
  | { type: 'upstream.chunk'; stepId: string; attempt: number; index: number; tUs: number; bytes: Bytes }
  | { type: 'upstream.end'; stepId: string; attempt: number; tUs: number; cause: 'end' | 'reset' | 'aborted' | 'timeout'; detail?: string }
  | { type: 'client.head'; stepId: string; tUs: number; status: number; headers: HeaderList }
  | ClientWrite
  | { type: 'warning'; stepId: string; code: string; message: string; param?: string }
  | StepEnded;

export interface StepStarted {
  type: 'step.started';
  stepId: string;
  sessionId: string;
  /** Position of the step in its session, from 0. */
  index: number;
  /** Integer microseconds since the epoch. */
  startedAtUs: number;
  transport: 'http' | 'websocket';
  method: string;
  path: string;
  headers: HeaderList;
  body: Bytes;
  upstream: string;
  upstreamKind: string;
  model: string | null;
  stream: boolean;
  previousResponseId: string | null;
  client: { name: string; version: string } | null;
  /** First words of the user, for the session's title; empty when there are none. */
  title: string;
  /** Why this step belongs to its session (null for a new session). */
  linkedBy: string | null;
  /** True for the routes that speak Responses; false for chat, messages and Gemini pass-through. */
  isResponses: boolean;
  /** The session that a new session replays; absent otherwise. */
  replayOf?: string;
  /** The step whose upstream, a gateway, made this call through us; absent otherwise. */
  innerOf?: string;
}

/** Bytes as they were handed to the client's socket, with the events that ended in them. */
export interface ClientWrite {
  type: 'client.write';
  stepId: string;
  tUs: number;
  bytes: Bytes;
  events: EmittedEvent[];
}

export interface EmittedEvent {
  /** 0-based over all data frames but [DONE]. */
  index: number;
  /** The `event:` line, null when the frame has none. */
  name: string | null;
  /** The joined data lines. */
  data: string;
  /** The parsed data when it is a JSON object; filled in lazily by whoever parses first. */
  json: { [key: string]: unknown } | undefined;
  /** Where the frame lies in all bytes written to this client. */
  offset: number;
  length: number;
  tUs: number;
  /** The upstream chunk that caused it; null when none did (created before any chunk, a local error). */
  chunkIndex: number | null;
}

export type StepStatus = 'streaming' | 'completed' | 'incomplete' | 'failed' | 'cancelled' | 'interrupted';

export interface StepEnded {
  type: 'step.ended';
  stepId: string;
  tUs: number;
  status: Exclude<StepStatus, 'streaming' | 'interrupted'>;
  httpStatus: number;
  responseId: string | null;
  responseIdAliases: string[];
  model: string | null;
  usage: Usage | null;
  error: string | null;
}

/** An observer of taps. It may throw: the tap catches, counts and shows it. */
export type Observer = (event: TapEvent) => void;
