/** What passes between the bridge and its recording thread. */
import type { SavedChanges } from '../sessions/sqlite-response-store.ts';
import type { EvidenceRow } from '../sessions/evidence-rows.ts';

/** Everything that came together since the batch before, written in this order: responses, evidence, taps. */
export interface Batch {
  id: number;
  responses: SavedChanges | null;
  evidence: readonly EvidenceRow[] | null;
  taps: PackedTaps | null;
}

/** ./packed-taps.ts; `size` bytes at the beginning of a buffer that goes back and forth between the threads. */
export interface PackedTaps {
  buffer: ArrayBuffer;
  size: number;
}

/** An error of SQLite, as far as it passes from thread to thread. */
export interface StoreFault {
  message: string;
  code: string | undefined;
}

/** How a batch went. What could not be written waits: taps in the thread, the rest where it came from. */
export interface BatchResult {
  id: number;
  isRecorded: boolean;
  responses: StoreFault | null;
  evidence: StoreFault | null;
  /** Steps with new findings. */
  changed: readonly string[];
  /** That of the batch, to be filled again: nothing of it is needed any more. */
  buffer: ArrayBuffer | null;
}

export type ToRecordingThread = { type: 'batch'; batch: Batch } | { type: 'rest' } | { type: 'close' };
export type FromRecordingThread =
  /** It has its connection, and writes as soon as something comes. */
  | { type: 'ready' }
  | { type: 'result'; result: BatchResult }
  /** As `RecorderOptions.onTrouble`: before the result of the batch that met it, or after another try. */
  | { type: 'trouble'; trouble: string | null; lostSteps: number }
  | { type: 'notice'; text: string };

export function toStoreFault(error: unknown): StoreFault {
  const code = (error as { code?: unknown } | null)?.code;
  return { message: error instanceof Error ? error.message : String(error), code: typeof code === 'string' ? code : undefined };
}

export function toStoreError({ message, code }: StoreFault): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
