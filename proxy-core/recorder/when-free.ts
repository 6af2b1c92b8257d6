/**
 * Writing from the bridge's own thread. The recording thread writes at nearly any moment while streams run, and
 * SQLite would wait for it standing still, with every stream: here other work goes on until the store is free.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { WritableDatabase } from './database.ts';

/** Another program that holds the store is not waited for longer; a batch of the recording thread takes milliseconds. */
const PATIENCE_MS = 2_000;
const MAX_PAUSE_MS = 16;

/** @param write is done wholly or not at all: one statement, or a transaction. @throws what it throws; SQLITE_BUSY when the store stays locked. */
export async function whenFree<T>(db: WritableDatabase, write: () => T): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return atOnce(db, write);
    } catch (error) {
      if (!isBusy(error) || performance.now() > untilMs) throw error;
    }
    await wait(pauseMs);
  }
}

/** Does it now or not at all, without SQLite's own waiting. */
export function atOnce<T>(db: WritableDatabase, write: () => T): T {
  const usual = db.pragma('busy_timeout', { simple: true }) as number;
  db.pragma('busy_timeout = 0');
  try {
    return write();
  } finally {
    if (db.open) db.pragma(`busy_timeout = ${usual}`);
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
}
