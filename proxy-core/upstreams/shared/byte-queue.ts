/**
 * What a stream brings, for one reader that may be slow: then the source waits. What came in one read of the
 * network is one piece here, however many HTTP chunks it held, and so is what came while the reader was busy.
 */
import type { Readable } from 'node:stream';

export interface ByteQueue extends AsyncIterable<Uint8Array> {
  /** Ends it with this error, after what has already come. The first one counts. */
  fail(error: Error): void;
}

export interface ByteQueueOptions {
  /** The reader wants no more. */
  onReturn: () => void;
  toPlainError: (error: Error) => Error;
}

const MAX_WAITING_BYTES = 256 * 1024;

type Read = IteratorResult<Uint8Array, undefined>;

export function createByteQueue(source: Readable, { onReturn, toPlainError }: ByteQueueOptions): ByteQueue {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let reader: { resolve: (read: Read) => void; reject: (error: Error) => void } | undefined;
  let isSettling = false;
  let end: { error: Error | undefined } | undefined;

  source.on('data', (bytes: Uint8Array) => {
    if (end) return;
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (waitingBytes > MAX_WAITING_BYTES) source.pause();
    settleSoon();
  });
  source.on('end', () => finish(undefined));
  source.on('error', (error) => finish(toPlainError(error)));
  source.on('close', () => {
    if (!end) finish(toPlainError(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  });

  function finish(error: Error | undefined): void {
    if (end) return;
    end = { error };
    settleSoon();
  }

  /** At the end of this turn: one read of the network may hold many HTTP chunks. */
  function settleSoon(): void {
    if (isSettling || !reader) return;
    isSettling = true;
    queueMicrotask(settle);
  }

  function settle(): void {
    isSettling = false;
    const settled = reader;
    reader = undefined;
    if (waiting.length > 0) settled?.resolve(take());
    else if (end?.error) settled?.reject(end.error);
    else settled?.resolve({ done: true, value: undefined });
  }

  function take(): Read {
    const value = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting, waitingBytes);
    waiting = [];
    waitingBytes = 0;
    if (source.isPaused()) source.resume();
    return { done: false, value };
  }

  function next(): Promise<Read> {
    if (waiting.length > 0) return Promise.resolve(take());
    return new Promise((resolve, reject) => {
      reader = { resolve, reject };
      if (end) settleSoon();
    });
  }

  return {
    fail: finish,
    [Symbol.asyncIterator]: () => ({
      next,
      return() {
        waiting = [];
        if (!end) onReturn();
        finish(undefined);
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}
