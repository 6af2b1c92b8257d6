/**
 * The recording thread: writes and lints on a connection of its own, so that neither the disk nor the rules
 * ever stand between a stream and its client. Entry of its own in the bundle, because a worker is started by file.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage } from '../exchange/idle-memory.ts';
import { openForThread } from '../recorder/database.ts';
import type { FromRecordingThread, ToRecordingThread } from './batch.ts';
import { createStoreWriter } from './store-writer.ts';

const tell = (message: FromRecordingThread, transfer?: ArrayBuffer[]): void => parentPort?.postMessage(message, transfer);
const db = openForThread(workerData as string);
const writer = createStoreWriter({
  db,
  onTrouble: (trouble, lostSteps) => tell({ type: 'trouble', trouble, lostSteps }),
  onFault: (text) => tell({ type: 'notice', text }),
});

parentPort?.on('message', (message: ToRecordingThread) => {
  switch (message.type) {
    case 'batch': {
      const result = writer.write(message.batch);
      return tell({ type: 'result', result }, result.buffer ? [result.buffer] : []);
    }
    case 'rest':
      return collectGarbage();
    case 'close':
      writer.close();
      db.close();
      return parentPort?.close();
    default:
  }
});
tell({ type: 'ready' });
