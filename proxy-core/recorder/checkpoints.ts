/**
 * Moves what was written from the log (`-wal`) into the store's file, in a thread of its own: a checkpoint
 * waits for the disk, for 60 ms at times, and on the main thread every stream would wait with it. Without the
 * thread SQLite does it by itself again, as it does when the log has become very long.
 */
import { Worker } from 'node:worker_threads';
import type { WritableDatabase } from './database.ts';
import { findWorkerFile } from '../worker-file.ts';

export interface Checkpoints {
  /** So many bytes were committed: a checkpoint follows within a second, or at once when it is much. */
  wrote(bytes: number): void;
  /** One checkpoint now; resolves when it is over, whether it could be made or not. */
  run(): Promise<void>;
  close(): void;
}

const EVERY_MS = 1_000;
const MUCH_BYTES = 4 * 1024 * 1024;
/** Pages in the log (64 MB) at which SQLite no longer waits for the thread. */
const MAX_LOG_PAGES = 16_384;
const SQLITE_DEFAULT_PAGES = 1_000;

export function createCheckpoints(db: WritableDatabase): Checkpoints {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOff = db.memory;
  let waitingBytes = 0;
  let waiters: (() => void)[] = [];
  if (!isOff) db.pragma(`wal_autocheckpoint = ${MAX_LOG_PAGES}`);

  function start(): Worker {
    const started = new Worker(findWorkerFile(import.meta.url, 'checkpoint-worker'), { workerData: db.name });
    started.unref();
    started.on('message', settle);
    started.on('error', turnOff);
    started.on('exit', turnOff);
    return started;
  }

  function turnOff(): void {
    if (!isOff && db.open) db.pragma(`wal_autocheckpoint = ${SQLITE_DEFAULT_PAGES}`);
    isOff = true;
    clearTimeout(timer);
    settle();
  }

  function settle(): void {
    const settled = waiters;
    waiters = [];
    for (const resolve of settled) resolve();
  }

  function run(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    waitingBytes = 0;
    if (isOff) return Promise.resolve();
    return new Promise((resolve) => {
      waiters.push(resolve);
      // Asked again while it is at it, it is not told twice.
      if (waiters.length > 1) return;
      worker ??= start();
      worker.postMessage('checkpoint');
    });
  }

  return {
    wrote(bytes) {
      if (isOff) return;
      waitingBytes += bytes;
      if (waitingBytes > MUCH_BYTES && waiters.length === 0) void run();
      // Not at once: a thread is not for free, and many a visit is over before.
      else timer ??= setTimeout(() => void run(), EVERY_MS).unref();
    },
    run,
    close() {
      isOff = true;
      clearTimeout(timer);
      worker?.postMessage('close');
    },
  };
}
