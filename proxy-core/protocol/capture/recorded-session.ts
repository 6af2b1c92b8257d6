/**
 * A session that was recorded elsewhere (a capture, a sample, a bundle, HAR), as plain data: what an
 * importer makes of its format, and what the record is filled from. Times are integer microseconds;
 * `tUs` counts from the arrival of the step's request. Bytes are exact and unmasked; the import masks them.
 */
import type { ClientInfo } from '../api/control-api.ts';
import type { Usage } from '../responses/wire.ts';
import type { Bytes, HeaderList, StepEnded } from './tap-event.ts';

export interface RecordedSession {
  title: string;
  client: ClientInfo | null;
  steps: RecordedStep[];
}

export interface RecordedStep {
  /** Since the epoch. */
  startedAtUs: number;
  transport: 'http' | 'websocket';
  method: string;
  path: string;
  headers: HeaderList;
  body: Bytes;
  /** Name of the upstream, and what it speaks (`anthropic`, `openai-chat`, `gemini`, `responses`). */
  upstream: string;
  upstreamKind: string;
  model: string | null;
  stream: boolean;
  isResponses: boolean;
  previousResponseId: string | null;
  linkedBy: string | null;
  attempts: RecordedAttempt[];
  /** The call that a gateway made through us for this step; it becomes a session of its own. */
  gateway?: RecordedStep;
  /** The head of the answer to the client; null when none was sent. */
  head: { tUs: number; status: number; headers: HeaderList } | null;
  /** The bytes to the client as they were written; borders need not be those of events. */
  writes: RecordedBytes[];
  /**
   * Per event (data frames but [DONE]) the index of the upstream chunk that caused it, when that is
   * known; otherwise the last chunk that had come before it.
   */
  causes?: (number | null)[];
  warnings: { code: string; message: string; param?: string }[];
  /** How it ended; what is left out is read from the stream. */
  end?: Partial<Pick<StepEnded, 'tUs' | 'status' | 'responseId' | 'responseIdAliases' | 'error'>> & { usage?: Usage | null };
}

export interface RecordedAttempt {
  tUs: number;
  method: string;
  url: string;
  headers: HeaderList;
  body: Bytes;
  /** Null when no answer came. */
  response: { tUs: number; status: number; headers: HeaderList } | null;
  chunks: RecordedBytes[];
  end: { tUs: number; cause: 'end' | 'reset' | 'aborted' | 'timeout'; detail?: string } | null;
}

export interface RecordedBytes {
  tUs: number;
  bytes: Bytes;
}

/** Cuts a recorded body at the places of its timing: `[milliseconds, size]` per read, the form of the captures. */
export function toRecordedBytes(bytes: Bytes, timing: readonly (readonly [ms: number, size: number])[]): RecordedBytes[] {
  const parts: RecordedBytes[] = [];
  let at = 0;
  for (const [ms, size] of timing) {
    if (at >= bytes.length) break;
    parts.push({ tUs: Math.round(ms * 1_000), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  // A timing that tells less than there is must not lose bytes.
  if (at < bytes.length) parts.push({ tUs: parts.at(-1)?.tUs ?? 0, bytes: bytes.subarray(at) });
  return parts;
}
