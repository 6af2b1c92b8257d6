/** Has bundles made in a thread of their own (./bundle-worker.ts), which starts with the first and stays for the next. */
import { Worker } from 'node:worker_threads';
import type { StreamJudge } from '../verdicts/stream-judge.ts';
import type { BundleResults, BundleTasks, BundleTaskType } from './bundle-task.ts';
import type { BundleSource, FromBundleWorker, ToBundleWorker } from './bundle-worker.ts';
import { findWorkerFile } from '../worker-file.ts';

export interface Bundler {
  /**
   * @param signal nobody waits any more: one that has not begun is left out, the only one is stopped with its thread.
   * @returns undefined when there is no such session. @throws the signal's reason.
   */
  run<Type extends BundleTaskType>(
    sessionId: string,
    taskType: Type,
    task: BundleTasks[Type],
    signal?: AbortSignal,
  ): Promise<BundleResults[Type] | undefined>;
  close(): Promise<void>;
}

export interface BundlerOptions {
  /** Asked after everything that waits was written; undefined: there is no such session. */
  toSource: (sessionId: string) => BundleSource | undefined;
  judge: Pick<StreamJudge, 'judge'>;
}

interface Waiting {
  resolve: (result: BundleResults[BundleTaskType] | undefined) => void;
  reject: (error: Error) => void;
}

export function createBundler({ toSource, judge }: BundlerOptions): Bundler {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let nextId = 0;

  function start(): Worker {
    const started = new Worker(findWorkerFile(import.meta.url, 'bundle-worker'));
    started.unref();
    started.on('message', (message: FromBundleWorker) => hear(started, message));
    started.on('error', (error: unknown) => end(started, error instanceof Error ? error.message : String(error)));
    started.on('exit', () => end(started, 'its thread ended'));
    worker = started;
    return started;
  }

  function hear(from: Worker, message: FromBundleWorker): void {
    if (message.type === 'judge') {
      void answer(from, message);
      return;
    }
    const job = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) from.unref();
    if (message.type === 'done') job?.resolve(message.result);
    else if (message.type === 'missing') job?.resolve(undefined);
    else job?.reject(new Error(message.message));
  }

  /** A stream that can't be judged has no verdicts; the bundle is made all the same. */
  async function answer(from: Worker, { id, first, next }: Extract<FromBundleWorker, { type: 'judge' }>): Promise<void> {
    const verdicts = await judge.judge(first, next).catch(() => []);
    from.postMessage({ type: 'verdicts', id, verdicts } satisfies ToBundleWorker);
  }

  function end(ended: Worker, why: string): void {
    if (worker === ended) worker = undefined;
    else return;
    for (const { reject } of waiting.values()) reject(new Error(`The bundle could not be made: ${why}.`));
    waiting.clear();
  }

  function cancel(at: Worker, id: number): void {
    if (waiting.size > 0 || worker !== at) return at.postMessage({ type: 'cancel', id } satisfies ToBundleWorker);
    worker = undefined;
    void at.terminate();
  }

  return {
    run: <Type extends BundleTaskType>(sessionId: string, taskType: Type, task: BundleTasks[Type], signal?: AbortSignal) =>
      new Promise<BundleResults[Type] | undefined>((resolve, reject) => {
        const source = toSource(sessionId);
        if (!source) return resolve(undefined);
        const id = nextId++;
        waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
        const to = worker ?? start();
        to.ref();
        to.postMessage({ type: 'job', id, source, taskType, task } satisfies ToBundleWorker);
        signal?.addEventListener('abort', () => {
          if (!waiting.delete(id)) return;
          cancel(to, id);
          reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
        });
      }),
    async close() {
      await worker?.terminate();
    },
  };
}
