/** The two ways to the store writer: a thread of its own, or in place. */
import { Worker } from 'node:worker_threads';
import type { WritableDatabase } from '../recorder/database.ts';
import type { FromRecordingThread, ToRecordingThread } from './batch.ts';
import { createStoreWriter } from './store-writer.ts';
import { findWorkerFile } from '../worker-file.ts';

export interface Channel {
  /** While it is held, the process does not end by itself: somebody waits for the thread's answer. */
  hold(isHeld: boolean): void;
  send(message: ToRecordingThread, transfer: readonly ArrayBuffer[]): void;
  /** Writes what waits; a disk that hangs is not waited for longer than a stop may take. */
  close(): Promise<void>;
}

type Hear = (message: FromRecordingThread) => void;

const CLOSE_MS = 2_000;

export function createThread(db: WritableDatabase, hear: Hear, onDeath: (why: string) => void): Channel {
  const worker = new Worker(findWorkerFile(import.meta.url, 'recording-worker'), { workerData: db.name });
  worker.unref();
  const exited = new Promise<void>((resolve) => worker.on('exit', () => resolve()));
  worker.on('message', hear);
  worker.on('error', (error) => onDeath(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => onDeath(`exit code ${code}`));
  return {
    hold(isHeld) {
      if (isHeld) worker.ref();
      else worker.unref();
    },
    send: (message, transfer) => worker.postMessage(message, transfer),
    async close() {
      worker.postMessage({ type: 'close' } satisfies ToRecordingThread);
      // Held, or nothing would keep the process until it is over.
      worker.ref();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
      // It ends by itself: a thread that is ended from outside may be in the middle of SQLite.
      await Promise.race([exited, patience.then(() => void worker.terminate())]);
      clearTimeout(timer);
    },
  };
}

export function createInPlace(db: WritableDatabase, hear: Hear): Channel {
  const writer = createStoreWriter({
    db,
    onTrouble: (trouble, lostSteps) => hear({ type: 'trouble', trouble, lostSteps }),
    onFault: (text) => hear({ type: 'notice', text }),
  });
  hear({ type: 'ready' });
  return {
    hold: () => undefined,
    send(message) {
      if (message.type === 'batch') hear({ type: 'result', result: writer.write(message.batch) });
    },
    async close() {
      writer.close();
    },
  };
}
