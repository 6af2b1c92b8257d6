/** What the bridge's end of the recording thread offers and needs; made in ./recording-thread.ts. */
import type { Observer } from '../protocol/capture/tap-event.ts';
import type { WritableDatabase } from '../recorder/database.ts';
import type { RecordWriter } from '../recorder/recorder.ts';
import type { EvidenceRow } from '../sessions/evidence-rows.ts';
import type { SavedChanges } from '../sessions/sqlite-response-store.ts';
import type { FromRecordingThread } from './batch.ts';
import type { Channel } from './channels.ts';

/** What somebody else keeps in memory until it is written. */
export interface BatchPart<Rows> {
  /** What waits; null when nothing does, or much is on its way. @param isLast without the pause after a fault. */
  take(isLast: boolean): Rows | null;
  /** The oldest that was taken is written, or (an error) waits again. */
  settle(error: Error | null): void;
}

export interface Parts {
  responses: BatchPart<SavedChanges>;
  evidence: BatchPart<readonly EvidenceRow[]>;
}

export interface RecordingThread extends RecordWriter {
  /** As `observe`, of a step whose findings are told by `addFindings`. */
  observeJudged: Observer;
  addSecret(secret: string): void;
  /** Resolves when what is said is written at once, or when that takes too long to wait for. */
  ready(): Promise<void>;
  /** Who else writes with each batch. */
  join(parts: Parts): void;
  /** One of the parts has something to write. */
  wake(): void;
  /** As `Tap.pace`. */
  pace(): Promise<void> | undefined;
  /** No request is running: gives back memory. */
  rest(): void;
  flush(): Promise<boolean>;
  /** Writes what waits and ends. */
  close(): Promise<void>;
}

export interface RecordingThreadOptions {
  db: WritableDatabase;
  /** As `RecorderOptions.onTrouble`. */
  onTrouble: (trouble: string | null, lostSteps: number) => void;
  /** New findings are written. */
  onChanged: (stepIds: readonly string[]) => void;
  onNotice: (text: string) => void;
  flushMs?: number;
  /** Upper bound of what is packed or on its way. */
  maxBytes?: number;
  /** For tests: another thread than the usual one. */
  openChannel?: (db: WritableDatabase, hear: (message: FromRecordingThread) => void, onDeath: (why: string) => void) => Channel;
}
