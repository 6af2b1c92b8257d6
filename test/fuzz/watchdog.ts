/**
 * Ends a process whose case does not come back, and says which one it was. A loop without an end can't be
 * stopped from its own thread; so long as cases come and go, nothing depends on how fast they are.
 */
import { Worker } from 'node:worker_threads';

const GIVE_UP_MS = 120_000;

const PROGRAM = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const number = new Int32Array(workerData.shared);
  let before = -1;
  setInterval(() => {
    const now = Atomics.load(number, 0);
    if (now !== before) return void (before = now);
    writeSync(2, workerData.what + ', case ' + now + ': it has not come back for ' + workerData.giveUpMs / 1000 + ' s.\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData.giveUpMs);
`;

export interface Watchdog {
  begin(number: number): void;
  end(): void;
}

export function watchFor(what: string): Watchdog {
  const shared = new SharedArrayBuffer(4);
  const number = new Int32Array(shared);
  const worker = new Worker(PROGRAM, { eval: true, workerData: { shared, what, giveUpMs: GIVE_UP_MS }, execArgv: [] });
  worker.unref();
  return {
    begin: (next) => void Atomics.store(number, 0, next),
    end: () => void worker.terminate(),
  };
}
