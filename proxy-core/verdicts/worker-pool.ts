/**
 * A few workers that run one job at a time each. A job that exceeds its time has its worker ended and
 * counts as a hang; the next job gets a new worker. Workers are started on demand and reused, because
 * loading the SDKs takes longer than a run.
 */
import { Worker } from 'node:worker_threads';
import type { Judgement } from '../protocol/client-models/judge-run.ts';
import type { WorkerJob, WorkerResult } from './worker.ts';
import { findWorkerFile } from '../worker-file.ts';

export type JobOutcome = { type: 'judged'; judgement: Judgement } | { type: 'hang' } | { type: 'crash'; message: string };

export interface WorkerPool {
  run(job: Omit<WorkerJob, 'id'>, limitMs: number): Promise<JobOutcome>;
  /** Ends all workers; jobs in flight count as crashed. */
  close(): Promise<void>;
}

interface Waiting {
  job: Omit<WorkerJob, 'id'>;
  limitMs: number;
  resolve: (outcome: JobOutcome) => void;
}

export function createWorkerPool({ size }: { size: number }): WorkerPool {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  let nextId = 0;

  function pump(): void {
    while (queue.length > 0) {
      const worker = idle.pop() ?? (all.size < size ? start() : undefined);
      const next = worker && queue.shift();
      if (!next) return;
      runOn(worker, next);
    }
  }

  function start(): Worker {
    const worker = new Worker(findWorkerFile(import.meta.url, 'worker', 'verdict-worker'));
    // A pool must not keep the process alive when nothing is asked of it.
    worker.unref();
    all.add(worker);
    return worker;
  }

  function runOn(worker: Worker, { job, limitMs, resolve }: Waiting): void {
    const id = nextId++;
    worker.ref();
    const timer = setTimeout(() => settle({ type: 'hang' }), limitMs);
    const onMessage = (result: WorkerResult): void => {
      if (result.id === id) settle({ type: 'judged', judgement: result.judgement });
    };
    const onError = (error: unknown): void => settle({ type: 'crash', message: error instanceof Error ? error.message : String(error) });
    const onExit = (): void => settle({ type: 'crash', message: 'the worker ended' });
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage({ ...job, id });

    function settle(outcome: JobOutcome): void {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (outcome.type === 'judged') {
        worker.unref();
        idle.push(worker);
      } else {
        all.delete(worker);
        worker.on('error', () => undefined); // an ended worker's last words
        void worker.terminate();
      }
      resolve(outcome);
      pump();
    }
  }

  return {
    run: (job, limitMs) =>
      new Promise((resolve) => {
        queue.push({ job, limitMs, resolve });
        pump();
      }),
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()));
      all.clear();
      idle.length = 0;
    },
  };
}
