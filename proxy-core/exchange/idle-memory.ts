/**
 * Gives memory back to the system when no request is running: V8 keeps what a burst of streams needed, for good
 * when nothing more happens, and the system's own view of the bridge stays at its highest point. A full
 * collection takes some 50 ms, so it is made only when nobody waits and when it is worth it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface IdleMemory {
  /** A request has begun. */
  busy(): void;
  /** None is running any more. */
  idle(): void;
}

export interface IdleMemoryOptions {
  idleMs?: number;
  /** Resident bytes above those after the last collection from which on one is made. */
  worthBytes?: number;
  residentBytes?: () => number;
  collect?: () => void;
  /** Called after a collection: for what others can give back. */
  onCollected?: () => void;
}

export function createIdleMemory(options: IdleMemoryOptions = {}): IdleMemory {
  const {
    idleMs = 1_000,
    worthBytes = 32 * 1024 * 1024,
    residentBytes = process.memoryUsage.rss,
    collect = collectGarbage,
    onCollected,
  } = options;
  let floorBytes = residentBytes();
  let timer: NodeJS.Timeout | undefined;

  function giveBack(): void {
    timer = undefined;
    if (residentBytes() < floorBytes + worthBytes) return;
    collect();
    onCollected?.();
    floorBytes = residentBytes();
  }

  return {
    busy() {
      clearTimeout(timer);
      timer = undefined;
    },
    idle() {
      timer ??= setTimeout(giveBack, idleMs).unref();
    },
  };
}

type CollectNow = (options: { type: 'major'; flavor: 'last-resort' }) => void;
let gc: CollectNow | undefined;

/** A full collection in this thread, of the flavour that also lets go of free pages. */
export function collectGarbage(): void {
  gc ??= findGc();
  gc?.({ type: 'major', flavor: 'last-resort' });
}

/** Flags are those of the whole process: once one thread has set this, the others leave V8 alone. */
function findGc(): CollectNow | undefined {
  const find = (): unknown => runInNewContext('globalThis.gc');
  if (find() === undefined) setFlagsFromString('--expose-gc');
  return find() as CollectNow | undefined;
}
