/** What the readers of this folder give: recorded streams, whatever file they came in. Data only. */
import type { JsonObject } from '../protocol/json.ts';

export interface RecordedStream {
  /** The file's name; in archives and HARs the member's path. */
  name: string;
  /** The SSE bytes; absent when only parsed messages are there (WebSocket recordings). */
  bytes: Uint8Array;
  /** Messages that were no SSE frames: WebSocket messages, one JSON text each. */
  messages?: string[];
  /** The client's request body, when it lies beside the stream. */
  request?: JsonObject;
  /** What came from the upstream, when it lies beside the stream. */
  upstream?: Uint8Array;
  /** What the gateway behind this step got from its own upstream, when that was recorded, too. */
  gateway?: Uint8Array;
  /** Position in its session, from 0, for streams of one bundle. */
  step?: number;
}

export interface ReadResult {
  streams: RecordedStream[];
  skipped: { name: string; why: string }[];
}

/** A file that can't be read or holds nothing we know. The message names no file: the caller does. */
export class UnreadableFileError extends Error {
  readonly isUnreadableFile = true;
}
