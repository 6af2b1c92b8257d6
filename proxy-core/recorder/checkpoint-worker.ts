/**
 * The thread of ./checkpoints.ts: one checkpoint per message, on a connection of its own that lives no longer
 * than that. Passive: it takes what it can get and neither waits for anybody nor lets anybody wait. Entry of
 * its own in the bundle, because a worker is started by file.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

parentPort?.on('message', (order: 'checkpoint' | 'close') => {
  if (order === 'close') return parentPort?.close();
  try {
    const db = new Sqlite(workerData as string, { fileMustExist: true, timeout: 0 });
    try {
      db.pragma('wal_checkpoint(PASSIVE)');
    } finally {
      db.close();
    }
  } catch {
    // Locked, full or gone: the writer meets the same fault and tells it; the log keeps everything until then.
  }
  return parentPort?.postMessage('done');
});
