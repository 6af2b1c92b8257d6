/**
 * Tells whether another bridge lives on the same data dir, by a file lock that the system takes back
 * when a process dies (a pid in a file would lie after a crash). Only a bridge that is alone may call
 * the steps of others interrupted.
 */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

export interface RunLock {
  /** No other bridge was running on this data dir when this one began. */
  isAlone: boolean;
  release(): void;
}

export function acquireRunLock(dataDir: string): RunLock {
  let db: Sqlite.Database;
  try {
    db = new Sqlite(join(dataDir, 'bridge.lock'), { timeout: 0 });
  } catch {
    // A folder that can't be written: nothing is recorded there by anybody.
    return { isAlone: true, release: () => undefined };
  }
  let isAlone = true;
  try {
    db.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch {
    isAlone = false; // held by a reader: that is a running bridge
  }
  try {
    // An open read transaction holds the shared lock until this process ends.
    db.exec('BEGIN; SELECT count(*) FROM sqlite_master');
  } catch {
    // Somebody is in the middle of the same two lines; the database itself still guards the data.
  }
  return { isAlone, release: () => db.close() };
}
